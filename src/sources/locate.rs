//! From a path, directory or glob to the list of files, with the columns that hive directories add.
//!
//! Looks at names and sizes only; what is in the files is for `csv`, `json` and `parquet`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use super::{
    Format, SourceOptions, Warning,
    compression::Compression,
    sheet::Sheet,
    spool::{self, STANDARD_INPUT},
    stamp::{self, Stamp},
    walk::Walk,
};
use crate::error::{Error, Result, file_error};

/// The error of the system for a path that follows too many links (ELOOP), on Linux and on macOS.
const TOO_MANY_LINKS: [i32; 2] = [40, 62];

/// One file of a table.
#[derive(Debug, Clone)]
pub(super) struct DataFile {
    /// Absolute.
    pub(super) path: PathBuf,
    /// As the user would write it.
    pub(super) shown: String,
    pub(super) bytes: u64,
    pub(super) stamp: Stamp,
    /// Values of the table's partition columns, in order.
    pub(super) partitions: Vec<String>,
    /// The file from which this is a copy.
    pub(super) copied_from: Option<Arc<DataFile>>,
    /// The sheet of which this is a copy.
    pub(super) sheet: Option<Arc<Sheet>>,
    /// Whether it is a pipe, or holds what one gave.
    pub(super) is_pipe: bool,
}

impl DataFile {
    /// The path that rows of this file show as where they come from.
    pub(super) fn named_in_rows(&self, options: &SourceOptions) -> String {
        let base = options.relative_to.as_deref();
        match base.and_then(|base| self.origin().path.strip_prefix(base).ok()) {
            Some(inner) => inner.display().to_string(),
            None => self.shown.clone(),
        }
    }

    /// A copy that is read in place of a file, and is called by its name.
    pub(super) fn at(path: PathBuf, original: &Self) -> Result<Self> {
        let metadata = fs::metadata(&path).map_err(|error| file_error("read", &path, error))?;
        let copied_from = Some(Arc::new(original.clone()));
        Ok(Self { bytes: metadata.len(), stamp: Stamp::of(&metadata), path, copied_from, ..original.clone() })
    }

    /// The file of the user: this one, or the archive or workbook from which it was copied.
    pub(super) fn origin(&self) -> &Self {
        self.copied_from.as_ref().map_or(self, |original| original.origin())
    }

    /// Where a record (from 0) stands: on its line, or in its row of the sheet.
    pub(super) fn row_of(&self, record: u64, line: u64) -> u64 {
        self.sheet.as_ref().map_or(line, |sheet| sheet.row_of(record))
    }

    /// An error if the file is not any more what was looked at.
    pub(super) fn check_unchanged(&self) -> Result<()> {
        let Self { path, stamp, .. } = self.origin();
        let metadata =
            fs::metadata(path).map_err(|error| file_error("read", Path::new(&self.shown), error))?;
        if Stamp::of(&metadata) == *stamp {
            return Ok(());
        }
        Err(Error::data(format!("`{}` has changed since its columns were typed", self.shown)).hint(
            "open it again, so that its columns are typed anew: repeat CREATE EXTERNAL TABLE, or start again",
        ))
    }
}

/// The files behind one name.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) files: Vec<DataFile>,
    /// The directory under which `key=value` directories begin, if there are any.
    pub(super) base: PathBuf,
    /// The names of the partition columns.
    pub(super) partition_names: Vec<String>,
    pub(super) warnings: Vec<Warning>,
}

/// Finds the files that `location` names. In a directory only files of `format` count, if it is given.
pub(super) fn locate(location: &str, format: Option<Format>) -> Result<Located> {
    let local = match location.split_once("://") {
        Some(("file", path)) => percent_decode(path),
        Some((scheme, _)) => {
            return Err(Error::data(format!("cannot read `{location}`: `{scheme}` is not supported"))
                .hint("copy the files to a local directory"));
        }
        None if location == STANDARD_INPUT => "/dev/stdin".to_owned(),
        None => location.to_owned(),
    };
    let path = std::path::absolute(&local).map_err(|error| file_error("find", Path::new(location), error))?;
    spool::refuse_if_taken(&path)?;
    let mut warnings = Vec::new();
    let (base, paths) = match fs::metadata(&path) {
        Ok(metadata) if metadata.is_dir() => {
            let mut walk = Walk::new(&path, format);
            walk.directory(&path, &mut warnings)?;
            if walk.paths.is_empty() {
                return Err(empty_directory(location, format));
            }
            warnings.extend(walk.warning());
            let paths = walk.paths;
            (path, paths)
        }
        Ok(_) => (path.parent().unwrap_or(&path).to_owned(), vec![path]),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if !local.contains(['*', '?', '[']) {
                return Err(not_found(location, &path, error));
            }
            (glob_base(&path), expand(location, &path)?)
        }
        Err(error) => return Err(file_error("read", Path::new(location), error)),
    };
    let mut files = paths.into_iter().map(|path| describe(location, path)).collect::<Result<Vec<_>>>()?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files = each_once(files, &mut warnings)?;
    if files.len() > 1 && !files.iter().all(is_empty) {
        files.retain(|file| {
            if is_empty(file) {
                warnings.push(Warning::new(format!("`{}` is empty and was left out", file.shown)));
            }
            !is_empty(file)
        });
    }
    let partition_names = partition(&base, &mut files)?;
    Ok(Located { files, base, partition_names, warnings })
}

/// Whether a file has no bytes; of a pipe that is not known.
fn is_empty(file: &DataFile) -> bool {
    file.bytes == 0 && !file.is_pipe
}

fn describe(location: &str, path: PathBuf) -> Result<DataFile> {
    let metadata = fs::metadata(&path).map_err(|error| file_error("read", &path, error))?;
    // Relative paths stay relative in messages, as the user wrote them.
    let shown = match std::env::current_dir() {
        Ok(here) if Path::new(location).is_relative() => {
            path.strip_prefix(&here).unwrap_or(&path).display().to_string()
        }
        _ => path.display().to_string(),
    };
    Ok(DataFile {
        shown,
        bytes: metadata.len(),
        stamp: Stamp::of(&metadata),
        partitions: Vec::new(),
        copied_from: None,
        sheet: None,
        is_pipe: spool::is_pipe(&metadata),
        path,
    })
}

/// Keeps each file once, however many links lead to it: a `current` or `latest` beside what it points to adds no rows.
fn each_once(files: Vec<DataFile>, warnings: &mut Vec<Warning>) -> Result<Vec<DataFile>> {
    let mut once: Vec<DataFile> = Vec::with_capacity(files.len());
    // What is no link stays, and the link goes.
    let (links, plain): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| is_below_link(&file.path));
    let mut seen: BTreeMap<(u64, u64), String> = BTreeMap::new();
    // The shortest name of a link, and of its file.
    let mut shown: Option<(String, String)> = None;
    let mut count = 0;
    for file in plain.into_iter().chain(links) {
        let metadata =
            fs::metadata(&file.path).map_err(|error| file_error("read", Path::new(&file.shown), error))?;
        let Some(number) = stamp::file(&metadata) else {
            once.push(file);
            continue;
        };
        let Some(first) = seen.get(&number) else {
            seen.insert(number, file.shown.clone());
            once.push(file);
            continue;
        };
        count += 1;
        if shown.as_ref().is_none_or(|(link, _)| file.shown.len() < link.len()) {
            shown = Some((file.shown, first.clone()));
        }
    }
    once.sort_by(|a, b| a.path.cmp(&b.path));
    if let Some((link, file)) = shown {
        let more = match count {
            1 => "it was".to_owned(),
            _ => format!("so are {} more names, and each file was", count - 1),
        };
        warnings.push(Warning::new(format!("`{link}` is a link to `{file}`; {more} read once")));
    }
    Ok(once)
}

/// Whether the file, or a directory above it, is a symbolic link.
fn is_below_link(path: &Path) -> bool {
    path.ancestors().any(Path::is_symlink)
}

/// Whether it is the file that a spreadsheet program keeps beside a workbook that is open.
pub(super) fn is_lock_file(name: &str) -> bool {
    name.starts_with("~$") || name.starts_with(".~lock.")
}

pub(super) fn is_data(name: &str, format: Option<Format>) -> bool {
    match Format::by_name(name) {
        None if is_archive(name) => true,
        // A directory's `README.txt` is no table, unless the format was named.
        Some(found) => format.map_or(!name.to_ascii_lowercase().contains(".txt"), |wanted| wanted == found),
        None => false,
    }
}

/// Whether the name is that of a zip archive; what is in it decides then.
pub(super) fn is_archive(name: &str) -> bool {
    name.len() > 4 && name.to_ascii_lowercase().ends_with(".zip")
}

/// The directories before the first component with a wildcard.
fn glob_base(pattern: &Path) -> PathBuf {
    let is_plain = |component: &Component| !component.as_os_str().to_string_lossy().contains(['*', '?', '[']);
    pattern.components().take_while(is_plain).collect()
}

fn expand(location: &str, pattern: &Path) -> Result<Vec<PathBuf>> {
    let options = glob::MatchOptions {
        require_literal_leading_dot: true,
        require_literal_separator: true,
        ..Default::default()
    };
    let found = glob::glob_with(&pattern.to_string_lossy(), options).map_err(|error| {
        Error::data(format!("`{location}` is not a valid pattern: {}", error.msg))
            .hint("`*` and `?` stand for characters, `**` for directories")
    })?;
    let mut paths = Vec::new();
    for path in found {
        let path = match path {
            Ok(path) => path,
            // A link that leads back to a directory above it has nothing that is not found without it.
            Err(error) if error.error().raw_os_error().is_some_and(|code| TOO_MANY_LINKS.contains(&code)) => {
                continue;
            }
            Err(error) => {
                let place = error.path().to_owned();
                return Err(file_error("read", &place, error.into()));
            }
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_file() && !is_lock_file(&name) {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(Error::data(format!("no file matches `{location}`"))
            .hint("check the pattern; relative paths start at the current directory"));
    }
    Ok(paths)
}

fn empty_directory(location: &str, format: Option<Format>) -> Error {
    let wanted = format.map_or("data file", Format::name);
    Error::data(format!("the directory `{location}` holds no {wanted} that can be read"))
        .hint("files are recognised by their names: .parquet, .csv, .tsv, .json, .ndjson, .jsonl, .xlsx, .xls, .ods, and compressed .csv.gz and the like; names beginning with `.` or `_` are left out")
}

fn not_found(location: &str, path: &Path, error: std::io::Error) -> Error {
    let wanted = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let siblings = path.parent().and_then(|parent| fs::read_dir(parent).ok()).into_iter().flatten().flatten();
    let similar = siblings
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .map(|name| (strsim::jaro_winkler(&wanted, &name), name))
        .filter(|(similarity, _)| *similarity > 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let error = Error::data(format!("cannot read `{location}`: no such file or directory")).caused_by(error);
    match similar {
        Some((_, name)) => {
            error.hint(format!("did you mean `{}`?", Path::new(location).with_file_name(name).display()))
        }
        None => error.hint("check the path; relative paths start at the current directory"),
    }
}

/// Reads `key=value` directories below `base`; every file must have the same keys in the same order.
fn partition(base: &Path, files: &mut [DataFile]) -> Result<Vec<String>> {
    let mut keys: Option<(Vec<String>, String)> = None;
    for file in files {
        let inner = file.path.strip_prefix(base).unwrap_or(&file.path);
        let directories = inner.parent().into_iter().flat_map(Path::components);
        let (names, values): (Vec<String>, Vec<String>) = directories
            .filter_map(|component| {
                let component = component.as_os_str().to_string_lossy().into_owned();
                component.split_once('=').map(|(key, value)| (key.to_owned(), percent_decode(value)))
            })
            .unzip();
        match &keys {
            None => keys = Some((names, file.shown.clone())),
            Some((known, _)) if *known == names => {}
            Some((known, first)) => {
                let list = |names: &[String]| {
                    if names.is_empty() { "none".to_owned() } else { format!("`{}`", names.join("/")) }
                };
                return Err(Error::data(format!(
                    "files of one table lie in different partition directories: `{first}` has {}, `{}` has {}",
                    list(known),
                    file.shown,
                    list(&names)
                ))
                .hint("give a path or pattern whose files all have the same `key=value` directories"));
            }
        }
        file.partitions = values;
    }
    let names = keys.map(|(names, _)| names).unwrap_or_default();
    let distinct: BTreeSet<_> = names.iter().collect();
    if distinct.len() < names.len() {
        return Err(Error::data(format!(
            "the partition directories `{}` name a column twice",
            names.join("/")
        )));
    }
    Ok(names)
}

/// Decodes `%20` and the like; what is not such a sequence, or not UTF-8, is left as it is.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

impl Format {
    /// The format a file's name promises, under a suffix of compression or not.
    pub(super) fn by_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (stem, extension) = Compression::strip_suffix(&name).rsplit_once('.')?;
        match extension {
            _ if stem.is_empty() => None,
            "parquet" | "parq" | "pq" => Some(Format::Parquet),
            "csv" | "tsv" | "tab" | "txt" | "psv" => Some(Format::Csv),
            "json" | "ndjson" | "jsonl" => Some(Format::Json),
            "xlsx" | "xlsm" | "xls" | "xlsb" | "ods" => Some(Format::Xlsx),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(files: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a directory");
        for file in files {
            let path = directory.path().join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("creates");
            fs::write(path, "x").expect("writes");
        }
        directory
    }

    fn located(directory: &tempfile::TempDir, pattern: &str) -> Result<Located> {
        locate(&directory.path().join(pattern).display().to_string(), None)
    }

    fn names(located: &Located) -> Vec<String> {
        located
            .files
            .iter()
            .map(|file| file.path.file_name().expect("a name").to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn a_directory_gives_its_data_files_and_names_what_is_left_out() {
        let directory =
            directory(&["b.csv", "a.csv.gz", "_SUCCESS", ".hidden.csv", "notes.pdf", "old/c.csv"]);
        let located = located(&directory, "").expect("locates");
        assert_eq!(names(&located), ["a.csv.gz", "b.csv"]);
        assert_eq!(located.warnings.len(), 2);
        assert!(located.warnings[0].message.contains("`old`"), "{:?}", located.warnings);
        assert!(located.warnings[1].message.contains("`notes.pdf`"), "{:?}", located.warnings);
    }

    #[cfg(unix)]
    #[test]
    fn links_add_no_files_and_loops_end() {
        use std::os::unix::fs::symlink;
        let directory = directory(&["data/2025/a.csv", "data/m=1/b.csv"]);
        let data = directory.path().join("data");
        symlink("2025", data.join("current")).expect("links");
        symlink(".", data.join("2025/latest")).expect("links");
        symlink(".", data.join("m=1/m=2")).expect("links");
        fs::hard_link(data.join("2025/a.csv"), data.join("2025/z.csv")).expect("links");
        let of_year = located(&directory, "data/2025/**/a.csv").expect("locates");
        assert_eq!(names(&of_year), ["a.csv"]);
        assert!(
            of_year.warnings.iter().any(|warning| warning.message.contains("is a link to")),
            "{:?}",
            of_year.warnings
        );
        let linked = located(&directory, "data/c*/*.csv").expect("locates");
        assert_eq!(names(&linked), ["a.csv"]);
        assert_eq!(names(&located(&directory, "data/m=1").expect("locates")), ["b.csv"]);
    }

    #[test]
    fn hive_directories_become_columns() {
        let directory = directory(&["month=2025-01/region=eu%20west/a.csv", "month=2025-02/region=us/a.csv"]);
        for pattern in ["", "month=*/region=*/*.csv", "**/*.csv"] {
            let located = located(&directory, pattern).expect("locates");
            assert_eq!(located.partition_names, ["month", "region"]);
            assert_eq!(located.files[0].partitions, ["2025-01", "eu west"], "{pattern}");
        }
    }

    #[test]
    fn different_partition_keys_are_an_error() {
        let directory = directory(&["month=2025-01/a.csv", "year=2025/a.csv"]);
        let error = located(&directory, "").expect_err("fails");
        assert!(error.message().contains("different partition directories"), "{error}");
    }

    #[test]
    fn what_is_not_there_is_said() {
        let directory = directory(&["sales.csv"]);
        let error = located(&directory, "sale.csv").expect_err("fails");
        assert!(error.hints()[0].contains("sales.csv"), "{:?}", error.hints());
        assert!(
            located(&directory, "*.parquet").expect_err("fails").message().starts_with("no file matches")
        );
        assert!(
            locate("s3://bucket/a.csv", None).expect_err("fails").message().contains("`s3` is not supported")
        );
    }
}
