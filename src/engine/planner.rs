//! Plans views and expressions for those who build tables of them, without owning the session.
//!
//! A table that is opened later needs the session, and the session owns the table: the planner holds it weakly.

use std::sync::Arc;

use datafusion::{
    arrow::array::RecordBatch,
    catalog::TableProvider,
    common::{DFSchema, ParamValues},
    datasource::{ViewTable, dynamic_file::DynamicListTableFactory},
    execution::context::SessionState,
    logical_expr::{Expr, LogicalPlan},
    prelude::SessionContext,
    sql::sqlparser::dialect::Dialect,
};

use super::{
    catalog::Catalog,
    diagnose::Diagnosis,
    dialect_of,
    kept::{Kept, Overflow, is_in_memory},
    rows::Rows,
    spill::SpillDirectory,
};
use crate::{
    error::{Error, Result},
    query::{Parameters, Statement, Text, mend_expression, parse_statements},
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
    memory_bytes: usize,
    kept: Arc<Kept>,
    spill: Option<Arc<SpillDirectory>>,
}

impl Planner {
    pub(super) fn new(
        context: &SessionContext,
        memory_bytes: usize,
        kept: Arc<Kept>,
        spill: Option<Arc<SpillDirectory>>,
    ) -> Self {
        let session = DynamicListTableFactory::default();
        session.session_store().with_state(context.state_weak_ref());
        Self { session: Arc::new(session), memory_bytes, kept, spill }
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
        let bound = statement.bind(parameters)?;
        let plan = state.statement_to_plan(bound.statement).await;
        let plan = plan.and_then(|plan| match bound.values.is_empty() {
            true => Ok(plan),
            false => plan.with_param_values(ParamValues::from(bound.values)),
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
        let expr = parsed.and_then(|mut parsed| {
            mend_expression(&mut parsed.expr);
            state.create_logical_expr_from_sql_expr(parsed, schema)
        });
        expr.map_err(|error| self.diagnosis(&state, text).explain(error))
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
        let mut rows = self.rows(plan, text).await?;
        let state = self.state()?;
        let diagnosis = self.diagnosis(&state, text);
        let explain = |error| diagnosis.explain(error);
        let mut keeping = self.kept.begin(rows.schema(), &state, overflow);
        while let Some(batch) = rows.next().await? {
            keeping.add(batch).map_err(explain)?;
            if keeping.has_given_up() {
                return Ok(None);
            }
        }
        keeping.finish(&state).await.map_err(explain)
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
