//! Plans views and expressions for those who build tables of them, without owning the session.
//!
//! A table that is opened later needs the session, and the session owns the table: the planner holds it weakly.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use datafusion::{
    arrow::array::RecordBatch,
    catalog::TableProvider,
    common::{DFSchema, ParamValues},
    datasource::{ViewTable, dynamic_file::DynamicListTableFactory},
    error::Result as PlanResult,
    execution::context::SessionState,
    logical_expr::{Expr, LogicalPlan},
    prelude::SessionContext,
    sql::sqlparser::dialect::Dialect,
};

use super::{
    Engine,
    catalog::Catalog,
    diagnose::Diagnosis,
    dialect_of,
    functions::SessionFunctions,
    identity,
    kept::{Finished, Kept, Overflow, is_in_memory},
    rows::Rows,
    spill::SpillDirectory,
    upstream,
};
use crate::{
    error::{Error, Result},
    query::{Parameters, Statement, Text, parse_statements, prepare_expression},
    sources::Sources,
};

/// Where bare table names of a view are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// The catalog.
    pub catalog: String,
    /// The schema within it.
    pub schema: String,
}

/// Plans in a session for as long as there is one. Clones plan in the same session.
#[derive(Debug, Clone)]
pub struct Planner {
    /// Only for its weak reference to the session, whose type DataFusion does not export.
    session: Arc<DynamicListTableFactory>,
    sources: Sources,
    memory_bytes: usize,
    kept: Arc<Kept>,
    spill: Option<Arc<SpillDirectory>>,
    /// Whose tables are computed here; only such tables last.
    owner: Option<Arc<str>>,
    lasting_after: Duration,
}

impl Planner {
    pub(super) fn new(engine: &Engine) -> Self {
        let session = DynamicListTableFactory::default();
        session.session_store().with_state(engine.context.state_weak_ref());
        Self {
            session: Arc::new(session),
            sources: engine.sources.clone(),
            memory_bytes: engine.memory_bytes,
            kept: Arc::clone(&engine.kept),
            spill: engine.spill.clone(),
            owner: None,
            lasting_after: engine.lasting_after,
        }
    }

    /// The planner of a project: what takes long to compute is then there in later sessions too.
    pub fn owned_by(mut self, project: &Path) -> Self {
        let project = std::path::absolute(project).unwrap_or_else(|_| project.to_owned());
        self.owner = Some(project.to_string_lossy().into());
        self
    }

    /// The session as it is now.
    ///
    /// # Errors
    /// The session is gone.
    pub fn state(&self) -> Result<SessionState> {
        let session = self.session.session_store().get_session().upgrade().and_then(|session| {
            let session = session.read();
            session.as_any().downcast_ref::<SessionState>().cloned()
        });
        let session = session.map(|mut state| {
            // Without a time of its beginning, a plan cannot say what `now()` is.
            state.mark_start_execution();
            state
        });
        session.ok_or_else(|| Error::query("the session has ended"))
    }

    /// The SQL dialect of the session.
    ///
    /// # Errors
    /// The session is gone.
    pub fn dialect(&self) -> Result<Box<dyn Dialect>> {
        Ok(dialect_of(&self.state()?))
    }

    /// Plans the one SELECT of a text, with bare names looked up in a namespace.
    ///
    /// # Errors
    /// Not exactly one statement, or SQL that cannot be planned; the error points at the place in the text.
    pub async fn plan(
        &self,
        text: &Text,
        parameters: &Parameters,
        namespace: Option<&Namespace>,
    ) -> Result<LogicalPlan> {
        let mut state = self.state()?;
        if let Some(namespace) = namespace {
            let catalog = &mut state.config_mut().options_mut().catalog;
            catalog.default_catalog.clone_from(&namespace.catalog);
            catalog.default_schema.clone_from(&namespace.schema);
        }
        let statement = only_statement(text, dialect_of(&state).as_ref())?;
        let bound = statement.bind(parameters, &SessionFunctions(&state))?;
        let plan = state.statement_to_plan(bound.statement).await;
        let plan = plan.and_then(|plan| match bound.values.is_empty() {
            true => Ok(plan),
            false => upstream::with_values(plan, ParamValues::from(bound.values)),
        });
        let plan = plan.map_err(|error| self.diagnosis(&state, text).explain(error))?;
        match plan {
            LogicalPlan::Ddl(_) | LogicalPlan::Dml(_) | LogicalPlan::Statement(_) | LogicalPlan::Copy(_) => {
                Err(Error::config(format!("`{}` is not a query", text.origin()))
                    .hint("a view is one SELECT, with `WITH` for the steps before it"))
            }
            plan => Ok(plan),
        }
    }

    /// Plans an expression over the columns of a table.
    ///
    /// # Errors
    /// SQL that is not an expression over these columns; the error points at the place in the text.
    pub fn expression(&self, text: &Text, schema: &DFSchema) -> Result<Expr> {
        let state = self.state()?;
        let dialect = state.config_options().sql_parser.dialect;
        let parsed = state.sql_to_expr_with_alias(text.content(), &dialect);
        let explain = |error| self.diagnosis(&state, text).explain(error);
        let mut parsed = parsed.map_err(explain)?;
        let functions = SessionFunctions(&state);
        prepare_expression(&mut parsed.expr, text, dialect_of(&state).as_ref(), &functions)?;
        state.create_logical_expr_from_sql_expr(parsed, schema).map_err(explain)
    }

    /// The table of a name.
    ///
    /// # Errors
    /// A table that is not there or cannot be opened.
    pub async fn table(&self, catalog: &str, schema: &str, name: &str) -> Result<Arc<dyn TableProvider>> {
        let state = self.state()?;
        let schema = state.catalog_list().catalog(catalog).and_then(|catalog| catalog.schema(schema));
        let table = match schema {
            Some(schema) => schema.table(name).await,
            None => Ok(None),
        };
        table
            .map_err(|error| self.diagnosis(&state, &Text::new(name, "")).explain(error))?
            .ok_or_else(|| Error::query(format!("table `{name}` not found")))
    }

    /// Runs a plan to its end. For results that are small by their nature.
    ///
    /// # Errors
    /// Whatever goes wrong while it runs.
    pub async fn collect(&self, plan: &LogicalPlan, text: &Text) -> Result<Vec<RecordBatch>> {
        let mut rows = self.rows(plan, text).await?;
        let mut batches = Vec::new();
        while let Some(batch) = rows.next().await? {
            batches.push(batch);
        }
        Ok(batches)
    }

    /// A plan as a table: computed now if it reads only what is in memory and gives little, else read again each time.
    ///
    /// # Errors
    /// None; what goes wrong while it is computed is for those to hear who read it.
    pub async fn settle(&self, plan: LogicalPlan, text: &Text) -> Result<Arc<dyn TableProvider>> {
        if is_in_memory(&plan).unwrap_or_default()
            && let Ok(Some(table)) = self.compute(&plan, text, Overflow::GiveUp).await
        {
            return Ok(table);
        }
        Ok(Arc::new(ViewTable::new(plan, Some(text.content().to_owned()))))
    }

    /// The rows of a plan as a table, computed now and once: for what is read often and takes long.
    ///
    /// # Errors
    /// Whatever goes wrong while they are computed.
    pub async fn keep(&self, plan: &LogicalPlan, text: &Text) -> Result<Arc<dyn TableProvider>> {
        let table = self.compute(plan, text, Overflow::ToFile).await?;
        table.ok_or_else(|| Error::query(format!("`{}` cannot be kept", text.origin())))
    }

    async fn compute(
        &self,
        plan: &LogicalPlan,
        text: &Text,
        overflow: Overflow,
    ) -> Result<Option<Arc<dyn TableProvider>>> {
        let state = self.state()?;
        let diagnosis = self.diagnosis(&state, text);
        let explain = |error| diagnosis.explain(error);
        let name = self.owner.as_ref().filter(|_| self.kept.lasts());
        let name = name.map(|owner| format!("{owner}/{}", text.origin()));
        let lasting = match name {
            Some(name) => self.identity(plan, &state).map_err(explain)?.map(|identity| (name, identity)),
            None => None,
        };
        if let Some((name, identity)) = &lasting
            && let Some(table) = self.kept.find(name, identity, &state).await
        {
            self.kept.remember_plan(&table, plan.clone());
            return Ok(Some(table));
        }
        let start = Instant::now();
        let mut rows = self.rows(plan, text).await?;
        let mut keeping = self.kept.begin(rows.schema(), &state, overflow);
        while let Some(batch) = rows.next().await? {
            keeping.add(batch).map_err(explain)?;
            if keeping.has_given_up() {
                return Ok(None);
            }
        }
        let finished = keeping.finish(&state).await.map_err(explain)?;
        let Some(Finished { table, rows }) = finished else { return Ok(None) };
        self.kept.remember_plan(&table, plan.clone());
        if let Some((name, identity)) = lasting {
            if start.elapsed() >= self.lasting_after {
                self.kept.store(&name, &identity, &table.schema(), &rows);
            }
            self.kept.identify(&table, identity);
        }
        Ok(Some(table))
    }

    fn identity(&self, plan: &LogicalPlan, state: &SessionState) -> PlanResult<Option<String>> {
        let of_table = |table: &Arc<dyn TableProvider>| {
            self.kept.identity_of(table).or_else(|| self.sources.identity_of(table))
        };
        identity::of_plan(plan, state, &of_table)
    }

    /// Starts a plan.
    ///
    /// # Errors
    /// A plan that cannot run.
    pub async fn rows(&self, plan: &LogicalPlan, text: &Text) -> Result<Rows> {
        let state = self.state()?;
        let diagnosis = self.diagnosis(&state, text);
        Rows::start(state, plan.clone(), diagnosis, self.spill.clone()).await
    }

    fn diagnosis(&self, state: &SessionState, text: &Text) -> Diagnosis {
        let catalog = Catalog::new(SessionContext::new_with_state(state.clone()));
        Diagnosis { text: text.clone(), catalog, memory_bytes: self.memory_bytes }
    }
}

fn only_statement(text: &Text, dialect: &dyn Dialect) -> Result<Statement> {
    let mut statements = parse_statements(text, dialect)?.into_iter();
    match (statements.next(), statements.next()) {
        (Some(statement), None) => Ok(statement),
        _ => Err(Error::config(format!("`{}` is not one statement", text.origin()))
            .hint("a view is one SELECT, with `WITH` for the steps before it")),
    }
}

/// A plan as a table.
pub fn view(plan: LogicalPlan, sql: Option<&str>) -> Arc<dyn TableProvider> {
    Arc::new(ViewTable::new(plan, sql.map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use datafusion::{
        arrow::{array::AsArray, datatypes::Int64Type},
        datasource::provider_as_source,
        logical_expr::{LogicalPlanBuilder, ident, lit},
    };

    use super::*;
    use crate::{engine::EngineOptions, sources::SourceOptions};

    /// A file, and a state directory that sessions share.
    struct Shared {
        directory: tempfile::TempDir,
    }

    impl Shared {
        fn new() -> Self {
            let shared = Self { directory: tempfile::tempdir().expect("a directory") };
            shared.write("id\n1\n2\n3\n");
            shared
        }

        fn file(&self) -> PathBuf {
            self.directory.path().join("data.csv")
        }

        fn write(&self, content: &str) {
            fs::write(self.file(), content).expect("writes");
        }

        /// What a new session says the ids above a number are.
        async fn above(&self, number: i64, lasting_after: Duration) -> Vec<i64> {
            let options = EngineOptions {
                state_directory: Some(self.directory.path().join("state")),
                lasting_after: Some(lasting_after),
                ..EngineOptions::default()
            };
            let engine = Engine::new(&options).expect("a session");
            let planner = engine.planner().owned_by(&self.directory.path().join("marginql.toml"));
            let state = planner.state().expect("a session");
            let path = self.file().display().to_string();
            let source =
                engine.sources().open(&state, &path, &SourceOptions::default()).await.expect("opens");
            let plan = LogicalPlanBuilder::scan("data", provider_as_source(source.provider), None)
                .and_then(|plan| plan.filter(ident("id").gt(lit(number))))
                .and_then(LogicalPlanBuilder::build)
                .expect("plans");
            let table =
                planner.keep(&plan, &Text::new(format!("above_{number}.sql"), "")).await.expect("keeps");
            let batches = engine.context.read_table(table).expect("reads").collect().await.expect("runs");
            let mut ids: Vec<i64> = batches
                .iter()
                .flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec())
                .collect();
            ids.sort_unstable();
            ids
        }

        fn stored(&self, name: &str) -> Option<PathBuf> {
            let entries = fs::read_dir(self.directory.path().join("state/rows")).into_iter().flatten();
            let mut paths = entries.map(|entry| entry.expect("an entry").path());
            paths.find(|path| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(name)))
        }
    }

    #[tokio::test]
    async fn a_later_session_reads_what_an_earlier_one_computed() {
        let shared = Shared::new();
        assert_eq!(shared.above(1, Duration::ZERO).await, [2, 3]);
        assert_eq!(shared.above(2, Duration::ZERO).await, [3]);
        // Nobody would do this; it shows where the rows come from.
        let (one, two) =
            (shared.stored("above_1").expect("is there"), shared.stored("above_2").expect("is there"));
        fs::copy(two, one).expect("copies");
        assert_eq!(shared.above(1, Duration::ZERO).await, [3]);
    }

    #[tokio::test]
    async fn a_file_that_changed_is_read_anew() {
        let shared = Shared::new();
        assert_eq!(shared.above(1, Duration::ZERO).await, [2, 3]);
        shared.write("id\n1\n2\n3\n4\n");
        assert_eq!(shared.above(1, Duration::ZERO).await, [2, 3, 4]);
    }

    #[tokio::test]
    async fn what_is_damaged_is_computed_again() {
        let shared = Shared::new();
        assert_eq!(shared.above(1, Duration::ZERO).await, [2, 3]);
        let stored = shared.stored("above_1").expect("is there");
        let content = fs::read(&stored).expect("reads");
        fs::write(&stored, &content[..content.len() / 2]).expect("writes");
        assert_eq!(shared.above(1, Duration::ZERO).await, [2, 3]);
    }

    #[tokio::test]
    async fn what_is_quickly_computed_is_not_stored() {
        let shared = Shared::new();
        assert_eq!(shared.above(1, Duration::from_secs(3600)).await, [2, 3]);
        assert_eq!(shared.stored("above_1"), None);
    }
}
