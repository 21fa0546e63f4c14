//! From recognised files to the sources of a project: which files belong together, under which name and pattern.
//!
//! Files of one connector in one directory are one system. Directories that are called by a table, a time or a
//! partition say nothing of the system, so they do not count.

use std::collections::{BTreeMap, BTreeSet};

use super::header_names::normal;
use crate::project::RESERVED_SOURCES;

/// A file that was recognised.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Its path from the project's directory, with `/` between directories; with `#` and the sheet of a workbook.
    pub path: String,
    /// The connector.
    pub connector: String,
    /// The table.
    pub table: String,
}

/// A system that exports come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name in the project.
    pub name: String,
    /// The connector.
    pub connector: String,
    /// The files of each table.
    pub tables: BTreeMap<String, Vec<String>>,
}

/// What systems are called where their connector leaves no doubt about what they are for.
const NAMES: [(&str, &str); 7] = [
    ("syspro", "erp"),
    ("flexi", "books"),
    ("flexi-gl", "ledger"),
    ("hubspot", "desk"),
    ("drift", "chat"),
    ("usage", "usage"),
    ("generic", "files"),
];

/// The order in which systems are listed; the master comes from the first ones.
const ORDER: [&str; 7] = ["syspro", "flexi", "generic", "flexi-gl", "hubspot", "drift", "usage"];

/// Groups files into systems.
pub fn group(files: &[Placed]) -> Vec<Group> {
    let mut homes: BTreeMap<(&str, String), BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for file in files {
        let tables = homes.entry((&file.connector, home(file))).or_default();
        tables.entry(file.table.clone()).or_default().push(file.path.clone());
    }
    let connectors: BTreeSet<String> = files.iter().map(|file| file.connector.clone()).collect();
    let mut groups = Vec::new();
    let mut taken = BTreeSet::new();
    let rank = |connector: &String| ORDER.iter().position(|one| one == connector).unwrap_or(1);
    let mut connectors: Vec<String> = connectors.into_iter().collect();
    connectors.sort_by_key(|connector| (rank(connector), connector.clone()));
    for connector in connectors {
        let own: Vec<_> = homes.iter().filter(|((one, _), _)| *one == connector).collect();
        let names: Vec<&String> = own.iter().flat_map(|(_, tables)| tables.keys()).collect();
        let are_parts = names.iter().collect::<BTreeSet<_>>().len() == names.len();
        // Where no table is there twice, the directories hold parts of one system.
        let own: Vec<(String, BTreeMap<String, Vec<String>>)> = match are_parts {
            true => {
                let tables = own.into_iter().flat_map(|(_, tables)| tables.clone()).collect();
                vec![(String::new(), tables)]
            }
            false => own.into_iter().map(|((_, home), tables)| (home.clone(), tables.clone())).collect(),
        };
        let many = own.len() > 1;
        for (home, tables) in own {
            let name = name(&connector, many.then_some(home.as_str()), &mut taken);
            groups.push(Group { name, connector: connector.clone(), tables });
        }
    }
    groups
}

/// The directory of the system that a file comes from.
fn home(file: &Placed) -> String {
    let mut directories: Vec<&str> = file.path.split('/').collect();
    directories.pop();
    let table = normal(&file.table);
    while let Some(last) = directories.last() {
        let name = normal(last);
        let is_time = last.contains('=') || !name.chars().any(|c| c.is_alphabetic() && c != 'q');
        let is_table = name == table || name == format!("{table}s") || table == format!("{name}s");
        if !is_time && !is_table {
            break;
        }
        directories.pop();
    }
    directories.join("/")
}

fn name(connector: &str, home: Option<&str>, taken: &mut BTreeSet<String>) -> String {
    let usual = NAMES.iter().find(|(one, _)| *one == connector).map(|(_, name)| *name);
    let own = identifier(connector);
    let base = usual.map_or_else(|| own.clone(), str::to_owned);
    let directory = home.and_then(|home| home.rsplit('/').next()).map(identifier);
    let mut wanted = Vec::new();
    if let Some(directory) = directory.filter(|directory| !directory.is_empty()) {
        wanted.push(format!("{base}_{directory}"));
    }
    wanted.extend([base.clone(), own]);
    let numbered = (2..).map(|number: u32| format!("{base}_{number}"));
    let mut all = wanted.into_iter().chain(numbered);
    let free = all.find(|name| !taken.contains(name) && !RESERVED_SOURCES.contains(&name.as_str()));
    let name = free.unwrap_or(base);
    taken.insert(name.clone());
    name
}

/// A text as the name of a source: lower-case letters, digits and `_`, beginning with a letter.
fn identifier(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .map(|word| normal(word).chars().filter(char::is_ascii_alphanumeric).collect())
        .filter(|word: &String| !word.is_empty())
        .collect();
    let name = words.join("_");
    match name.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("of_{name}"),
        false => name,
    }
}

/// The shortest way to name files: a pattern where it means these files and no others of `all`, else each one.
pub fn patterns(files: &[String], all: &[String]) -> Vec<String> {
    if files.len() < 2 {
        return files.to_vec();
    }
    let mut directories: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files {
        let (directory, name) = file.rsplit_once('/').unwrap_or(("", file));
        directories.entry(directory).or_default().push(name);
    }
    let means = |pattern: &str| {
        let options = glob::MatchOptions { require_literal_separator: true, ..Default::default() };
        let Ok(compiled) = glob::Pattern::new(pattern) else { return false };
        let mut matching = all.iter().filter(|path| compiled.matches_with(path, options));
        matching.all(|path| files.contains(path))
            && files.iter().all(|path| compiled.matches_with(path, options))
    };
    if directories.len() == 1 {
        let pattern = directories.iter().next().map(|(directory, names)| join(directory, &starred(names)));
        if let Some(pattern) = pattern.filter(|pattern| means(pattern)) {
            return vec![pattern];
        }
        return files.to_vec();
    }
    // Directories of one level, as for months, differ in one component or in several.
    let depth = directories.keys().next().map_or(0, |directory| directory.split('/').count());
    if directories.keys().all(|directory| directory.split('/').count() == depth) {
        let component = |place: usize| {
            let parts: BTreeSet<&str> =
                directories.keys().filter_map(|path| path.split('/').nth(place)).collect();
            match parts.len() {
                1 => parts.into_iter().next().unwrap_or_default().to_owned(),
                _ => starred(&parts.into_iter().collect::<Vec<_>>()),
            }
        };
        let directory: Vec<String> = (0..depth).map(component).collect();
        let names: BTreeSet<&str> = directories.values().flatten().copied().collect();
        let name = match names.len() {
            1 => names.into_iter().next().unwrap_or_default().to_owned(),
            _ => starred(&names.into_iter().collect::<Vec<_>>()),
        };
        let pattern = join(&directory.join("/"), &name);
        if means(&pattern) {
            return vec![pattern];
        }
    }
    files.to_vec()
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

/// What names have in common at both ends, with `*` between.
fn starred(names: &[&str]) -> String {
    let Some(first) = names.first() else { return String::new() };
    let shortest = names.iter().map(|name| name.chars().count()).min().unwrap_or_default();
    let alike = |a: &str, b: &str| a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let reversed = |text: &str| text.chars().rev().collect::<String>();
    let start = names.iter().map(|name| alike(first, name)).min().unwrap_or_default();
    let end = names.iter().map(|name| alike(&reversed(first), &reversed(name))).min().unwrap_or_default();
    let end = end.min(shortest - start);
    // Digits at the edges belong to what differs: 2024 and 2025 are `*`, not `202*`.
    let is_edge = |c: char| c.is_ascii_digit();
    let head: String = first.chars().take(start).collect();
    let tail = reversed(&reversed(first).chars().take(end).collect::<String>());
    format!("{}*{}", head.trim_end_matches(is_edge), tail.trim_start_matches(is_edge))
}

/// Whether files of one table are called so differently that they may come from different systems.
pub fn look_different(files: &[String]) -> bool {
    let words = |path: &String| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name.chars().filter(|c| c.is_alphabetic()).collect::<String>().to_lowercase()
    };
    files.iter().map(words).collect::<BTreeSet<_>>().len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(files: &[(&str, &str, &str)]) -> String {
        let files: Vec<_> = files
            .iter()
            .map(|(path, connector, table)| Placed {
                path: (*path).to_owned(),
                connector: (*connector).to_owned(),
                table: (*table).to_owned(),
            })
            .collect();
        let all: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
        let show = |group: Group| {
            let tables = group.tables.iter();
            let tables: Vec<_> =
                tables.map(|(table, files)| format!("{table}={}", patterns(files, &all).join("+"))).collect();
            format!("{}({}): {}", group.name, group.connector, tables.join(" "))
        };
        group(&files).into_iter().map(show).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn files_of_one_connector_and_directory_are_one_source() {
        let files = [
            ("hubspot/tickets_2024.csv", "hubspot", "tickets"),
            ("hubspot/tickets_2025.csv", "hubspot", "tickets"),
            ("hubspot/companies.csv", "hubspot", "companies"),
            ("syspro/ArCustomer.csv", "syspro", "ar_customer"),
            ("syspro/gl/GenMaster.csv", "syspro", "gen_master"),
        ];
        assert_eq!(
            grouped(&files),
            "erp(syspro): ar_customer=syspro/ArCustomer.csv gen_master=syspro/gl/GenMaster.csv\n\
             desk(hubspot): companies=hubspot/companies.csv tickets=hubspot/tickets_*.csv"
        );
    }

    #[test]
    fn companies_with_the_same_tables_are_sources_of_their_own() {
        let files = [
            ("north/ArCustomer.csv", "syspro", "ar_customer"),
            ("2nd company/ArCustomer.csv", "syspro", "ar_customer"),
        ];
        assert_eq!(
            grouped(&files),
            "erp_of_2nd_company(syspro): ar_customer=2nd company/ArCustomer.csv\n\
             erp_north(syspro): ar_customer=north/ArCustomer.csv"
        );
    }

    #[test]
    fn directories_of_months_and_tables_are_patterns() {
        let files = [
            ("tickets/2025-01/part.csv", "hubspot", "tickets"),
            ("tickets/2025-02/part.csv", "hubspot", "tickets"),
            ("lines/month=2025-01/a.parquet", "generic", "revenue"),
            ("lines/month=2025-02/b.parquet", "generic", "revenue"),
        ];
        assert_eq!(
            grouped(&files),
            "files(generic): revenue=lines/month=2025-*/*.parquet\n\
             desk(hubspot): tickets=tickets/2025-*/part.csv"
        );
    }

    #[test]
    fn a_pattern_never_takes_a_file_that_is_not_meant() {
        let all = ["a_1.csv", "a_2.csv", "a_x.csv"].map(str::to_owned);
        assert_eq!(patterns(&all[..2], &all), ["a_1.csv", "a_2.csv"]);
        assert_eq!(patterns(&all, &all), ["a_*.csv"]);
        assert!(look_different(&all) && !look_different(&all[..2]));
    }
}
