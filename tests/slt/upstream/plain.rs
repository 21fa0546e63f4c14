//! Runs the files of this folder through plain DataFusion, as canaries of what marginql mends.
//!
//! Each file begins with comments that say whose fault it shows and what plain DataFusion gives; [`Report`] has the keys.
//! A record without a `# plain:` of its own directly above it has that of the file; a statement that has to be done is right. `sometimes` after it stands for a race: the record is then repeated until it goes wrong.
//! On the day that DataFusion mends the fault the canary fails, and says which remedy is to be removed.

use std::{
    collections::BTreeSet,
    fmt, fs,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
};

use datafusion::prelude::{SessionConfig, SessionContext};
use futures::FutureExt;
use libtest_mimic::Failed;
use sqllogictest::{AsyncDB, DBOutput, Record, RecordOutput, Runner, StatementExpect, TestErrorKind};

use super::{Column, Failure, cells};

/// The files that plain DataFusion runs too.
pub const FOLDER: &str = "tests/slt/upstream";

/// The list of all reports that were tried.
const LIST: &str = "docs/upstream.md";

/// Where remedies are.
const REMEDIES: &str = "src/engine/upstream";

/// Files beside the remedies: what they share, and what keeps a statement stoppable, which no rows show.
const NO_REMEDIES: [&str; 3] = ["mod.rs", "expressions.rs", "cooperative_joins.rs"];

/// The default is one for each core of the machine, and which rows are wrong must not depend on it.
const PARTITIONS: usize = 4;

/// How often a race is run until it is believed to be none.
const RACES: usize = 300;

/// How plain DataFusion answers a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Right,
    Wrong,
    Error,
    Panics,
}

impl Outcome {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "right" => Self::Right,
            "wrong" => Self::Wrong,
            "error" => Self::Error,
            "panics" => Self::Panics,
            _ => return None,
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Error => "error",
            Self::Panics => "panics",
        })
    }
}

/// What a file or a record says of plain DataFusion.
#[derive(Debug, Clone, Copy)]
struct Plain {
    outcome: Outcome,
    sometimes: bool,
}

impl Plain {
    const RIGHT: Self = Self { outcome: Outcome::Right, sometimes: false };

    fn parse(text: &str) -> Option<Self> {
        let (word, sometimes) = match text.split_once(' ') {
            Some((word, "sometimes")) => (word, true),
            Some(_) => return None,
            None => (text, false),
        };
        Some(Self { outcome: Outcome::parse(word)?, sometimes })
    }
}

/// The header of a file.
struct Report {
    /// `report`: public numbers, such as `datafusion#22881`, or none.
    numbers: Vec<String>,
    /// `title`: the kind of statement, for what has no number.
    title: Option<String>,
    /// `plain`: how plain DataFusion answers its queries.
    plain: Plain,
    /// `remedy`: the file that mends it, or why none is needed.
    remedy: String,
}

impl Report {
    /// Reads the comments at the top of a file.
    fn of(text: &str) -> Result<Self, Failed> {
        let mut keys: Vec<(&str, String)> = Vec::new();
        for line in text.lines().map_while(|line| line.strip_prefix('#')) {
            match line.trim().split_once(": ") {
                Some((key, value)) if ["report", "title", "plain", "remedy", "cause"].contains(&key) => {
                    keys.push((key, value.to_owned()));
                }
                _ => match keys.last_mut() {
                    Some((_, value)) => *value = format!("{value} {}", line.trim()),
                    None => return Err("the first line is not `# report: …`".into()),
                },
            }
        }
        let value = |name: &str| keys.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
        let needed =
            |name: &str| value(name).ok_or_else(|| Failed::from(format!("`# {name}: …` is missing")));
        let numbers: Vec<String> = match needed("report")? {
            "none" => Vec::new(),
            numbers => numbers.split(", ").map(str::to_owned).collect(),
        };
        let title = value("title").map(str::to_owned);
        if numbers.is_empty() && title.is_none() {
            return Err("`# report: none` needs a `# title: …`".into());
        }
        needed("cause")?;
        Ok(Self { numbers, title, plain: plain_of(needed("plain")?)?, remedy: needed("remedy")?.to_owned() })
    }

    /// How the list names what the file is about.
    fn names(&self) -> Vec<&str> {
        match self.numbers.is_empty() {
            true => self.title.iter().map(String::as_str).collect(),
            false => self.numbers.iter().map(|number| number.trim_start_matches("datafusion")).collect(),
        }
    }
}

fn plain_of(text: &str) -> Result<Plain, Failed> {
    Plain::parse(text).ok_or_else(|| {
        format!("`# plain: {text}` is none of right, wrong, error, panics, each perhaps with `sometimes`")
            .into()
    })
}

/// Plain DataFusion: default options, rules and functions. Files are named as in marginql.
struct Session(SessionContext);

impl Session {
    fn new() -> Self {
        let config = SessionConfig::new().with_target_partitions(PARTITIONS);
        Self(SessionContext::new_with_config(config).enable_url_table())
    }
}

#[async_trait::async_trait]
impl AsyncDB for Session {
    type Error = Failure;
    type ColumnType = Column;

    async fn run(&mut self, sql: &str) -> Result<DBOutput<Column>, Failure> {
        let answer = async {
            let failure = |error: datafusion::error::DataFusionError| Failure(error.to_string());
            let frame = self.0.sql(sql).await.map_err(failure)?;
            let types: Vec<Column> =
                frame.schema().fields().iter().map(|field| field.data_type().into()).collect();
            let mut rows = Vec::new();
            for batch in frame.collect().await.map_err(failure)? {
                rows.extend(cells(&batch)?);
            }
            Ok(match types.is_empty() {
                true => DBOutput::StatementComplete(0),
                false => DBOutput::Rows { types, rows },
            })
        };
        match AssertUnwindSafe(answer).catch_unwind().await {
            Ok(answer) => answer,
            Err(_) => Err(Failure("the session panicked".to_owned())),
        }
    }

    async fn shutdown(&mut self) {}

    fn engine_name(&self) -> &str {
        "datafusion"
    }
}

/// Fails if plain DataFusion answers otherwise than a file says.
pub fn canary(file: &Path) -> Result<(), Failed> {
    let report = Report::of(&fs::read_to_string(file)?)?;
    let records = sqllogictest::parse_file::<Column>(file).map_err(|error| error.to_string())?;
    super::runtime(PARTITIONS).block_on(async {
        let mut runner = Runner::new(|| async { Ok::<_, Failure>(Session::new()) });
        let mut own = None;
        let mut otherwise = Vec::new();
        for record in records {
            let (expected, place, sql) = match &record {
                Record::Comment(lines) => {
                    own =
                        lines.iter().find_map(|line| line.trim().strip_prefix("plain: ")).map(str::to_owned);
                    continue;
                }
                Record::Query { loc, sql, .. }
                | Record::Statement { loc, sql, expected: StatementExpect::Error(_), .. } => {
                    (report.plain, loc.clone(), sql.clone())
                }
                Record::Statement { loc, sql, .. } => (Plain::RIGHT, loc.clone(), sql.clone()),
                Record::Newline => {
                    // The header is the comment of no record.
                    own = None;
                    continue;
                }
                Record::Condition(_) | Record::Connection(_) => continue,
                _ => {
                    runner.run_async(record).await.map_err(|error| error.display(false).to_string())?;
                    continue;
                }
            };
            let expected = own.take().map_or(Ok(expected), |text| plain_of(&text))?;
            let mut answer = outcome(&mut runner, record.clone()).await;
            if expected.sometimes {
                for _ in 1..RACES {
                    if !matches!(answer, Some((Outcome::Right, _))) {
                        break;
                    }
                    answer = outcome(&mut runner, record.clone()).await;
                }
            }
            let Some((outcome, message)) = answer else { continue };
            if outcome != expected.outcome {
                otherwise.push(format!(
                    "{place}: plain DataFusion should give `{}`, and gives `{outcome}`\n{sql}\n{message}",
                    expected.outcome
                ));
            }
        }
        match otherwise.is_empty() {
            true => Ok(()),
            false => Err(Failed::from(format!(
                "{}\nif it was mended there: remove the remedy (`{}`), write `right` here and in {LIST}",
                otherwise.join("\n\n"),
                report.remedy
            ))),
        }
    })
}

/// How a record is answered, and the message of what differs; none if it is not for plain DataFusion.
async fn outcome<M>(runner: &mut Runner<Session, M>, record: Record<Column>) -> Option<(Outcome, String)>
where
    M: sqllogictest::MakeConnection<Conn = Session>,
{
    let error = match runner.run_async(record).await {
        Ok(RecordOutput::Nothing) => return None,
        Ok(_) => return Some((Outcome::Right, String::new())),
        Err(error) => error,
    };
    let message = error.display(false).to_string();
    let outcome = match error.kind() {
        // A panic in a task reaches the session as an error.
        TestErrorKind::Fail { .. } | TestErrorKind::ErrorMismatch { .. } if message.contains("panicked") => {
            Outcome::Panics
        }
        TestErrorKind::Fail { .. } | TestErrorKind::ErrorMismatch { .. } => Outcome::Error,
        _ => Outcome::Wrong,
    };
    Some((outcome, message))
}

/// Fails unless the list and the headers of the files say the same, and each remedy has its canary.
pub fn list_agrees(files: &[PathBuf]) -> Result<(), Failed> {
    let list = fs::read_to_string(LIST)?;
    let rows: Vec<&str> = list.lines().filter(|line| line.starts_with("| ")).collect();
    let mut wrong = Vec::new();
    let mut remedies = BTreeSet::new();
    let mut expected_links = 0;
    for file in files {
        let report = Report::of(&fs::read_to_string(file)?).map_err(|error| {
            Failed::from(format!("{}: {}", file.display(), error.message().unwrap_or_default()))
        })?;
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let link = format!("(../{})", file.display());
        for name in report.names() {
            expected_links += 1;
            let named = format!("| [{name}](");
            let titled = format!("| {name} |");
            let of_name = |row: &&&str| row.starts_with(&named) || row.starts_with(&titled);
            match rows.iter().filter(of_name).find(|row| row.contains(&link)) {
                None => wrong.push(format!("{LIST} has no row for `{name}` that links to {stem}.slt")),
                Some(row) if !row.contains(&format!("| {} |", report.plain.outcome)) => wrong.push(format!(
                    "{LIST} says of `{name}` something else than `{}`, which {stem}.slt says",
                    report.plain.outcome
                )),
                Some(_) => {}
            }
        }
        if report.remedy.starts_with("src/") {
            for remedy in report.remedy.split(", ") {
                if !Path::new(remedy).is_file() {
                    wrong.push(format!("{stem}.slt names the remedy {remedy}, which does not exist"));
                }
                remedies.insert(remedy.to_owned());
            }
        }
    }
    let links = rows.iter().map(|row| row.matches("(../tests/slt/upstream/").count()).sum::<usize>();
    if links != expected_links {
        wrong.push(format!(
            "{LIST} has {links} links to files of {FOLDER}, their headers {expected_links} reports"
        ));
    }
    if Path::new(REMEDIES).is_dir() {
        for entry in fs::read_dir(REMEDIES)? {
            let path = entry?.path();
            let shown = path.to_string_lossy().into_owned();
            let is_remedy = !NO_REMEDIES.iter().any(|name| path.ends_with(name));
            if is_remedy && path.is_file() && !remedies.contains(&shown) {
                wrong.push(format!("no file of {FOLDER} names the remedy {shown}"));
            }
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Failed::from(wrong.join("\n"))),
    }
}
