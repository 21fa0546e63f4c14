//! Says which table of which connector a file is, by its header: pure, from headers and connectors to candidates.
//!
//! A header counts the more, the fewer tables know it. What the files beside it are decides between tables that know
//! the same headers; names of files and the look of the first values help. Next: `draft` writes the project from it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    connector::{ColumnKind, Connector, RawTable},
    header_names::normal,
    looks::fits,
};

/// What the headers that a table knows count, of those that the file has.
const WEIGHT_KNOWN: f64 = 0.66;
/// What the table's columns that the file has count, of those that the table has.
const WEIGHT_FOUND: f64 = 0.12;
/// What a name counts that the connector expects.
const WEIGHT_NAME: f64 = 0.20;
/// What counts that the files in the same directory are of the same connector.
const WEIGHT_BESIDE: f64 = 0.35;
/// What counts that a directory is called by the connector's name.
const WEIGHT_DIRECTORY: f64 = 0.10;
/// What is taken away for first values that the columns cannot hold.
const WEIGHT_LOOKS: f64 = 0.15;
/// What counts that keys of the file stand in other files of the connector.
const WEIGHT_KEYS: f64 = 0.10;
/// What is taken away where a vendor's own connector could know the file as well.
const LAST_RESORT: f64 = 0.05;
/// A header that no connector knows is most often a field that the user has added.
const UNKNOWN_HEADER: f64 = 0.3;
/// Below this share of known headers a file is something else.
const KNOWN_MIN: f64 = 0.3;
/// If a table knows this much more but misses a column that it needs, then the file is that table, incomplete.
const INCOMPLETE: f64 = 0.35;
/// A file that is not called as expected must have this share of known headers, and headers that tell this much: two
/// that no other table has, or many that few have. A number and a name are everywhere.
const SHARE_UNNAMED: f64 = 0.6;
/// See [`SHARE_UNNAMED`].
const TELLING_UNNAMED: f64 = 1.9;
/// The share for a file that is called as expected, unless others of its connector are there.
const SHARE_NAMED: f64 = 0.5;
/// Headers that tell as much as this leave no doubt, and a name tells half of it.
const TELLING_ENOUGH: f64 = 2.0;
/// What is not sure enough to be used is never called likely.
const PERHAPS_MAX: u8 = 59;
/// Candidates closer than this are both named.
const NEARLY_EQUAL: f64 = 0.05;
/// Candidates closer than this are told apart by their keys.
const CLOSE: f64 = 0.08;
/// A lead from which on there is no doubt.
const LEAD_ENOUGH: f64 = 0.25;
/// The connector for files that no vendor's connector knows.
const GENERIC: &str = "generic";
/// The connectors of the project's own files, which may lie anywhere.
const OWN: [&str; 2] = ["crosswalk", "rates"];
/// Headers that are named as the reason.
const REASONS_MAX: usize = 3;

/// The beginning of a file, or of a sheet.
#[derive(Debug, Clone, Default)]
pub struct Beginning {
    /// Its path, with `/` between directories.
    pub path: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Whether its values stand as somebody wrote them; numbers of other formats have one form.
    pub is_written: bool,
    /// Its header.
    pub columns: Vec<String>,
    /// Its first rows.
    pub rows: Vec<Vec<String>>,
}

/// A table that a file could be.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The connector.
    pub connector: String,
    /// Its table.
    pub table: String,
    /// The headers of the file that the table knows, the telling ones first.
    pub known: Vec<String>,
    /// How many headers the file has.
    pub headers: usize,
    /// Columns that the table needs and the file does not have.
    pub missing: Vec<String>,
    /// Whether the file is called as the connector expects.
    pub by_name: bool,
    /// Whether the file has all headers that the table can have, and no other.
    is_whole: bool,
    share: f64,
    /// How telling the known headers are, together.
    telling: f64,
    score: f64,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// A table.
    Known {
        /// The table.
        best: Candidate,
        /// How sure that is, in percent.
        sure_pct: u8,
        /// Another table that it could be nearly as well.
        other: Option<Candidate>,
    },
    /// Perhaps a table, but its headers could as well be those of something else.
    Doubtful {
        /// The table.
        best: Candidate,
        /// How sure that is, in percent.
        sure_pct: u8,
        /// Another table that it could be nearly as well.
        other: Option<Candidate>,
    },
    /// None of the tables; the nearest, if any is near.
    Unknown(Option<Candidate>),
}

impl Verdict {
    /// How sure a verdict is, in a word.
    pub fn word(sure_pct: u8) -> &'static str {
        match sure_pct {
            90.. => "sure",
            75.. => "likely",
            _ => "perhaps",
        }
    }

    /// The connector of a table that is known.
    fn firm(&self) -> Option<&String> {
        match self {
            Verdict::Known { best, .. } => Some(&best.connector),
            _ => None,
        }
    }

    /// A file that is called or made exactly as expected is no doubtful one where others of its connector are known.
    fn beside(self, firm: &BTreeSet<String>) -> Self {
        match self {
            Verdict::Doubtful { best, sure_pct, other }
                if (best.by_name || best.is_whole) && firm.contains(&best.connector) =>
            {
                Verdict::Known { best, sure_pct, other }
            }
            other => other,
        }
    }
}

impl Candidate {
    /// Why the file is taken for the table.
    pub fn reason(&self) -> String {
        let examples: Vec<_> = self.known.iter().take(REASONS_MAX).map(String::as_str).collect();
        let named = if self.by_name { ", and its name" } else { "" };
        match self.known.len() {
            0 => "its name".to_owned(),
            known => format!("{known} of {} headers, e.g. {}{named}", self.headers, examples.join(", ")),
        }
    }

    /// `connector.table`
    pub fn name(&self) -> String {
        format!("{}.{}", self.connector, self.table)
    }
}

/// Knows the tables of the connectors, and how telling each header is.
#[derive(Debug)]
pub struct Recogniser {
    tables: Vec<Known>,
    /// How many tables know a header.
    tables_with: BTreeMap<String, usize>,
}

/// A table with its headers in the form in which headers are compared.
#[derive(Debug)]
struct Known {
    connector: String,
    /// How a directory of such files may be called.
    titles: Vec<String>,
    table: RawTable,
    headers: Vec<BTreeSet<String>>,
}

impl Recogniser {
    /// Takes the connectors that may be meant.
    pub fn new(connectors: &[Connector]) -> Self {
        let mut tables = Vec::new();
        let mut tables_with = BTreeMap::new();
        for connector in connectors {
            let titles = vec![normal(&connector.name), normal(&connector.title)];
            for table in &connector.tables {
                let headers: Vec<BTreeSet<String>> =
                    table.columns.iter().map(|column| column.normal_headers().collect()).collect();
                for header in headers.iter().flatten().collect::<BTreeSet<_>>() {
                    *tables_with.entry(header.clone()).or_default() += 1;
                }
                let (connector, titles, table) = (connector.name.clone(), titles.clone(), table.clone());
                tables.push(Known { connector, titles, table, headers });
            }
        }
        Self { tables, tables_with }
    }

    /// Says what each of these files is. Files of one directory help each other.
    pub fn recognise(&self, files: &[Beginning]) -> Vec<Verdict> {
        let mut all: Vec<Vec<Candidate>> = files.iter().map(|file| self.candidates(file)).collect();
        help_beside(files, &mut all);
        all.iter_mut().for_each(|candidates| sort(candidates));
        self.compare_keys(files, &mut all);
        let verdicts: Vec<Verdict> = all.into_iter().map(verdict).collect();
        let firm: BTreeSet<String> = verdicts.iter().filter_map(Verdict::firm).cloned().collect();
        verdicts.into_iter().map(|verdict| verdict.beside(&firm)).collect()
    }

    /// A table of a connector.
    pub fn table(&self, candidate: &Candidate) -> Option<&RawTable> {
        self.known(candidate).map(|known| &known.table)
    }

    fn known(&self, candidate: &Candidate) -> Option<&Known> {
        self.tables
            .iter()
            .find(|known| known.connector == candidate.connector && known.table.name == candidate.table)
    }

    fn candidates(&self, file: &Beginning) -> Vec<Candidate> {
        let mut seen = BTreeSet::new();
        let headers: Vec<(String, &String)> = file
            .columns
            .iter()
            .map(|column| (normal(column), column))
            .filter(|(header, _)| !header.is_empty() && seen.insert(header.clone()))
            .collect();
        let all: f64 = headers.iter().map(|(header, _)| self.weight(header)).sum();
        self.tables.iter().map(|known| self.candidate(known, file, &headers, all)).collect()
    }

    fn candidate(
        &self,
        known: &Known,
        file: &Beginning,
        headers: &[(String, &String)],
        all: f64,
    ) -> Candidate {
        let mut matching: Vec<&(String, &String)> = headers
            .iter()
            .filter(|(header, _)| known.headers.iter().any(|known| known.contains(header)))
            .collect();
        let weight: f64 = matching.iter().map(|(header, _)| self.weight(header)).sum();
        let share = if all > 0.0 { weight / all } else { 0.0 };
        matching.sort_by(|a, b| self.weight(&b.0).total_cmp(&self.weight(&a.0)));
        let is_found = |index: usize| headers.iter().any(|(header, _)| known.headers[index].contains(header));
        // A column that must be there says three times as much as one that may be.
        let importance = |index: usize| if known.table.columns[index].required { 3.0 } else { 1.0 };
        let columns = 0..known.headers.len();
        let found: f64 = columns.clone().filter(|index| is_found(*index)).map(importance).sum();
        let columns_all: f64 = columns.clone().map(importance).sum();
        let missing = columns
            .clone()
            .filter(|index| known.table.columns[*index].required && !is_found(*index))
            .map(|index| known.table.columns[index].name.clone())
            .collect();
        let by_name = known.is_named(file);
        let is_whole = matching.len() == headers.len() && columns.clone().all(is_found);
        let mut score = WEIGHT_KNOWN * share + WEIGHT_FOUND * found / columns_all.max(1.0);
        score += if by_name { WEIGHT_NAME } else { 0.0 };
        score += if known.is_called(&file.path) { WEIGHT_DIRECTORY } else { 0.0 };
        score -= WEIGHT_LOOKS * self.misfit(known, file);
        score -= if known.connector == GENERIC { LAST_RESORT } else { 0.0 };
        Candidate {
            connector: known.connector.clone(),
            table: known.table.name.clone(),
            known: matching.iter().map(|(_, column)| (*column).clone()).collect(),
            headers: headers.len(),
            missing,
            by_name,
            is_whole,
            share,
            telling: weight,
            score,
        }
    }

    /// How telling a header is: 1 if one table alone knows it.
    fn weight(&self, header: &str) -> f64 {
        let count = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let all = count(self.tables.len());
        match self.tables_with.get(header) {
            Some(tables) => (1.0 + all / count(*tables)).ln() / (1.0 + all).ln(),
            None => UNKNOWN_HEADER,
        }
    }

    /// The share of first values that the columns of a table cannot hold.
    fn misfit(&self, known: &Known, file: &Beginning) -> f64 {
        let (mut values, mut misfits) = (0_u32, 0_u32);
        for (place, column) in file.columns.iter().enumerate() {
            let header = normal(column);
            let Some(index) = known.headers.iter().position(|headers| headers.contains(&header)) else {
                continue;
            };
            for value in
                file.rows.iter().filter_map(|row| row.get(place)).filter(|value| !value.trim().is_empty())
            {
                values += 1;
                misfits += u32::from(!fits(&known.table.columns[index], value.trim()));
            }
        }
        f64::from(misfits) / f64::from(values.max(1))
    }

    /// Where tables are close, a list of codes belongs to the connector whose files use these codes.
    fn compare_keys(&self, files: &[Beginning], all: &mut [Vec<Candidate>]) {
        let best: Vec<Option<Candidate>> =
            all.iter().map(|candidates| possible(candidates).first().copied().cloned()).collect();
        for (index, candidates) in all.iter_mut().enumerate() {
            let lead = best[index].as_ref().map_or(0.0, |best| best.score);
            for candidate in
                candidates.iter_mut().filter(|one| one.missing.is_empty() && lead - one.score < CLOSE)
            {
                let own = self.keys(candidate, &files[index]);
                let mut others = BTreeSet::new();
                for (other, file) in best
                    .iter()
                    .zip(files)
                    .enumerate()
                    .filter(|(place, _)| *place != index)
                    .map(|(_, pair)| pair)
                {
                    if let Some(other) = other.as_ref().filter(|other| other.connector == candidate.connector)
                    {
                        others.extend(self.keys(other, file));
                    }
                }
                // A code may be the beginning of another: accounts are often given by their first digits.
                let used = own.iter().filter(|key| {
                    others.range((*key).clone()..).next().is_some_and(|next| next.starts_with(key.as_str()))
                });
                let share = used.count() as f64 / own.len().max(1) as f64;
                candidate.score += WEIGHT_KEYS * share;
            }
            sort(candidates);
        }
    }

    /// The first values of the keys of a file.
    fn keys(&self, candidate: &Candidate, file: &Beginning) -> BTreeSet<String> {
        let Some(known) = self.known(candidate) else { return BTreeSet::new() };
        let is_key = |column: &String| {
            let header = normal(column);
            let index = known.headers.iter().position(|headers| headers.contains(&header));
            index.is_some_and(|index| known.table.columns[index].kind == ColumnKind::Key)
        };
        let places =
            file.columns.iter().enumerate().filter(|(_, column)| is_key(column)).map(|(place, _)| place);
        let values = places.flat_map(|place| file.rows.iter().filter_map(move |row| row.get(place)));
        // Some vendors write what a code is before it, as in `code:311000`.
        let values = values.map(|value| value.rsplit(':').next().unwrap_or_default().trim().to_owned());
        values.filter(|value| value.chars().count() > 1).collect()
    }
}

impl Known {
    fn is_called(&self, path: &str) -> bool {
        let mut directories = path.rsplit('/').skip(1).map(normal);
        directories.any(|directory| {
            self.titles.iter().any(|title| title.chars().count() > 3 && directory.contains(title))
        })
    }

    /// Whether a file is called as the patterns say, with the vendor's name before it or without; a sheet's name counts
    /// like that of a file.
    fn is_named(&self, file: &Beginning) -> bool {
        let name = file.path.rsplit('/').next().unwrap_or_default().to_lowercase();
        let stem = name.split('.').next().unwrap_or_default();
        let sheet = file.sheet.as_deref().map(|sheet| format!("{}.csv", sheet.to_lowercase()));
        let after_title = |title: &String| stem.strip_prefix(title.as_str())?.strip_prefix(['-', '_', ' ']);
        let rest = self.titles.iter().find_map(after_title).map(|rest| format!("{rest}.csv"));
        let names = [Some(name.clone()), Some(format!("{stem}.csv")), Some(stem.to_owned()), sheet, rest];
        let spelled = |name: String| [name.replace(['-', ' '], "_"), name];
        let names: Vec<String> = names.into_iter().flatten().flat_map(spelled).collect();
        let patterns = self.table.files.iter().filter_map(|pattern| glob::Pattern::new(pattern).ok());
        patterns.into_iter().any(|pattern| names.iter().any(|name| pattern.matches(name)))
    }
}

fn sort(candidates: &mut [Candidate]) {
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
}

/// The candidates that the file can be.
fn possible(candidates: &[Candidate]) -> Vec<&Candidate> {
    let enough = |one: &&Candidate| one.known.len() >= 2.min(one.headers) && one.share >= KNOWN_MIN;
    candidates.iter().filter(|one| one.missing.is_empty()).filter(enough).collect()
}

/// Adds to the candidates whose connector the files in the same directory are of.
fn help_beside(files: &[Beginning], all: &mut [Vec<Candidate>]) {
    let directory =
        |file: &Beginning| file.path.rsplit_once('/').map_or(String::new(), |(path, _)| path.to_owned());
    let mut support: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for (file, candidates) in files.iter().zip(all.iter()) {
        let mut best: BTreeMap<&str, f64> = BTreeMap::new();
        for candidate in possible(candidates) {
            let score = best.entry(&candidate.connector).or_default();
            *score = score.max(candidate.score);
        }
        let lead = best.values().copied().fold(0.0, f64::max);
        let close: BTreeMap<&str, f64> =
            best.into_iter().map(|(connector, score)| (connector, (score - lead + 0.3).max(0.0))).collect();
        let sum: f64 = close.values().sum();
        let support = support.entry(directory(file)).or_default();
        for (connector, score) in close.into_iter().filter(|_| sum > 0.0) {
            *support.entry(connector.to_owned()).or_default() += score / sum;
        }
    }
    for (file, candidates) in files.iter().zip(all) {
        let Some(support) = support.get(&directory(file)) else { continue };
        let most = support.values().copied().fold(0.0, f64::max);
        for candidate in candidates.iter_mut().filter(|_| most > 0.0) {
            let own = support.get(&candidate.connector).copied().unwrap_or_default();
            let is_own = OWN.contains(&candidate.connector.as_str());
            candidate.score += WEIGHT_BESIDE * if is_own { 1.0 } else { own / most };
        }
    }
}

fn verdict(candidates: Vec<Candidate>) -> Verdict {
    let incomplete =
        candidates.iter().filter(|one| !one.missing.is_empty() && one.known.len() >= 2).max_by(|a, b| {
            (a.share, a.score).partial_cmp(&(b.share, b.score)).unwrap_or(std::cmp::Ordering::Equal)
        });
    let possible = possible(&candidates);
    let Some(best) = possible.first() else { return Verdict::Unknown(incomplete.cloned()) };
    if let Some(incomplete) = incomplete.filter(|one| one.share >= best.share + INCOMPLETE) {
        return Verdict::Unknown(Some(incomplete.clone()));
    }
    let next = possible.get(1);
    let lead = next.map_or(LEAD_ENOUGH, |next| (best.score - next.score).clamp(0.0, LEAD_ENOUGH));
    let named = if best.by_name { TELLING_ENOUGH / 2.0 } else { 0.0 };
    let told = ((best.telling + named) / TELLING_ENOUGH).min(1.0);
    let sure = 20.0 + 25.0 * told + 25.0 * best.share + 30.0 * lead / LEAD_ENOUGH;
    // Whole percents below 100: nothing is certain before all rows have been read.
    let sure_pct = (0..=99).rev().find(|pct| f64::from(*pct) <= sure).unwrap_or_default();
    let other = next.filter(|next| best.score - next.score < NEARLY_EQUAL).map(|next| (*next).clone());
    // Tables of one connector that know the same headers are told apart by a name only.
    let is_same = |next: &&&Candidate| next.connector == best.connector && next.known == best.known;
    let is_firm = match best.by_name {
        true => best.share >= SHARE_NAMED,
        false => {
            best.share >= SHARE_UNNAMED && best.telling >= TELLING_UNNAMED && next.filter(is_same).is_none()
        }
    };
    let best = (*best).clone();
    match is_firm {
        true => Verdict::Known { best, sure_pct, other },
        false => Verdict::Doubtful { best, sure_pct: sure_pct.min(PERHAPS_MAX), other },
    }
}

#[cfg(test)]
mod tests;
