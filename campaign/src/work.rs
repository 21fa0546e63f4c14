//! Goes through a range of statements: generates, judges, shrinks, writes findings.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::Path,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{
    chance::{Chance, Subject},
    generate::{Generator, Source},
    oracle::{Case, Check, Finding, OUTPUT, Verdict, judge},
    report, schema,
    session::{DataSet, Executor, Side, World, needed_views},
    shrink::shrink,
    sql::{Dialect, View},
    storage::Storage,
    ways::WAYS,
};

/// Statements over one data set.
pub const STATEMENTS_PER_DATA_SET: u64 = 200;
/// Views of a data set.
const VIEWS: usize = 4;
/// Findings of one kind, or of one message, that are shrunk in a range; there are other causes.
const SHRUNK_MAX: u64 = 40;
/// A statement may take this long.
pub const STATEMENT_SECONDS: u64 = 60;

/// What to go through.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// The seed of the whole campaign.
    pub seed: u64,
    /// The first statement's number.
    pub first: u64,
    /// How many.
    pub statements: u64,
    /// The largest table.
    pub rows_max: usize,
}

/// What a worker tells, as a line of JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The statement that begins.
    At(u64),
    /// A finding: the statement, the fingerprint, the shrunken file.
    Found {
        /// The statement's number.
        number: u64,
        /// What findings of one cause have in common.
        fingerprint: String,
        /// The finding as a file; none, if enough of its kind have been shrunk.
        file: Option<String>,
    },
    /// How many statements had what in them, and what was skipped.
    Counted(BTreeMap<String, u64>),
}

/// A data set and what statements are written over it.
struct Scene {
    world: World,
    views: Vec<View>,
    sources: Vec<Source>,
}

/// Goes through a range and tells what happens.
///
/// # Errors
/// A directory for the files of a data set that cannot be made.
pub fn work(range: Range, executor: &mut Executor, tell: &mut dyn FnMut(Event)) -> io::Result<()> {
    let mut scene: Option<(u64, Scene)> = None;
    let mut counts = BTreeMap::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut shrunk_of: BTreeMap<String, u64> = BTreeMap::new();
    for number in range.first..range.first + range.statements {
        tell(Event::At(number));
        let data_set = number / STATEMENTS_PER_DATA_SET;
        if scene.as_ref().is_none_or(|(of, _)| *of != data_set) {
            scene = Some((data_set, open(range, data_set)?));
        }
        let Some((_, scene)) = &mut scene else { continue };
        let mut chance = Chance::new(range.seed, Subject::Statement, number);
        let (case, checks) = drawn(&mut chance, scene, executor.duckdb.is_some());
        count(&mut counts, &case);
        for check in checks {
            match judge(&mut scene.world, executor, check, &case) {
                Verdict::Same => *counts.entry(format!("check {}", check_name(check))).or_insert(0) += 1,
                Verdict::Skipped(reason) => {
                    let reason: String = reason.chars().take(90).collect();
                    *counts.entry(format!("skipped: {reason}")).or_insert(0) += 1;
                }
                Verdict::Finding(finding) => {
                    let signature = report::signature(&finding);
                    let shrunk = shrunk_of.entry(signature.clone()).or_insert(0);
                    // Messages tell causes apart, rows only after shrinking.
                    let is_enough = *shrunk >= if finding.message.is_empty() { SHRUNK_MAX } else { 1 };
                    *shrunk += 1;
                    tell(match is_enough {
                        true => Event::Found { number, fingerprint: signature, file: None },
                        false => found(range, number, scene, executor, check, &case, *finding, &mut known),
                    });
                    // Other checks would find the same.
                    break;
                }
            }
        }
    }
    tell(Event::Counted(counts));
    Ok(())
}

/// Tells the statements of a range, with the views that they read, without running them.
///
/// # Errors
/// As [`work`].
pub fn print(range: Range, tell: &mut dyn FnMut(u64, String)) -> io::Result<()> {
    let mut scene: Option<(u64, Scene)> = None;
    for number in range.first..range.first + range.statements {
        let data_set = number / STATEMENTS_PER_DATA_SET;
        if scene.as_ref().is_none_or(|(of, _)| *of != data_set) {
            scene = Some((data_set, open(range, data_set)?));
        }
        let Some((_, scene)) = &scene else { continue };
        let mut chance = Chance::new(range.seed, Subject::Statement, number);
        let (case, _) = drawn(&mut chance, scene, false);
        let views = needed_views(&case.statement);
        let written = views.iter().map(|view| view.query.write(Dialect::Ours).sql);
        let mut lines: Vec<String> = written.collect();
        lines.push(case.statement.query.write(Dialect::Ours).sql);
        tell(number, lines.join("; "));
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "one call, and each is a thing of its own")]
fn found(
    range: Range,
    number: u64,
    scene: &Scene,
    executor: &mut Executor,
    check: Check,
    case: &Case,
    finding: Finding,
    known: &mut BTreeSet<String>,
) -> Event {
    let limit = Duration::from_secs(STATEMENT_SECONDS);
    let shrunk = shrink(executor, &scene.world, check, case.clone(), finding, limit);
    let fingerprint = report::fingerprint(&shrunk);
    let is_new = known.insert(fingerprint.clone());
    Event::Found { number, fingerprint, file: is_new.then(|| report::file(&shrunk, range.seed, number)) }
}

fn open(range: Range, data_set: u64) -> io::Result<Scene> {
    let tables = schema::tables(&mut Chance::new(range.seed, Subject::Data, data_set), range.rows_max);
    let mut chance = Chance::new(range.seed, Subject::Storage, data_set);
    let storages =
        WAYS.iter().map(|_| tables.iter().map(|table| Storage::draw(&mut chance, table)).collect()).collect();
    let mut chance = Chance::new(range.seed, Subject::Views, data_set);
    let (views, sources) = Generator::new(&mut chance, &tables).views(VIEWS);
    let world = World::new(DataSet { tables, storages })?;
    Ok(Scene { world, views, sources })
}

/// A statement and how it is judged: two ways against the reference, now and then with a condition.
fn drawn(chance: &mut Chance, scene: &Scene, has_duckdb: bool) -> (Case, Vec<Check>) {
    let tables = &scene.world.data.tables;
    let statement = Generator::new(chance, tables).statement(&scene.views, &scene.sources);
    let one = chance.below(WAYS.len());
    let other = (one + 1 + chance.below(WAYS.len() - 1)) % WAYS.len();
    let mut checks = Vec::new();
    if has_duckdb {
        checks.push(Check::Pair(Side::Way(one), Side::DuckDb));
    }
    checks.extend([one, other].map(|way| Check::Pair(Side::Way(way), Side::Plain)));
    let mut condition = None;
    if chance.percent(25) {
        let with_condition = [Check::Partition as fn(Side) -> Check, Check::Column, Check::Moved];
        checks.push(chance.pick(&with_condition)(Side::Way(one)));
        condition = Some(Generator::new(chance, tables).condition(&statement.query, OUTPUT));
    }
    (Case { statement, condition }, checks)
}

fn check_name(check: Check) -> &'static str {
    match check {
        Check::Pair(_, Side::DuckDb) => "against DuckDB",
        Check::Pair(..) => "against the plain road",
        Check::Partition(_) => "partition by a condition",
        Check::Column(_) => "condition as a column",
        Check::Moved(_) => "condition moved inside",
    }
}

/// What the summary counts: words of SQL that statements have in them.
const KINDS: [&str; 30] = [
    "WITH ",
    "UNION ALL",
    "UNION ",
    "INTERSECT",
    "EXCEPT",
    " JOIN ",
    "LEFT JOIN",
    "RIGHT JOIN",
    "FULL JOIN",
    "CROSS JOIN",
    "SEMI JOIN",
    "ANTI JOIN",
    "NATURAL",
    "USING (",
    "IS NOT DISTINCT FROM",
    "GROUP BY",
    "ROLLUP",
    "CUBE",
    "GROUPING SETS",
    "HAVING",
    "FILTER (",
    "DISTINCT ON",
    "SELECT DISTINCT",
    " OVER (",
    "EXISTS (",
    " IN (",
    "ANY (",
    "ALL (",
    "LIMIT",
    "CASE ",
];

fn count(counts: &mut BTreeMap<String, u64>, case: &Case) {
    let written = case.statement.query.write(Dialect::Ours);
    for kind in KINDS {
        if written.sql.contains(kind) {
            *counts.entry(format!("with {}", kind.trim())).or_insert(0) += 1;
        }
    }
    if !written.parameters.is_empty() {
        *counts.entry("with parameters".to_owned()).or_insert(0) += 1;
    }
    *counts.entry("statements".to_owned()).or_insert(0) += 1;
}

/// Returns a short name for a fingerprint, for the name of a file.
pub fn short(fingerprint: &str) -> String {
    let mut hasher = DefaultHasher::new();
    fingerprint.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Writes a finding into a directory, unless one of its cause is there.
///
/// # Errors
/// A directory that cannot be written to.
pub fn keep(directory: &Path, fingerprint: &str, text: &str) -> io::Result<bool> {
    let path = directory.join(format!("{}.sql", short(fingerprint)));
    if path.exists() {
        return Ok(false);
    }
    std::fs::write(path, text)?;
    Ok(true)
}
