//! The exports of a small sample company in a directory of their own, opened as a project.

use std::{
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use arrow::util::display::{ArrayFormatter, FormatOptions};
use marginql::{
    engine::{Engine, EngineOptions},
    error::{Error, Result},
    model::Model,
    project::Project,
    query::{Parameters, Text, parse_statements},
    sample::{SampleOptions, SamplePart, write},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// What all companies of a test run are copies of.
static WRITTEN: LazyLock<TempDir> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let options = SampleOptions {
        scale: "0.001".parse().expect("a constant number"),
        months: MONTHS,
        part: SamplePart::Exports,
        ..SampleOptions::default()
    };
    write(directory.path(), &options).expect("a sample can be written");
    directory
});

/// Months of history: few, so that a project opens fast; flaws are planted in the first.
const MONTHS: u32 = 2;

/// The planner of a debug build needs more stack than a test's thread has.
const STACK: usize = 16 << 20;

/// A company's exports.
pub(crate) struct Company {
    directory: TempDir,
}

impl Company {
    /// The same company for everybody, to be read or to be changed.
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory can be made");
        copy(WRITTEN.path().to_owned(), directory.path().to_owned());
        Self { directory }
    }

    /// A file of it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The rows of queries on the project, one text per cell; tables of the truth can be read as `truth_revenue`.
    pub(crate) fn ask(&self, queries: &[String]) -> Vec<Vec<Vec<String>>> {
        Session::open(self.path("exports"), self.path("truth")).ask(queries)
    }
}

/// An open project. Everything that a query makes it compute and keep serves the next one.
pub(crate) struct Session {
    runtime: Runtime,
    engine: Arc<Engine>,
}

/// The company as it was written, open: to open it again for every test would take long in a debug build.
pub(crate) static UNTOUCHED: LazyLock<Session> =
    LazyLock::new(|| Session::open(WRITTEN.path().join("exports"), WRITTEN.path().join("truth")));

impl Session {
    fn open(project: PathBuf, truth: PathBuf) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_stack_size(STACK)
            .enable_all()
            .build()
            .expect("threads can be made");
        let engine = runtime.block_on(async move {
            let engine = Engine::new(&EngineOptions { threads: Some(2), ..EngineOptions::default() })?;
            let today = chrono::NaiveDate::from_ymd_opt(2026, 6, 30).expect("a constant day");
            Model::attach(&engine, Project::load(&project)?, today)?;
            for entry in std::fs::read_dir(&truth).expect("the truth is there") {
                let path = entry.expect("the truth can be read").path();
                let stem = path.file_stem().expect("files have names").to_string_lossy().into_owned();
                engine.add_table(&format!("truth_{stem}"), &path.to_string_lossy()).await?;
            }
            Ok(engine)
        });
        let engine = Arc::new(engine.unwrap_or_else(|error: Error| panic!("{error} {:?}", error.hints())));
        Self { runtime, engine }
    }

    /// The rows of queries, one text per cell.
    pub(crate) fn ask(&self, queries: &[String]) -> Vec<Vec<Vec<String>>> {
        let (engine, queries) = (Arc::clone(&self.engine), queries.to_vec());
        let asked = self.runtime.block_on(self.runtime.spawn(async move {
            let mut answers = Vec::new();
            for query in &queries {
                answers.push(rows(&engine, query).await?);
            }
            Ok(answers)
        }));
        asked.expect("no query panics").unwrap_or_else(|error: Error| panic!("{error} {:?}", error.hints()))
    }
}

async fn rows(engine: &Engine, query: &str) -> Result<Vec<Vec<String>>> {
    let statements = parse_statements(&Text::new("test", query), engine.dialect().as_ref())?;
    let options = FormatOptions::new().with_null("NULL");
    let mut rows = Vec::new();
    for statement in &statements {
        let mut result = engine.run(statement, &Parameters::default()).await?;
        while let Some(batch) = result.next().await? {
            let formatters = batch
                .columns()
                .iter()
                .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
                .collect::<std::result::Result<Vec<_>, _>>()
                .expect("every type has a text");
            for row in 0..batch.num_rows() {
                rows.push(formatters.iter().map(|formatter| formatter.value(row).to_string()).collect());
            }
        }
    }
    Ok(rows)
}

fn copy(from: PathBuf, to: PathBuf) {
    std::fs::create_dir_all(&to).expect("a directory can be made");
    for entry in std::fs::read_dir(&from).expect("the sample is there") {
        let entry = entry.expect("the sample can be read");
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(entry.path(), target),
            false => {
                std::fs::copy(entry.path(), target).expect("a file can be copied");
            }
        }
    }
}
