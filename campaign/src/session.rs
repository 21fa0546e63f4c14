//! Sessions over one data set: each way to execute has its own, with its own storage of the tables.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use marginql::{
    engine::{Engine, EngineOptions},
    error::Error,
    query::{Argument, Parameters, Statement as Parsed, Text, parse_statements},
};
use tempfile::TempDir;
use tokio::{runtime::Runtime, time::timeout};

use crate::{
    duckdb::DuckDb,
    rows::{self, Rows},
    schema::Table,
    sql::{Dialect, Statement, View, Written, quoted},
    storage::Storage,
    value::{Type, Value},
    ways::{WAYS, Way},
};

/// Who executes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The plain road of `--verify`.
    Plain,
    /// One of [`WAYS`].
    Way(usize),
    /// DuckDB.
    DuckDb,
}

impl Side {
    /// Returns the name in reports.
    pub fn name(self) -> String {
        match self {
            Self::Plain => "the plain road".to_owned(),
            Self::Way(way) => format!("marginql, {}", WAYS[way].name),
            Self::DuckDb => "DuckDB".to_owned(),
        }
    }
}

/// The tables of a data set, and how each way stores them.
#[derive(Debug, Clone)]
pub struct DataSet {
    /// The tables.
    pub tables: Vec<Table>,
    /// For each way, the storage of each table.
    pub storages: Vec<Vec<Storage>>,
}

/// Why there are no rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The statement is refused, or failed.
    Error(String),
    /// A worker died.
    Panic(String),
    /// The time is over.
    Hang,
    /// More rows than are compared.
    TooLarge,
    /// The other database does not take part: it is not there, or has no such SQL.
    Absent(String),
}

/// More rows than this are not compared.
pub const ROWS_MAX: usize = 150_000;

/// What executes statements: threads, a limit of time, another database.
pub struct Executor {
    runtime: Runtime,
    limit: Duration,
    /// The other database, if there is one.
    pub duckdb: Option<DuckDb>,
}

impl Executor {
    /// Starts threads.
    ///
    /// # Errors
    /// Threads that cannot be started.
    pub fn new(limit: Duration, duckdb: Option<DuckDb>) -> io::Result<Self> {
        Ok(Self { runtime: runtime()?, limit, duckdb })
    }

    /// Sets the limit of time for one statement.
    pub fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// Runs what may panic or never end.
    ///
    /// # Errors
    /// Whatever the work says, a panic, or no end within the limit.
    pub fn guarded<T: Send + 'static>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        let limit = self.limit;
        let task = self.runtime.spawn(work);
        let abort = task.abort_handle();
        match self.runtime.block_on(async { timeout(limit, task).await }) {
            Ok(Ok(result)) => result,
            Ok(Err(died)) => Err(Failure::Panic(panic_text(died))),
            Err(_) => {
                abort.abort();
                // A thread that never yields is lost with its runtime.
                if let Ok(fresh) = runtime() {
                    std::mem::replace(&mut self.runtime, fresh).shutdown_background();
                }
                Err(Failure::Hang)
            }
        }
    }
}

fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(16 << 20)
        .enable_all()
        .build()
}

fn panic_text(died: tokio::task::JoinError) -> String {
    match died.try_into_panic() {
        Ok(payload) => match (payload.downcast_ref::<String>(), payload.downcast_ref::<&str>()) {
            (Some(text), _) => text.clone(),
            (_, Some(text)) => (*text).to_owned(),
            _ => "without words".to_owned(),
        },
        Err(error) => error.to_string(),
    }
}

/// A data set with the sessions that have been opened over it.
pub struct World {
    /// The tables.
    pub data: DataSet,
    number: u64,
    directory: TempDir,
    sessions: BTreeMap<Side, Session>,
    /// What each side gave last, and for which SQL: several checks ask for the same.
    last: BTreeMap<Side, (String, Result<Rows, Failure>)>,
}

struct Session {
    engine: Arc<Engine>,
    /// The views that are there, by name, with their SQL.
    views: BTreeMap<String, String>,
}

static WORLDS: AtomicU64 = AtomicU64::new(1);

impl World {
    /// Opens a data set; sessions follow when they are needed.
    ///
    /// # Errors
    /// A directory that cannot be made.
    pub fn new(data: DataSet) -> io::Result<Self> {
        Ok(Self {
            data,
            number: WORLDS.fetch_add(1, Ordering::Relaxed),
            directory: tempfile::Builder::new().prefix("campaign-").tempdir()?,
            sessions: BTreeMap::new(),
            last: BTreeMap::new(),
        })
    }

    /// Returns the rows of a statement.
    ///
    /// # Errors
    /// Why there are none.
    pub fn rows(
        &mut self,
        executor: &mut Executor,
        side: Side,
        statement: &Statement,
    ) -> Result<Rows, Failure> {
        let written = statement.query.write(match side {
            Side::DuckDb => Dialect::DuckDb,
            _ => Dialect::Ours,
        });
        let views = needed_views(statement);
        let mut text = written.sql.clone();
        for view in &views {
            text.push_str(&view.query.write(Dialect::Ours).sql);
        }
        if let Some((of, rows)) = self.last.get(&side)
            && *of == text
        {
            return rows.clone();
        }
        let is_ours_only =
            written.ours_only || views.iter().any(|view| view.query.write(Dialect::DuckDb).ours_only);
        let rows = match side {
            Side::DuckDb if is_ours_only => Err(Failure::Absent("only marginql knows it".to_owned())),
            Side::DuckDb => self.rows_of_duckdb(executor, &views, &written),
            _ => self.rows_of_engine(executor, side, &views, written),
        };
        self.last.insert(side, (text, rows.clone()));
        rows
    }

    fn rows_of_duckdb(
        &mut self,
        executor: &mut Executor,
        views: &[&View],
        written: &Written,
    ) -> Result<Rows, Failure> {
        let Some(duckdb) = &mut executor.duckdb else { return Err(Failure::Absent("not there".to_owned())) };
        if duckdb.world != self.number {
            let mut files = Vec::new();
            for table in &self.data.tables {
                let directory = self.directory.path().join("duckdb").join(&table.name);
                let path = Storage::plain()
                    .write(table, &directory)
                    .map_err(|error| Failure::Error(error.to_string()))?;
                files.push((table.name.clone(), path.display().to_string()));
            }
            duckdb.load(self.number, &files)?;
        }
        for view in views {
            duckdb.view(&quoted(&view.name), &view.query.write(Dialect::DuckDb).sql)?;
        }
        duckdb.rows(&written.sql)
    }

    fn rows_of_engine(
        &mut self,
        executor: &mut Executor,
        side: Side,
        views: &[&View],
        written: Written,
    ) -> Result<Rows, Failure> {
        if !self.sessions.contains_key(&side) {
            let session = self.open(executor, side)?;
            self.sessions.insert(side, session);
        }
        let session = self.sessions.get_mut(&side).expect("it has just been opened");
        let engine = Arc::clone(&session.engine);
        let mut commands = Vec::new();
        for view in views {
            let sql = view.query.write(Dialect::Ours).sql;
            if session.views.get(&view.name) != Some(&sql) {
                commands.push(format!("CREATE OR REPLACE VIEW {} AS {sql}", quoted(&view.name)));
                session.views.insert(view.name.clone(), sql);
            }
        }
        let result = executor.guarded(async move {
            for command in commands {
                execute(&engine, &command, &Parameters::default()).await?;
            }
            let parameters = parameters(&written)?;
            match side {
                Side::Plain => execute_plainly(&engine, &written.sql, &parameters).await,
                _ => execute(&engine, &written.sql, &parameters).await,
            }
        });
        if matches!(result, Err(Failure::Hang)) {
            self.sessions.remove(&side);
        }
        // A view that could not be made is made anew.
        if result.is_err()
            && let Some(session) = self.sessions.get_mut(&side)
        {
            session.views.clear();
        }
        result
    }

    fn open(&self, executor: &mut Executor, side: Side) -> Result<Session, Failure> {
        let failed = |error: io::Error| Failure::Error(format!("the data set cannot be written: {error}"));
        let way = match side {
            Side::Way(way) => &WAYS[way],
            _ => &PLAIN,
        };
        let engine = Arc::new(engine(way).map_err(explained)?);
        let mut commands = Vec::new();
        let mut files = Vec::new();
        for (place, table) in self.data.tables.iter().enumerate() {
            let storage = match side {
                Side::Way(way) => self.data.storages[way][place].clone(),
                _ => Storage::Memory,
            };
            let directory = self.directory.path().join(directory_name(side)).join(&table.name);
            let path = storage.write(table, &directory).map_err(failed)?;
            match storage {
                Storage::Memory => commands.push(format!(
                    "CREATE TABLE {} AS SELECT * FROM '{}'",
                    quoted(&table.name),
                    path.display()
                )),
                _ => files.push((quoted(&table.name).into_owned(), path)),
            }
        }
        let opened = Arc::clone(&engine);
        executor.guarded(async move {
            for (name, path) in files {
                opened.add_table(&name, &path.display().to_string()).await.map_err(explained)?;
            }
            for command in commands {
                execute(&opened, &command, &Parameters::default()).await?;
            }
            opened.take_warnings();
            Ok(())
        })?;
        Ok(Session { engine, views: BTreeMap::new() })
    }

    /// Where the files of the data set are.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }
}

/// Views that a statement names, and those that they name.
pub fn needed_views(statement: &Statement) -> Vec<&View> {
    let mut texts = vec![statement.query.write(Dialect::Ours).sql];
    let mut needed = Vec::new();
    for view in statement.views.iter().rev() {
        let word = format!("{} AS ", quoted(&view.name));
        if texts.iter().any(|text| text.contains(&word)) {
            texts.push(view.query.write(Dialect::Ours).sql);
            needed.push(view);
        }
    }
    needed.reverse();
    needed
}

/// The session in which the plain road is taken.
const PLAIN: Way = Way { name: "plain", threads: 1, memory: None, settings: &[] };

fn directory_name(side: Side) -> String {
    match side {
        Side::Way(way) => format!("way-{way}"),
        _ => "plain".to_owned(),
    }
}

fn engine(way: &Way) -> Result<Engine, Error> {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    Engine::new(&EngineOptions {
        threads: Some(way.threads),
        memory_limit: way.memory.map(str::parse).transpose()?,
        settings: way.settings.iter().map(owned).collect(),
        ..EngineOptions::default()
    })
}

async fn execute(engine: &Engine, sql: &str, parameters: &Parameters) -> Result<Rows, Failure> {
    let mut found = Rows::new();
    for statement in &parsed(engine, sql)? {
        collect(engine.run(statement, parameters).await.map_err(explained)?, &mut found).await?;
    }
    Ok(found)
}

async fn execute_plainly(engine: &Engine, sql: &str, parameters: &Parameters) -> Result<Rows, Failure> {
    let mut found = Rows::new();
    for statement in &parsed(engine, sql)? {
        collect(engine.run_plainly(statement, parameters).await.map_err(explained)?, &mut found).await?;
    }
    Ok(found)
}

fn parsed(engine: &Engine, sql: &str) -> Result<Vec<Parsed>, Failure> {
    parse_statements(&Text::new("campaign", sql), engine.dialect().as_ref()).map_err(explained)
}

async fn collect(mut result: marginql::engine::Rows, found: &mut Rows) -> Result<(), Failure> {
    while let Some(batch) = result.next().await.map_err(explained)? {
        if found.len() + batch.num_rows() > ROWS_MAX {
            return Err(Failure::TooLarge);
        }
        rows::append(found, &batch).map_err(|error| Failure::Error(error.to_string()))?;
    }
    Ok(())
}

/// The message with everything behind it, so that a defect below is recognised.
fn explained(error: Error) -> Failure {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(inner) = source {
        let message = inner.to_string();
        if !text.contains(&message) {
            text.push_str(" | ");
            text.push_str(&message);
        }
        source = inner.source();
    }
    match text.contains("panicked") {
        true => Failure::Panic(text),
        false => Failure::Error(text),
    }
}

fn parameters(written: &Written) -> Result<Parameters, Failure> {
    let arguments = written
        .parameters
        .iter()
        .map(|(name, (data_type, value))| {
            let type_name = match data_type {
                Type::Integer => "int",
                Type::Decimal | Type::Wide | Type::Double => "decimal",
                Type::Text => "text",
                Type::Date => "date",
                Type::Boolean => "bool",
            };
            let value = if *value == Value::Null { String::new() } else { value.plain() };
            Ok(Argument { name: name.clone(), parameter_type: Some(type_name.parse()?), value })
        })
        .collect::<Result<Vec<_>, Error>>()
        .map_err(explained)?;
    Parameters::resolve(&[], &arguments).map_err(explained)
}
