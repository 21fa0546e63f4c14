//! From a project's exports to one ledger: every step is a view that users can read, and opens when it is named.
//!
//! ```text
//! files → raw.<source>.<table> → staged.<source>.<table> → <source>.<canonical> → all_<canonical> → <canonical> → ledger → …
//! ```
//! `connector` is a vendor as data, `connected` a source of the project, whose `auto` options `deciding` decides; `columns`, `inspection` and `staging` read its
//! files; `union` joins the sources, `pooling` and `tables` bring in what the project says, `views` are the SQL files of
//! everything after that. A client of the engine: nothing here runs but by it.
//!
//! For a new project, `recognise` says what files are (`looks` and `domestic` look at their first values), `grouping` makes
//! sources of them, `evidence` asks their rows, and `draft` writes the project file.

mod canonical;
mod columns;
mod connected;
mod connector;
mod deciding;
mod domestic;
mod draft;
mod evidence;
mod file_totals;
mod general_options;
mod grouping;
mod header_names;
mod inspection;
mod looks;
mod mentioned;
mod overlap;
mod plans;
mod pooling;
mod recognise;
mod settings;
mod sheets;
mod staging;
mod tables;
mod union;
mod views;

use std::{collections::BTreeMap, sync::Arc};

pub use canonical::{Canonical, CanonicalColumn};
use chrono::NaiveDate;
use connected::{Connected, RAW, STAGED};
pub use connector::{ColumnKind, Connector, ConnectorOption, EpochUnit, RawColumn, RawTable};
use datafusion::{arrow::datatypes::DataType, catalog::TableProvider, logical_expr::LogicalPlanBuilder};
pub use domestic::domestic_currency;
pub use draft::{Draft, DraftDecimals, DraftSource, DraftTable};
pub use evidence::CROSSWALK_COLUMNS;
use futures::FutureExt;
pub use grouping::{Group, Placed, group, look_different, patterns};
pub use looks::{DecimalMark, TwoReadings, decimal_mark, two_readings};
use plans::union_all;
pub use recognise::{Beginning, Candidate, Recogniser, Verdict};
use settings::Settings;
pub use sheets::sheet_of;
pub use views::ModelView;

use crate::{
    engine::{About, Engine, LazyTable, Namespace, OpenTable, Planner},
    error::{Error, Result},
    project::{Located, Lock, OptionValue, Project, SourceDeclaration, TableFiles},
    query::Text,
};

/// What a row is, of tables that are not SQL files and that people may look for.
const DESCRIPTIONS: [(&str, &str); 9] = [
    (
        "quarantine",
        "One row per row of a file that cannot be read, with file, line and reason; it is in no other table",
    ),
    ("refused_rows", "The rows of `quarantine` without their lines, which takes less long"),
    ("inspections", "One row per thing that was found in a raw table"),
    ("decisions", "One row per option that the files decided, with the reason"),
    ("pooled_costs", "The costs, with the pool that each belongs to"),
    ("drivers", "One row per pool, month and customer: what the customer takes of the pool"),
    ("pools", "The pools of the project file"),
    ("controls", "The totals of the project file"),
    ("file_totals", "The totals of columns of files that controls ask for, over all rows"),
];
/// The name of the source that a file of rates is.
const RATES: &str = "rates_file";
/// Canonical tables that are computed once in a session.
const KEPT: [&str; 4] = ["customers", "customer_aliases", "fx_rates", "interactions"];
/// The name of the source that a crosswalk is.
const CROSSWALK: &str = "crosswalk_file";

/// A project within a session.
#[derive(Clone)]
pub struct Model {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Arc<Settings>,
    planner: Planner,
    sources: Vec<Arc<Connected>>,
    crosswalk: Option<Arc<Connected>>,
    views: BTreeMap<String, ModelView>,
    standard: BTreeMap<String, ModelView>,
}

impl Model {
    /// Adds the tables of a project to a session; opens none of them. Reports look from `today` unless the project says.
    ///
    /// # Errors
    /// A connector, option, table or view that is not there or not valid.
    pub fn attach(engine: &Engine, project: Project, today: NaiveDate) -> Result<Self> {
        let lock = Lock::read(&project.directory)?;
        Self::attach_with_lock(engine, project, today, lock)
    }

    /// As [`Model::attach`], with these types of columns instead of those of the project's lock file.
    ///
    /// # Errors
    /// As for [`Model::attach`].
    pub fn attach_with_lock(
        engine: &Engine,
        project: Project,
        today: NaiveDate,
        lock: Option<Lock>,
    ) -> Result<Self> {
        let settings = Arc::new(Settings::new(project, today, lock));
        let planner = engine.planner().owned_by(&settings.project.file);
        let connect = |declaration: &SourceDeclaration| {
            Connected::new(declaration, &settings, &planner, engine.sources()).map(Arc::new)
        };
        let project = &settings.project;
        let mut sources = project.sources.iter().map(connect).collect::<Result<Vec<_>>>()?;
        if let Some(rates) = &project.rates {
            sources.push(connect(&implicit(RATES, "rates", rates, &project.rates_options))?);
        }
        let crosswalk = match &project.customers.crosswalk {
            Some(file) => Some(connect(&implicit(CROSSWALK, "crosswalk", file, &[]))?),
            None => None,
        };
        let by_name = |views: Vec<ModelView>| views.into_iter().map(|view| (view.name.clone(), view));
        let standard: BTreeMap<_, _> = by_name(views::shipped()?).collect();
        let mut views = standard.clone();
        views.extend(by_name(views::of_project(&settings)?));
        let inner = Arc::new(Inner { settings, planner, sources, crosswalk, views, standard });
        let model = Self { inner };
        model.register(engine)?;
        Ok(model)
    }

    /// The views, by name: the model's own and those of the project.
    pub fn views(&self) -> impl Iterator<Item = &ModelView> {
        self.inner.views.values()
    }

    /// Opens all files that the project names, and locks the types of their columns.
    ///
    /// # Errors
    /// A file that cannot be read, or that does not fit the types that were locked before.
    pub async fn lock(&self) -> Result<Lock> {
        let mut lock = Lock::default();
        for source in &self.inner.all_sources() {
            for table in source.given_tables() {
                lock.set(&source.name, &table.name, source.locked_columns(table).await?);
            }
        }
        Ok(lock)
    }

    /// The project.
    pub fn project(&self) -> &Project {
        &self.inner.settings.project
    }

    fn register(&self, engine: &Engine) -> Result<()> {
        let inner = &self.inner;
        for source in inner.sources.iter().chain(&inner.crosswalk) {
            let schema =
                |catalog: &str| Namespace { catalog: catalog.to_owned(), schema: source.name.clone() };
            engine.add_lazy_tables(Some(&schema(RAW)), raw_tables(source))?;
            engine.add_lazy_tables(Some(&schema(STAGED)), staged_tables(source))?;
            let views = source.connector.views.keys().map(|name| connector_view(source, name));
            engine.add_lazy_tables(Some(&schema("datafusion")), views.collect::<Vec<_>>())?;
        }
        let standard = Namespace { catalog: "datafusion".to_owned(), schema: "standard".to_owned() };
        let views = inner.standard.values().map(|view| self.view(view));
        engine.add_lazy_tables(Some(&standard), views.collect::<Vec<_>>())?;
        let mut tables = self.built();
        tables.extend(inner.views.values().map(|view| self.view(view)));
        engine.add_lazy_tables(None, tables)
    }

    fn view(&self, declared: &ModelView) -> LazyTable {
        let about = About {
            group: declared.group.clone(),
            description: declared.description.clone(),
            columns: declared.columns.clone(),
            sql: Some(declared.text.content().to_owned()),
        };
        let (inner, declared) = (Arc::clone(&self.inner), declared.clone());
        let table = lazy(declared.name.clone(), true, move || {
            let (inner, declared) = (Arc::clone(&inner), declared.clone());
            async move {
                let parameters = inner.settings.view_parameters()?;
                let plan = inner.planner.plan(&declared.text, &parameters, None).await?;
                match declared.kept {
                    true => inner.planner.keep(&plan, &declared.text).await,
                    false => inner.planner.settle(plan, &declared.text).await,
                }
            }
        });
        LazyTable { about, ..table }
    }

    /// The tables that are not SQL files.
    fn built(&self) -> Vec<LazyTable> {
        let mut tables = Vec::new();
        for name in Canonical::names() {
            tables.push(
                self.table(&format!("all_{name}"), move |inner| async move { inner.all(name).await }.boxed()),
            );
        }
        tables.push(self.table("crosswalk", |inner| async move { inner.crosswalk().await }.boxed()));
        tables.push(self.table("quarantine", |inner| async move { inner.refused(true).await }.boxed()));
        tables.push(self.table("refused_rows", |inner| async move { inner.refused(false).await }.boxed()));
        tables.push(self.table("inspections", |inner| {
            async move { tables::inspections(&inner.all_sources()).await }.boxed()
        }));
        tables.push(self.table("sources", |inner| async move { tables::sources(&inner.sources) }.boxed()));
        tables.push(
            self.table("decisions", |inner| async move { tables::decisions(&inner.sources).await }.boxed()),
        );
        tables.push(self.table("pooled_costs", |inner| {
            async move { pooling::pooled_costs(&inner.settings, &inner.planner).await }.boxed()
        }));
        tables.push(self.table("file_totals", |inner| async move { inner.file_totals().await }.boxed()));
        tables.push(self.table("drivers", |inner| async move { inner.drivers().await }.boxed()));
        type Said = fn(&Settings) -> Result<Arc<dyn TableProvider>>;
        let said: [(&str, Said); 5] = [
            ("match_rules", tables::match_rules),
            ("controls", tables::controls),
            ("pools", tables::pools),
            ("pool_capacities", tables::pool_capacities),
            ("pool_feeds", tables::pool_feeds),
        ];
        for (name, make) in said {
            tables.push(self.table(name, move |inner| async move { make(&inner.settings) }.boxed()));
        }
        tables
    }

    fn table(
        &self,
        name: &str,
        open: impl Fn(Arc<Inner>) -> futures::future::BoxFuture<'static, Result<Arc<dyn TableProvider>>>
        + Send
        + Sync
        + 'static,
    ) -> LazyTable {
        let inner = Arc::clone(&self.inner);
        let about = About {
            group: (name == "quarantine").then(|| "control".to_owned()),
            description: DESCRIPTIONS
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, text)| (*text).to_owned()),
            ..About::default()
        };
        LazyTable {
            name: name.to_owned(),
            is_view: true,
            about,
            open: Arc::new(move || open(Arc::clone(&inner))),
        }
    }
}

impl Inner {
    fn all_sources(&self) -> Vec<Arc<Connected>> {
        self.sources.iter().chain(&self.crosswalk).cloned().collect()
    }

    /// The rows of a canonical table from all sources; those of customers are few, read often, and kept.
    async fn all(&self, name: &str) -> Result<Arc<dyn TableProvider>> {
        let text = Text::new(format!("all_{name}"), "");
        let mut all = union::all(name, &self.sources).await?;
        if name == "customers" {
            let master = self.sources.iter().find(|source| source.name == self.settings.master());
            let mentioned = match master {
                Some(master) => mentioned::mentioned_customers(master).await?,
                None => None,
            };
            if let Some(mentioned) = mentioned {
                let cannot =
                    |error| Error::query("the customers of all sources cannot be planned").caused_by(error);
                all = LogicalPlanBuilder::from(all)
                    .union(mentioned)
                    .and_then(LogicalPlanBuilder::build)
                    .map_err(cannot)?;
            }
        }
        match KEPT.contains(&name) {
            true => self.planner.keep(&all, &text).await,
            false => self.planner.settle(all, &text).await,
        }
    }

    async fn crosswalk(&self) -> Result<Arc<dyn TableProvider>> {
        let text = DataType::Utf8View;
        let Some(source) = &self.crosswalk else {
            return tables::empty(&[
                ("source", text.clone()),
                ("source_key", text.clone()),
                ("customer_id", text.clone()),
                ("source_file", text),
            ]);
        };
        let table = source.given_tables().next();
        let table = table.ok_or_else(|| Error::config("the connector `crosswalk` has no table"))?;
        source.staged(table).await
    }

    /// What each customer takes of each pool in each month, computed once: several views read it several times.
    async fn drivers(&self) -> Result<Arc<dyn TableProvider>> {
        let plan = pooling::drivers(&self.settings, &self.planner).await?;
        self.planner.keep(&plan, &Text::new("drivers", "")).await
    }

    async fn file_totals(&self) -> Result<Arc<dyn TableProvider>> {
        let plan = file_totals::file_totals(&self.settings, &self.sources).await?;
        self.planner.keep(&plan, &Text::new("file_totals", "")).await
    }

    /// The rows of all raw tables that no canonical table holds because they cannot be read.
    async fn refused(&self, with_lines: bool) -> Result<Arc<dyn TableProvider>> {
        let cannot = |error| Error::query("the quarantine cannot be planned").caused_by(error);
        let mut plans = Vec::new();
        for source in self.all_sources() {
            for table in source.given_tables() {
                plans.extend(source.refused(table, with_lines).await?);
            }
        }
        match union_all(plans).map_err(cannot)? {
            Some(all) => self.planner.keep(&all, &Text::new("quarantine", "")).await,
            None => tables::empty(&[
                ("source", DataType::Utf8View),
                ("table_name", DataType::Utf8View),
                ("source_file", DataType::Utf8View),
                ("line", DataType::Int64),
                ("reason", DataType::Utf8View),
                ("column_name", DataType::Utf8View),
                ("value", DataType::Utf8View),
                ("day", DataType::Date32),
                ("amount", DataType::Decimal128(18, 4)),
                ("raw_row", DataType::Utf8View),
            ]),
        }
    }
}

/// A file of the project that is read like a source.
fn implicit(
    name: &str,
    connector: &str,
    file: &Located<String>,
    options: &[OptionValue],
) -> SourceDeclaration {
    SourceDeclaration {
        name: name.to_owned(),
        connector: Located { value: connector.to_owned(), span: file.span.clone() },
        tables: vec![TableFiles {
            table: connector.to_owned(),
            paths: vec![file.value.clone()],
            span: file.span.clone(),
            paths_span: file.span.clone(),
        }],
        options: options.to_vec(),
        headers: Vec::new(),
        span: file.span.clone(),
    }
}

fn raw_tables(source: &Arc<Connected>) -> Vec<LazyTable> {
    let table = |raw: &RawTable| {
        let (source, raw) = (Arc::clone(source), raw.clone());
        lazy(raw.name.clone(), false, move || {
            let (source, raw) = (Arc::clone(&source), raw.clone());
            async move { Ok(Arc::clone(&source.open(&raw).await?.provider)) }
        })
    };
    source.given_tables().map(table).collect()
}

fn staged_tables(source: &Arc<Connected>) -> Vec<LazyTable> {
    let table = |raw: &RawTable| {
        let (source, raw) = (Arc::clone(source), raw.clone());
        lazy(raw.name.clone(), true, move || {
            let (source, raw) = (Arc::clone(&source), raw.clone());
            async move { source.staged(&raw).await }
        })
    };
    let tables = source.connector.tables.iter().map(table);
    tables.chain(source.helper_views().map(|name| connector_view(source, name))).collect()
}

fn connector_view(source: &Arc<Connected>, name: &str) -> LazyTable {
    let (source, name) = (Arc::clone(source), name.to_owned());
    lazy(name.clone(), true, move || {
        let (source, name) = (Arc::clone(&source), name.clone());
        async move { source.view(&name).await }
    })
}

fn lazy<F>(name: String, is_view: bool, open: impl Fn() -> F + Send + Sync + 'static) -> LazyTable
where
    F: Future<Output = Result<Arc<dyn TableProvider>>> + Send + 'static,
{
    let open: OpenTable = Arc::new(move || open().boxed());
    LazyTable { name, is_view, about: About::default(), open }
}
