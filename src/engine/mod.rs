//! A DataFusion session made safe for money: options, limits, functions, tables, run, and pointed messages.
//!
//! Knows nothing of the command line and prints nothing. `options` and `memory` set the session up,
//! `catalog` tells what is there, `functions` of what kind a function is, `coercion` keeps text and numbers apart,
//! `total_order`, `inner_ties` and `rows` make results repeatable, `logical_rules` lists what analyzes and optimizes plans
//! (`doubles`, `instants`, `zeros` and `exact_casts` decide types, equality and rounding, `null_rejecting` lets filters
//! through outer joins), `upstream` mends what DataFusion gets wrong, `spill` holds what does not fit into memory,
//! `plain_road` computes in a second way and `verification` compares, `kept` computes once what is read often and
//! `lasting` leaves it to later sessions, found by its `identity`, `diagnose` explains errors. `lazy_schema` and `planner` are for those who build tables of views and files
//! that are opened when they are named.

mod catalog;
mod coercion;
mod copying;
mod damaged_files;
mod diagnose;
mod doubles;
mod exact_casts;
mod expressions;
mod functions;
mod identity;
mod inner_ties;
mod instants;
mod kept;
mod lasting;
mod lazy_schema;
mod logical_rules;
mod memory;
mod null_rejecting;
mod options;
mod plain_road;
mod planner;
mod rows;
mod second_try;
mod spill;
mod total_order;
mod upstream;
mod verification;
mod zeros;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use datafusion::{
    catalog::{MemoryCatalogProvider, MemorySchemaProvider},
    common::{ParamValues, TableReference},
    execution::{FunctionRegistry, SessionStateBuilder, context::SessionState},
    logical_expr::{DdlStatement, LogicalPlan, Statement as PlanStatement},
    optimizer::AnalyzerRule,
    prelude::SessionContext,
    sql::sqlparser::dialect::{Dialect, GenericDialect, dialect_from_str},
};

use catalog::Catalog;
pub use catalog::{FunctionDescription, FunctionKind, TableDescription, TableListing};
use copying::Copying;
use diagnose::Diagnosis;
use functions::SessionFunctions;
use kept::{Kept, arrow_table};
use lazy_schema::LazySchema;
pub use lazy_schema::{About, LazyTable, OpenTable};
pub use memory::{MemoryLimit, bytes_text};
pub use options::EngineOptions;
use plain_road::PlainTables;
pub use planner::{Namespace, Planner, view};
pub use rows::Rows;
use spill::SpillDirectory;
use verification::Verification;

use crate::{
    error::{Error, Result},
    query::{Parameters, Statement, Text},
    sources::{FileTables, SourceOptions, Sources, Warning},
};

/// The name under which an expectation sees the rows of its query.
pub const RESULT_TABLE: &str = "result";

/// What a project computes in less is computed again in the next session.
const LASTING_AFTER: Duration = Duration::from_millis(100);

/// A session: tables, functions, limits.
pub struct Engine {
    context: SessionContext,
    sources: Sources,
    memory_bytes: usize,
    spill: Option<Arc<SpillDirectory>>,
    kept: Arc<Kept>,
    plain_tables: Arc<PlainTables>,
    lasting_after: Duration,
    verify: bool,
    /// What is known of tables that may not be open yet.
    lazy: Mutex<BTreeMap<String, About>>,
}

impl Engine {
    /// Opens a session.
    ///
    /// # Errors
    /// An unknown option, a value that is not one, a directory that does not exist.
    pub fn new(options: &EngineOptions) -> Result<Self> {
        let sources = Sources::new(options.state_directory.clone());
        let config = options.session_config()?;
        let (runtime, spill) = options.runtime()?;
        let mut state = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(runtime)
            .with_default_features()
            .with_analyzer_rules(logical_rules::analyzer_rules())
            .with_optimizer_rules(logical_rules::logical_rules())
            .with_physical_optimizer_rules(upstream::physical_rules())
            .build();
        state
            .register_expr_planner(Arc::new(coercion::QuotedBooleans))
            .and_then(|()| marginql_udfs::register_all(&mut state))
            .and_then(|()| {
                upstream::aggregate_functions()
                    .into_iter()
                    .try_for_each(|function| state.register_udaf(function).map(|_| ()))
            })
            .and_then(|()| {
                upstream::function_rewrites()
                    .into_iter()
                    .try_for_each(|rewrite| state.register_function_rewrite(rewrite))
            })
            .map_err(|error| Error::query("the functions cannot be registered").caused_by(error))?;
        let context = FileTables::enable(SessionContext::new_with_state(state), &sources);
        let spill = spill.map(Arc::new);
        let kept = Arc::new(Kept::new(options.memory_bytes(), options.state_directory.as_deref()));
        Ok(Self {
            context,
            sources,
            memory_bytes: options.memory_bytes(),
            plain_tables: Arc::new(PlainTables::new(Arc::clone(&kept), spill.clone())),
            kept,
            spill,
            lasting_after: options.lasting_after.unwrap_or(LASTING_AFTER),
            verify: options.verify,
            lazy: Mutex::default(),
        })
    }

    /// The SQL dialect of the session.
    pub fn dialect(&self) -> Box<dyn Dialect> {
        dialect_of(&self.context.state_ref().read())
    }

    /// What plans in this session without owning it.
    pub fn planner(&self) -> Planner {
        Planner::new(self)
    }

    /// What opens files for this session.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Adds tables that are opened when they are first named. Without a namespace they need none.
    ///
    /// # Errors
    /// A namespace that cannot be made.
    pub fn add_lazy_tables(
        &self,
        namespace: Option<&Namespace>,
        tables: impl IntoIterator<Item = LazyTable>,
    ) -> Result<()> {
        let state = self.context.state_ref();
        let state = state.read();
        let defaults = &state.config_options().catalog;
        let (catalog_name, schema_name) = match namespace {
            Some(namespace) => (namespace.catalog.clone(), namespace.schema.clone()),
            None => (defaults.default_catalog.clone(), defaults.default_schema.clone()),
        };
        let prefix = match namespace {
            None => String::new(),
            Some(Namespace { catalog, schema }) if *catalog == defaults.default_catalog => {
                format!("{schema}.")
            }
            Some(Namespace { catalog, schema }) => format!("{catalog}.{schema}."),
        };
        let catalogs = state.catalog_list();
        if catalogs.catalog(&catalog_name).is_none() {
            catalogs.register_catalog(catalog_name.clone(), Arc::new(MemoryCatalogProvider::new()));
        }
        let tables: Vec<LazyTable> = tables.into_iter().collect();
        if namespace.is_none() {
            let mut lazy = self.lazy.lock().unwrap_or_else(PoisonError::into_inner);
            lazy.extend(tables.iter().map(|table| (table.name.clone(), table.about.clone())));
        }
        let cannot = || Error::query(format!("the schema `{catalog_name}.{schema_name}` cannot be made"));
        let catalog = catalogs.catalog(&catalog_name).ok_or_else(cannot)?;
        let registered =
            catalog.schema(&schema_name).unwrap_or_else(|| Arc::new(MemorySchemaProvider::new()));
        let schema = LazySchema::new(prefix, tables, registered);
        catalog.register_schema(&schema_name, Arc::new(schema)).map_err(|error| cannot().caused_by(error))?;
        Ok(())
    }

    /// Registers a file, directory or glob as a table.
    ///
    /// # Errors
    /// A path that leads to nothing, or to something that cannot be read as a table.
    pub async fn add_table(&self, name: &str, path: &str) -> Result<()> {
        let name = catalog::normalized(name);
        let state = self.context.state();
        let source = self.sources.open(&state, path, &SourceOptions::default()).await?;
        self.context.register_table(TableReference::bare(name.clone()), source.provider).map_err(
            |error| Error::query(format!("the table `{name}` cannot be registered")).caused_by(error),
        )?;
        self.sources.keep_warnings(source.warnings);
        Ok(())
    }

    /// Shows the rows of an Arrow file as the table `result`, for expectations.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub async fn set_result(&self, file: &Path) -> Result<()> {
        let state = self.context.state();
        let cannot = |error| Error::query("the result cannot be read back").caused_by(error);
        let table = arrow_table(&state, file, None).await.map_err(cannot)?;
        self.context.register_table(RESULT_TABLE, Arc::new(table)).map_err(cannot)?;
        Ok(())
    }

    /// What the sources found worth a warning since the last call.
    pub fn take_warnings(&self) -> Vec<Warning> {
        self.sources.take_warnings()
    }

    /// Starts a statement; statements that only change the session are done when this returns.
    ///
    /// # Errors
    /// A parameter without value, or SQL that cannot be planned; the error points at the place.
    pub async fn run(&self, statement: &Statement, parameters: &Parameters) -> Result<Rows> {
        let (plan, diagnosis) = self.plan(statement, parameters).await?;
        if self.verify
            && let Some(source) = verification::source_of(&plan)
        {
            // What a statement writes is verified before it is written.
            let mut rows = self.start(source, &diagnosis).await?;
            while rows.next().await?.is_some() {}
        }
        if self.verify && verification::is_query(&plan) {
            return self.start(plan, &diagnosis).await;
        }
        let (plan, copying) = Copying::aside(plan)?;
        let frame =
            self.context.execute_logical_plan(plan).await.map_err(|error| diagnosis.explain(error))?;
        let (state, plan) = frame.into_parts();
        let rows = Rows::start(state, plan, diagnosis, self.spill.clone()).await?;
        Ok(rows.committing(copying))
    }

    /// Starts a query on the plain road: slower, and by as few of DataFusion's rules as can be.
    ///
    /// # Errors
    /// As [`Engine::run`]; a statement that is no query.
    pub async fn run_plainly(&self, statement: &Statement, parameters: &Parameters) -> Result<Rows> {
        let (plan, diagnosis) = self.plan(statement, parameters).await?;
        if !verification::is_query(&plan) {
            return Err(Error::query("only queries run on the plain road"));
        }
        self.verification(plan, &diagnosis).plain_rows().await
    }

    /// Plans a statement, with the values of its parameters, in which no tie is left to chance.
    async fn plan(&self, statement: &Statement, parameters: &Parameters) -> Result<(LogicalPlan, Diagnosis)> {
        let state = self.context.state();
        let bound = statement.bind(parameters, &SessionFunctions(&state))?;
        let diagnosis = self.diagnosis(bound.text.clone());
        let explain = |error| diagnosis.explain(error);
        let plan = state.statement_to_plan(bound.statement).await.map_err(explain)?;
        let plan = match bound.values.is_empty() {
            true => plan,
            false => upstream::with_values(plan, ParamValues::from(bound.values)).map_err(explain)?,
        };
        if let LogicalPlan::Statement(PlanStatement::SetVariable(set)) = &plan
            && let Some(error) = upstream::refused_option(&set.variable, &set.value)
        {
            return Err(error);
        }
        let plan = total_order::decide_ties(plan, &state).map_err(explain)?;
        let coerced = |plan| coercion::StrictCoercion.analyze(plan, state.config_options()).map_err(explain);
        let plan = match plan {
            // DataFusion coerces the query of a view by a rule of its own.
            LogicalPlan::Ddl(DdlStatement::CreateView(_)) => coerced(plan)?,
            // EXPLAIN would show the error as if it were a plan.
            LogicalPlan::Explain(explained) => {
                coerced(explained.plan.as_ref().clone())?;
                LogicalPlan::Explain(explained)
            }
            plan => plan,
        };
        Ok((plan, diagnosis))
    }

    /// Starts a query whose rows are verified.
    async fn start(&self, plan: LogicalPlan, diagnosis: &Diagnosis) -> Result<Rows> {
        let verification = self.verification(plan.clone(), diagnosis);
        let rows = Rows::start(verification.state(), plan, diagnosis.clone(), self.spill.clone()).await?;
        Ok(rows.verified(verification))
    }

    fn verification(&self, plan: LogicalPlan, diagnosis: &Diagnosis) -> Verification {
        let mut state = self.context.state();
        // Both roads take the same moment for `now()`.
        state.mark_start_execution();
        Verification::new(plan, state, Arc::clone(&self.plain_tables), diagnosis.clone())
    }

    fn catalog(&self) -> Catalog {
        Catalog::new(self.context.clone())
    }

    fn diagnosis(&self, text: Text) -> Diagnosis {
        Diagnosis { text, catalog: self.catalog(), memory_bytes: self.memory_bytes }
    }
}

fn dialect_of(state: &SessionState) -> Box<dyn Dialect> {
    let name = state.config_options().sql_parser.dialect.to_string();
    dialect_from_str(name).unwrap_or_else(|| Box::new(GenericDialect {}))
}
