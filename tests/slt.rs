//! Runs every sqllogictest file under `tests/slt` once for each way the engine can execute a plan.
//!
//! A result must not depend on batches, partitions, spilling, or on whether partial aggregation is skipped:
//! all ways are compared with the same expected rows. Decimals are printed with their full scale.
//! A directory below `tests/model` is a project with its files; its `expect.slt` runs in that project, in two ways.
//! Each way runs it twice: in the second session, what the first computed comes from the state directory.
//! The files below `tests/slt/upstream` show faults of DataFusion: plain DataFusion runs them too, and must show them still.
//! `cargo test --test slt -- NAME` filters; `SLT_UPDATE=1` writes what the first way gives into the files.

#[path = "slt/upstream/plain.rs"]
mod plain;

use std::{
    fmt,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use arrow::{
    array::RecordBatch,
    datatypes::DataType,
    util::display::{ArrayFormatter, FormatOptions},
};
use libtest_mimic::{Arguments, Failed, Trial};
use marginql::{
    engine::{Engine, EngineOptions},
    model::Model,
    project::{FILE_NAME, Project},
    query::{Parameters, Text, parse_statements},
};
use sqllogictest::{AsyncDB, ColumnType, DBOutput, Runner};

/// One way to execute.
#[derive(Debug, Clone, Copy)]
struct Way {
    name: &'static str,
    batch_size: &'static str,
    partitions: usize,
    skip_partial: bool,
    memory: Option<&'static str>,
    /// Each result is computed again on the plain road and compared.
    verify: bool,
}

const WAYS: [Way; 10] = [
    way("batch=8192/partitions=1", "8192", 1, false),
    way("batch=8192/partitions=8", "8192", 8, false),
    way("batch=1/partitions=1", "1", 1, false),
    way("batch=1/partitions=4", "1", 4, false),
    way("batch=8192/partitions=1/skip-partial", "8192", 1, true),
    way("batch=8192/partitions=8/skip-partial", "8192", 8, true),
    way("batch=1/partitions=1/skip-partial", "1", 1, true),
    way("batch=1/partitions=4/skip-partial", "1", 4, true),
    Way { memory: Some("8MB"), ..way("batch=256/partitions=4/memory=8MB", "256", 4, false) },
    Way { verify: true, ..way("batch=8192/partitions=4/verify", "8192", 4, false) },
];

/// Ways for projects: what they prove is in their SQL, and planning it takes long. Batches of one row are not among them: rows
/// that are kept in memory share their texts, which a sort then counts once for each row and finds too large.
const PROJECT_WAYS: [Way; 2] = [WAYS[1], WAYS[0]];

/// The directory of the projects.
const PROJECTS: &str = "tests/model";

/// Records under `onlyif small-memory` run only where memory is scarce: they prove that a query really spills.
const SMALL_MEMORY: &str = "small-memory";

const fn way(name: &'static str, batch_size: &'static str, partitions: usize, skip_partial: bool) -> Way {
    Way { name, batch_size, partitions, skip_partial, memory: None, verify: false }
}

impl Way {
    fn engine(self, state: Option<&Path>) -> Engine {
        let mut settings = vec![("execution.batch_size".to_owned(), self.batch_size.to_owned())];
        if self.skip_partial {
            for key in ["rows_threshold", "ratio_threshold"] {
                settings.push((format!("execution.skip_partial_aggregation_probe_{key}"), "0".to_owned()));
            }
        }
        if self.memory.is_some() {
            settings.push(("execution.sort_spill_reservation_bytes".to_owned(), "262144".to_owned()));
        }
        // Small files are split too, or the partitions would stand idle.
        settings.push(("optimizer.repartition_file_min_size".to_owned(), "1".to_owned()));
        Engine::new(&EngineOptions {
            threads: Some(self.partitions),
            verify: self.verify,
            memory_limit: self.memory.map(|text| text.parse().expect("a constant amount")),
            settings,
            state_directory: state.map(Path::to_owned),
            lasting_after: Some(Duration::ZERO),
            ..EngineOptions::default()
        })
        .expect("the options are known")
    }
}

/// A session; in a project, if the file stands beside one.
fn database(way: Way, file: &Path, state: Option<&Path>) -> Result<Database, Failure> {
    let engine = way.engine(state);
    let directory = file.parent().expect("a file stands in a directory");
    if directory.join(FILE_NAME).is_file() {
        let today = chrono::NaiveDate::from_ymd_opt(2026, 6, 30).expect("a constant day");
        Model::attach(&engine, Project::load(directory)?, today)?;
    }
    Ok(Database(engine))
}

struct Database(Engine);

#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<marginql::error::Error> for Failure {
    fn from(error: marginql::error::Error) -> Self {
        let hints = error.hints().iter().map(|hint| format!(" help: {hint}"));
        Self(format!("{error}{}", hints.collect::<String>()))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    Text,
    Integer,
    /// A decimal: money, a ratio, a percentage.
    Money,
    Double,
    Date,
    Boolean,
    Other,
}

impl ColumnType for Column {
    fn from_char(letter: char) -> Option<Self> {
        Some(match letter {
            'T' => Self::Text,
            'I' => Self::Integer,
            'M' => Self::Money,
            'R' => Self::Double,
            'D' => Self::Date,
            'B' => Self::Boolean,
            '?' => Self::Other,
            _ => return None,
        })
    }

    fn to_char(&self) -> char {
        match self {
            Self::Text => 'T',
            Self::Integer => 'I',
            Self::Money => 'M',
            Self::Double => 'R',
            Self::Date => 'D',
            Self::Boolean => 'B',
            Self::Other => '?',
        }
    }
}

impl From<&DataType> for Column {
    fn from(data_type: &DataType) -> Self {
        match data_type {
            data_type if data_type.is_integer() => Self::Integer,
            data_type if data_type.is_floating() => Self::Double,
            data_type if data_type.is_decimal() => Self::Money,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text,
            DataType::Date32 | DataType::Timestamp(..) => Self::Date,
            DataType::Boolean => Self::Boolean,
            DataType::Dictionary(_, value) => Self::from(value.as_ref()),
            _ => Self::Other,
        }
    }
}

#[async_trait::async_trait]
impl AsyncDB for Database {
    type Error = Failure;
    type ColumnType = Column;

    async fn run(&mut self, sql: &str) -> Result<DBOutput<Column>, Failure> {
        let text = Text::new("slt", sql);
        let statements = parse_statements(&text, self.0.dialect().as_ref())?;
        let [statement] = &statements[..] else {
            return Err(Failure("a record holds one statement".to_owned()));
        };
        let mut result = self.0.run(statement, &Parameters::default()).await?;
        let types: Vec<Column> =
            result.schema().fields().iter().map(|field| field.data_type().into()).collect();
        let mut rows = Vec::new();
        while let Some(batch) = result.next().await? {
            rows.extend(cells(&batch)?);
        }
        match types.is_empty() {
            true => Ok(DBOutput::StatementComplete(0)),
            false => Ok(DBOutput::Rows { types, rows }),
        }
    }

    async fn shutdown(&mut self) {}

    fn engine_name(&self) -> &str {
        "marginql"
    }
}

/// The rows of a batch as they stand in the files.
fn cells(batch: &RecordBatch) -> Result<Vec<Vec<String>>, Failure> {
    let options = FormatOptions::new().with_display_error(false).with_null("NULL");
    let formatters = batch
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure(error.to_string()))?;
    let row = |row| {
        let cell = |formatter: &ArrayFormatter<'_>| match formatter.value(row).to_string() {
            empty if empty.is_empty() => "(empty)".to_owned(),
            cell => cell,
        };
        formatters.iter().map(cell).collect()
    };
    Ok((0..batch.num_rows()).map(row).collect())
}

fn files(directory: PathBuf) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(&directory).expect("the test directory is there");
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("the test directory can be read").path();
        match path.is_dir() {
            true => files.extend(self::files(path)),
            false if path.extension().is_some_and(|extension| extension == "slt") => files.push(path),
            false => {}
        }
    }
    files.sort();
    files
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // Paths in the files start at the repository.
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    std::env::set_current_dir(&root).expect("the repository is there");
    let projects = files(PathBuf::from(PROJECTS));
    let files = files(PathBuf::from("tests/slt"));
    if std::env::var_os("SLT_UPDATE").is_some() {
        let wanted = |file: &PathBuf| match &arguments.filter {
            Some(filter) => file.to_string_lossy().contains(filter.as_str()),
            None => true,
        };
        for file in files.into_iter().chain(projects).filter(wanted) {
            let runtime = runtime(WAYS[0].partitions);
            let path = file.clone();
            let mut runner = Runner::new(|| async { database(WAYS[0], &path, None) });
            runtime
                .block_on(runner.update_test_file(
                    file,
                    " ",
                    sqllogictest::default_validator,
                    sqllogictest::default_normalizer,
                    sqllogictest::strict_column_validator,
                ))
                .expect("the file can be updated");
        }
        return ExitCode::SUCCESS;
    }
    let of_files = WAYS.into_iter().flat_map(|way| files.iter().map(move |file| (way, file.clone())));
    let of_projects =
        PROJECT_WAYS.into_iter().flat_map(|way| projects.iter().map(move |file| (way, file.clone())));
    let upstream: Vec<PathBuf> =
        files.iter().filter(|file| file.starts_with(plain::FOLDER)).cloned().collect();
    let canaries = upstream.iter().cloned().map(|file| {
        Trial::test(format!("{} plain DataFusion", file.display()), move || plain::canary(&file))
    });
    let list = Trial::test("the list of upstream reports", {
        let upstream = upstream.clone();
        move || plain::list_agrees(&upstream)
    });
    let trials = of_files
        .chain(of_projects)
        .map(|(way, file)| {
            let name = format!("{} {}", file.display(), way.name);
            Trial::test(name, move || match file.starts_with(PROJECTS) {
                true => run_twice(way, &file),
                false => run(way, &file, None),
            })
        })
        .chain(canaries)
        .chain([list])
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// As much stack as the main thread of a program has.
const STACK_BYTES: usize = 8 << 20;

fn runtime(partitions: usize) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(partitions.min(2))
        .thread_stack_size(STACK_BYTES)
        .enable_all()
        .build()
        .expect("threads can be made")
}

/// In a project, the second session finds what the first one left in the state directory.
fn run_twice(way: Way, file: &Path) -> Result<(), Failed> {
    let state = tempfile::tempdir()?;
    run(way, file, Some(state.path()))?;
    run(way, file, Some(state.path()))
}

fn run(way: Way, file: &Path, state: Option<&Path>) -> Result<(), Failed> {
    // Planning goes as deep as the views of a project do; a thread of a test has a quarter of this stack.
    let run = || runtime(way.partitions).block_on(run_file(way, file, state));
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, run)?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

async fn run_file(way: Way, file: &Path, state: Option<&Path>) -> Result<(), Failed> {
    let mut runner = Runner::new(|| async { database(way, file, state) });
    if way.memory.is_some() {
        runner.add_label(SMALL_MEMORY);
    }
    runner.with_column_validator(sqllogictest::strict_column_validator);
    runner.run_file_async(file).await.map_err(|error| Failed::from(error.display(false).to_string()))
}
