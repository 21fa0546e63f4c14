//! `marginql.lock`: the columns and types that were decided for every table of the project.
//!
//! One line per column, in the order of the columns, under one heading per table; so the difference of two versions says
//! what has changed in the exports. Types are names here, as messages show them. This module gives the text; the caller
//! writes it.

use std::{collections::BTreeMap, fs, io, ops::Range, path::Path};

use toml::de::DeValue;

use super::{
    document::{Entry, Section, parse_toml},
    keys::{Key, Kind},
};
use crate::{
    error::{Error, Result, file_error},
    query::Text,
};

/// The name of the lock file; it stands beside the project file.
pub(super) const FILE_NAME: &str = "marginql.lock";

/// The version of the file's form.
const VERSION: &str = "1";

const COMMENT: &str = "\
# The columns and types that marginql decided for every table of this project.
# Commit this file. A later export that does not fit is an error then, and not another result.
# marginql writes it; to decide anew for one table, delete its section.
";

const KEYS: &[Key] = &[
    Key { name: "version", kind: Kind::Text, required: true, description: "The version of the file's form." },
    Key {
        name: "sources",
        kind: Kind::Options,
        required: false,
        description: "The tables by their sources.",
    },
];

/// The types decided for the tables of a project, by source and table.
#[derive(Debug, Clone, Default)]
pub struct Lock {
    tables: BTreeMap<(String, String), Vec<LockedColumn>>,
    /// The text that was read, to point into.
    text: Option<Text>,
}

/// A column and its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedColumn {
    /// The name.
    pub name: String,
    /// The type as SQL names it: `DECIMAL(18,4)`.
    pub type_name: String,
    /// Where the line stands in the file that was read; none for a column that is new.
    pub span: Option<Range<usize>>,
}

impl LockedColumn {
    /// A column that is not in the file yet.
    pub fn new(name: impl Into<String>, type_name: impl Into<String>) -> Self {
        Self { name: name.into(), type_name: type_name.into(), span: None }
    }
}

impl Lock {
    /// The name of the lock file; it stands in the directory of the project file.
    pub const FILE_NAME: &'static str = FILE_NAME;

    /// Reads the lock file of a directory; `None` if there is none yet.
    ///
    /// # Errors
    /// A file that cannot be read, or is damaged.
    pub fn read(directory: &Path) -> Result<Option<Self>> {
        let path = directory.join(FILE_NAME);
        let content = match fs::read_to_string(&path) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(restore(Error::config(format!("`{}` is not UTF-8 text", path.display()))));
            }
            Err(error) => return Err(file_error("read", &path, error)),
        };
        Self::parse(&Text::new(path.display().to_string(), content)).map(Some)
    }

    /// Reads the text of a lock file.
    ///
    /// # Errors
    /// A text that is not a lock file.
    pub fn parse(text: &Text) -> Result<Self> {
        if let Some(start) = conflict(text.content()) {
            return Err(Error::config("the lock file has two versions that are not merged")
                .at(text.place(text.word_at(start)))
                .hint("keep the lines that fit the exports of this version, and delete the marks"));
        }
        let document = parse_toml(text, "the lock file").map_err(restore)?;
        let root = Section::root(text, document.get_ref(), KEYS).map_err(restore)?;
        match root.get("version").map(|entry| (entry.place(), entry.value)) {
            Some((_, DeValue::Integer(version))) if version.as_str() == VERSION => {}
            Some((place, _)) => {
                return Err(Error::config("the lock file has a form that this version of marginql does not know")
                    .at(place)
                    .hint("use the version of marginql that wrote it, or delete the file to have the types decided anew"));
            }
            None => {
                return Err(restore(Error::config("the lock file has no `version`").at(text.place(0..0))));
            }
        }
        let mut lock = Self { tables: BTreeMap::new(), text: Some(text.clone()) };
        let Some(sources) = root.get("sources") else { return Ok(lock) };
        for source in sources.open_section(&[]).map_err(restore)?.entries() {
            for table in source.open_section(&[]).map_err(restore)?.entries() {
                let columns = table.open_section(&[]).map_err(restore)?.entries();
                let columns = columns.iter().map(column).collect::<Result<_>>().map_err(restore)?;
                lock.tables.insert((source.key.to_owned(), table.key.to_owned()), columns);
            }
        }
        Ok(lock)
    }

    /// The columns of a table in their order, if it is locked.
    pub fn columns(&self, source: &str, table: &str) -> Option<&[LockedColumn]> {
        self.tables.get(&(source.to_owned(), table.to_owned())).map(Vec::as_slice)
    }

    /// All tables with their sources, in the order of the file.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &str, &[LockedColumn])> {
        self.tables.iter().map(|((source, table), columns)| (source.as_str(), table.as_str(), &columns[..]))
    }

    /// Locks the columns of a table; what was locked for it before is forgotten.
    pub fn set(&mut self, source: &str, table: &str, columns: Vec<LockedColumn>) {
        self.tables.insert((source.to_owned(), table.to_owned()), columns);
    }

    /// Forgets the tables for which the condition does not hold, such as those that left the project.
    pub fn retain(&mut self, mut condition: impl FnMut(&str, &str) -> bool) {
        self.tables.retain(|(source, table), _| condition(source, table));
    }

    /// The text that was read, to point at a column's line; none for a lock that is new.
    pub fn text(&self) -> Option<&Text> {
        self.text.as_ref()
    }

    /// The text of the lock file: the same for the same tables, in whatever order they were locked.
    pub fn to_text(&self) -> String {
        let mut text = format!("{COMMENT}version = {VERSION}\n");
        for ((source, table), columns) in &self.tables {
            text.push_str(&format!("\n[sources.{}.{}]\n", key(source), key(table)));
            for column in columns {
                text.push_str(&format!("{} = {}\n", key(&column.name), quoted(&column.type_name)));
            }
        }
        text
    }
}

fn column(entry: &Entry<'_>) -> Result<LockedColumn> {
    Ok(LockedColumn {
        name: entry.key.to_owned(),
        type_name: entry.text_like("the name of a type")?.to_owned(),
        span: Some(entry.key_span.start..entry.span.end),
    })
}

fn restore(error: Error) -> Error {
    error.hint("restore the file from version control, or delete it to have the types decided anew")
}

/// Where the mark of an unfinished merge begins.
fn conflict(content: &str) -> Option<usize> {
    let mut start = 0;
    for line in content.split_inclusive('\n') {
        if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") {
            return Some(start);
        }
        start += line.len();
    }
    None
}

/// A key as TOML writes it.
fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}

/// A text as TOML writes it, in one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock() -> Lock {
        let mut lock = Lock::default();
        let columns = [
            ("Ticket ID", "BIGINT"),
            ("Stažení \"x\"\\\n", "TEXT"),
            ("", "DATE"),
            ("amount", "DECIMAL(9,2)"),
        ];
        lock.set("erp", "lines", vec![LockedColumn::new("z", "TEXT"), LockedColumn::new("a", "TEXT")]);
        lock.set("desk", "tickets", columns.map(|(name, kind)| LockedColumn::new(name, kind)).to_vec());
        lock
    }

    fn damaged(content: &str) -> (String, String) {
        let error = Lock::parse(&Text::new("marginql.lock", content)).unwrap_err();
        assert!(!error.hints().is_empty());
        let place = error.place().expect("a place");
        (error.message().to_owned(), place.text[place.span.clone()].to_owned())
    }

    #[test]
    fn the_text_has_one_line_per_column_in_their_order_and_tables_by_name() {
        let text = lock().to_text();
        let (comment, rest) = text.split_once("version = 1\n").unwrap();
        assert!(comment.lines().all(|line| line.starts_with("# ")) && comment.contains("Commit this file"));
        let expected = "\n[sources.desk.tickets]\n\"Ticket ID\" = \"BIGINT\"\n\"Stažení \\\"x\\\"\\\\\\n\" = \"TEXT\"\n\
            \"\" = \"DATE\"\namount = \"DECIMAL(9,2)\"\n\n[sources.erp.lines]\nz = \"TEXT\"\na = \"TEXT\"\n";
        assert_eq!(rest, expected);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let written = lock();
        let read = Lock::parse(&Text::new("marginql.lock", written.to_text())).unwrap();
        assert_eq!(read.to_text(), written.to_text());
        let columns = read.columns("erp", "lines").unwrap();
        assert_eq!(columns[0].name, "z", "the order is that of the columns");
        let span = columns[1].span.clone().unwrap();
        assert_eq!(&read.text().unwrap().content()[span], "a = \"TEXT\"");
        assert!(read.columns("erp", "tickets").is_none());
    }

    #[test]
    fn a_table_that_left_the_project_is_forgotten() {
        let mut lock = lock();
        lock.retain(|source, _| source == "erp");
        assert_eq!(
            lock.tables().map(|(source, table, _)| (source, table)).collect::<Vec<_>>(),
            [("erp", "lines")]
        );
    }

    #[test]
    fn a_directory_without_a_lock_file_has_none() {
        let directory = tempfile::tempdir().unwrap();
        assert!(Lock::read(directory.path()).unwrap().is_none());
        fs::write(directory.path().join(FILE_NAME), lock().to_text()).unwrap();
        assert_eq!(Lock::read(directory.path()).unwrap().unwrap().tables().count(), 2);
        fs::write(directory.path().join(FILE_NAME), b"version = 1 # \xff").unwrap();
        assert!(Lock::read(directory.path()).unwrap_err().message().ends_with("is not UTF-8 text"));
    }

    #[test]
    fn damage_is_pointed_at() {
        let version = "version = 1\n[sources.erp.lines]\n";
        assert_eq!(
            damaged(&format!("{version}a = 1\n")),
            ("`sources.erp.lines.a` must be the name of a type, not the number `1`".into(), "1".into())
        );
        let (message, found) = damaged(&format!("{version}a = \"TEXT\nb = \"TEXT\"\n"));
        assert!(message.starts_with("the lock file is not valid TOML: "), "{message}");
        assert_eq!(found, "a = \"TEXT");
        assert_eq!(
            damaged(&format!("{version}a = \"TEXT\"\na = \"TEXT\"\n")),
            ("`a` is given twice".into(), "a".into())
        );
        assert_eq!(
            damaged("version = 1\n[sources]\nerp = \"x\"\n"),
            ("`sources.erp` must be a section, not `x`".into(), "\"x\"".into())
        );
        assert_eq!(damaged("verson = 1\n"), ("unknown key `verson`".into(), "verson".into()));
    }

    #[test]
    fn another_version_is_not_guessed_at() {
        assert_eq!(
            damaged("version = 2\n"),
            ("the lock file has a form that this version of marginql does not know".into(), "2".into())
        );
        assert_eq!(damaged(""), ("the lock file has no `version`".into(), String::new()));
    }

    #[test]
    fn an_unfinished_merge_is_named_as_such() {
        let content = "version = 1\n<<<<<<< HEAD\n[sources.a.b]\n=======\n>>>>>>> other\n";
        assert_eq!(damaged(content).0, "the lock file has two versions that are not merged");
    }
}
