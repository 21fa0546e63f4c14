//! A source of the project: its connector, its options, and its files as raw, staged and canonical tables.
//!
//! Everything is opened when it is first named, and once. Next: `union` joins the canonical tables of all sources.

use std::{collections::BTreeMap, sync::Arc};

use datafusion::{
    arrow::datatypes::{Field, Schema},
    catalog::TableProvider,
    datasource::empty::EmptyTable,
    execution::SessionState,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder},
};
use tokio::sync::OnceCell;

use super::{
    columns::{self, DateOrder, Found, Reader, Writing},
    connector::{ColumnKind, Connector, ConnectorOption, RawTable},
    deciding::{AUTO, Decision, is_deciding},
    general_options::{GENERAL, apply_general},
    inspection::{Inspection, Subject},
    plans::scan,
    settings::Settings,
    sheets,
    staging::{self, SOURCE_FILE, Staging},
    views,
};
use crate::{
    engine::{Namespace, Planner, view},
    error::{Error, Result},
    project::{LockedColumn, SourceDeclaration, TableFiles},
    query::{Parameters, Text},
    sources::{Format, Importance, SourceOptions, Sources, Warning, parse_type_name, type_name},
    suggest::nearest,
};

/// What a connector may tell beside the canonical tables; it depends on no file.
const OPTIONAL: [&str; 3] = ["reconciliation", "quality", "excluded"];

/// The catalog of the files' own tables.
pub(super) const RAW: &str = "raw";
/// The catalog of the tables that connectors read.
pub(super) const STAGED: &str = "staged";
/// A table of up to this many rows is read once and then stands in memory; of a larger one, queries read what they need.
const ROWS_IN_MEMORY_MAX: u64 = 200_000;

/// A source, connected.
pub(super) struct Connected {
    pub(super) name: String,
    pub(super) connector: Connector,
    pub(super) planner: Planner,
    pub(super) sources: Sources,
    pub(super) settings: Arc<Settings>,
    declaration: SourceDeclaration,
    writing: Writing,
    /// How its files are read.
    reading: SourceOptions,
    /// Parameters of the connector's SQL, but for the options that queries decide.
    pub(super) given: Parameters,
    /// Options that queries decide.
    pub(super) undecided: Vec<ConnectorOption>,
    pub(super) decided: OnceCell<(Parameters, Vec<Decision>)>,
    pub(super) tables: BTreeMap<String, OnceCell<Arc<Opened>>>,
}

/// A raw table that is open and was inspected.
pub(super) struct Opened {
    pub(super) provider: Arc<dyn TableProvider>,
    pub(super) inspection: Inspection,
    /// What tells these files, and how they are read, from others.
    pub(super) identity: String,
    /// What was guessed or left out while the files were read.
    pub(super) warnings: Vec<Warning>,
    format: Format,
    /// How many files there are.
    pub(super) files: usize,
    /// Whether it stands for files without any row, of whose columns nothing is known.
    is_placeholder: bool,
}

impl Connected {
    /// Connects a source; opens no file.
    ///
    /// # Errors
    /// An unknown connector, table or option, or a value that an option does not take.
    pub(super) fn new(
        declaration: &SourceDeclaration,
        settings: &Arc<Settings>,
        planner: &Planner,
        sources: &Sources,
    ) -> Result<Self> {
        let place = |span: &std::ops::Range<usize>| settings.project.place(span.clone());
        let connector =
            Connector::find(&declaration.connector.value, &settings.project.directory).map_err(|error| {
                match error.place() {
                    None => error.at(place(&declaration.connector.span)),
                    Some(_) => error,
                }
            })?;
        for files in &declaration.tables {
            if connector.table(&files.table).is_none() {
                return Err(unknown(
                    &format!("the connector `{}` has no table `{}`", connector.name, files.table),
                    &files.table,
                    connector.tables.iter().map(|table| table.name.as_str()),
                )
                .at(place(&files.span)));
            }
        }
        for header in &declaration.headers {
            let Some(table) = connector.table(&header.table) else {
                return Err(unknown(
                    &format!("the connector `{}` has no table `{}`", connector.name, header.table),
                    &header.table,
                    connector.tables.iter().map(|table| table.name.as_str()),
                )
                .at(place(&header.span)));
            };
            if table.columns.iter().all(|column| column.name != header.column) {
                return Err(unknown(
                    &format!(
                        "`{}` of the connector `{}` has no column `{}`",
                        table.name, connector.name, header.column
                    ),
                    &header.column,
                    table.columns.iter().map(|column| column.name.as_str()),
                )
                .at(place(&header.span)));
            }
        }
        let mut given = settings.source_parameters(&declaration.name)?;
        let mut writing =
            Writing { date_order: DateOrder::Iso, decimal_comma: false, time_zone: settings.time_zone() };
        let mut reading = SourceOptions::default();
        for option in &declaration.options {
            let known = connector.options.iter().any(|known| known.name == option.name);
            if !known
                && !apply_general(option, &mut writing, &mut reading, &mut given)
                    .map_err(|error| error.at(place(&option.value_span)))?
            {
                let of_connector = connector.options.iter().map(|known| known.name.as_str());
                let names = of_connector.chain(GENERAL).chain(SourceOptions::NAMES);
                return Err(unknown(
                    &format!("the connector `{}` has no option `{}`", connector.name, option.name),
                    &option.name,
                    names,
                )
                .at(place(&option.span)));
            }
        }
        let mut undecided = Vec::new();
        for option in &connector.options {
            let chosen = declaration.options.iter().find(|chosen| chosen.name == option.name);
            let texts = chosen.map_or(&option.default, |chosen| &chosen.texts);
            let check = || -> Result<()> {
                if let Some(wrong) =
                    texts.iter().find(|text| !option.values.is_empty() && !option.values.contains(text))
                {
                    let values: Vec<_> = option.values.iter().map(|value| format!("`{value}`")).collect();
                    return Err(Error::config(format!(
                        "`{wrong}` is not a value of the option `{}`",
                        option.name
                    ))
                    .hint(format!("it is one of {}", values.join(", "))));
                }
                Ok(())
            };
            let value = check().and_then(|()| option.parameter_type.parse_values(&option.name, texts));
            let value = value.map_err(|error| match chosen {
                Some(chosen) => error.at(place(&chosen.value_span)),
                None => error,
            })?;
            if option.auto.is_some() && texts == &[AUTO.to_owned()] {
                undecided.push(option.clone());
            } else {
                given.set(option.name.clone(), value);
            }
        }
        let tables = declaration.tables.iter().map(|files| (files.table.clone(), OnceCell::new())).collect();
        Ok(Self {
            name: declaration.name.clone(),
            connector,
            planner: planner.clone(),
            sources: sources.clone(),
            settings: Arc::clone(settings),
            declaration: declaration.clone(),
            writing,
            reading,
            given,
            undecided,
            decided: OnceCell::new(),
            tables,
        })
    }

    /// What amounts are in where a row does not say.
    pub(super) fn currency(&self) -> String {
        let value = self.given.get("currency").and_then(|value| value.values().first());
        value.and_then(|value| value.try_as_str().flatten()).unwrap_or_default().to_owned()
    }

    /// The raw tables that the project gives files for.
    pub(super) fn given_tables(&self) -> impl Iterator<Item = &RawTable> {
        self.connector.tables.iter().filter(|table| self.tables.contains_key(&table.name))
    }

    /// Whether the source gives a canonical table: its SQL is there, and the files it needs.
    pub(super) fn provides(&self, canonical: &str) -> bool {
        match self.connector.provides.get(canonical) {
            Some(needs) => needs.iter().all(|table| self.tables.contains_key(table)),
            // What tables must agree on and what is odd about them holds for whichever are given.
            None => OPTIONAL.contains(&canonical) && self.connector.views.contains_key(canonical),
        }
    }

    /// Whether the files list customers: some do so themselves, others only where a list is given beside what happened.
    pub(super) fn lists_customers(&self) -> bool {
        let needed = |needs: &Vec<String>, table: &str| needs.iter().any(|need| need == table);
        match self.connector.provides.get("customers") {
            Some(needs) if needs.is_empty() => self
                .given_tables()
                .any(|table| self.connector.provides.values().all(|needs| !needed(needs, &table.name))),
            _ => self.provides("customers"),
        }
    }

    /// Where the connector's SQL looks up bare names.
    pub(super) fn namespace(&self) -> Namespace {
        Namespace { catalog: STAGED.to_owned(), schema: self.name.clone() }
    }

    /// The connector's views that can be named beside the staged tables.
    pub(super) fn helper_views(&self) -> impl Iterator<Item = &String> {
        self.connector.views.keys().filter(|view| self.connector.table(view).is_none())
    }

    /// A view of the connector.
    pub(super) async fn view(&self, name: &str) -> Result<Arc<dyn TableProvider>> {
        let text = self.view_text(name)?;
        let parameters = match is_deciding() {
            true => &self.given,
            false => &self.decided().await?.0,
        };
        let plan = self.planner.plan(text, parameters, Some(&self.namespace())).await?;
        match views::parse(name, text.clone())?.kept {
            true => self.planner.keep(&plan, text).await,
            false => self.planner.settle(plan, text).await,
        }
    }

    fn view_text(&self, name: &str) -> Result<&Text> {
        let text = self.connector.views.get(name);
        text.ok_or_else(|| {
            Error::config(format!("the connector `{}` has no `{name}.sql`", self.connector.name))
        })
    }

    /// A raw table, inspected.
    pub(super) async fn open(&self, table: &RawTable) -> Result<Arc<Opened>> {
        let (Some(cell), Some(files)) = (self.tables.get(&table.name), self.files(&table.name)) else {
            return Err(Error::config(format!(
                "the project gives no files for `{}.{}`",
                self.name, table.name
            )));
        };
        let opened = cell.get_or_try_init(|| self.open_files(table)).await;
        opened.map(Arc::clone).map_err(|error| {
            let error = error.note(format!("it is the table `{}` of the source `{}`", table.name, self.name));
            match error.place() {
                None => error.at(self.settings.project.place(files.paths_span.clone())),
                Some(_) => error,
            }
        })
    }

    fn files(&self, table: &str) -> Option<&TableFiles> {
        self.declaration.tables.iter().find(|files| files.table == table)
    }

    /// The files of a raw table, and how they are opened.
    pub(super) fn opening(&self, table: &RawTable) -> Result<(Vec<String>, SourceOptions)> {
        let paths = self.files(&table.name).map(|files| files.paths.as_slice()).unwrap_or_default();
        let resolve = |path: &String| self.settings.project.resolve(path).to_string_lossy().into_owned();
        let (sheet, paths) = sheets::split(paths.iter().map(resolve).collect())?;
        let locked = self.settings.lock.as_ref().and_then(|lock| lock.columns(&self.name, &table.name));
        let known = locked.map(|columns| {
            let types =
                columns.iter().map(|column| Ok((column.name.clone(), parse_type_name(&column.type_name)?)));
            types.collect::<Result<Vec<_>>>()
        });
        // A lock on the directory's own path would differ from one machine to the next.
        let directory = std::path::absolute(&self.settings.project.directory).ok();
        let options = SourceOptions {
            sheet: sheet.or_else(|| self.reading.sheet.clone()),
            source_file: true,
            empty_is_table: true,
            relative_to: directory,
            missing_is_error: known.is_some(),
            known: known.transpose()?,
            ..self.reading.clone()
        };
        Ok((paths, options))
    }

    /// Under what something found out about the source is remembered. Two projects may call a source alike.
    pub(super) fn key(&self, what: &str, name: &str) -> String {
        format!("{what} of {}.{name} in {}", self.name, self.settings.project.file.display())
    }

    /// What tells one reading of a raw table from another: its files, and how they are read.
    pub(super) fn identity(&self, table: &RawTable, files: &str) -> String {
        let latest_day = self.settings.latest_day;
        format!("{files} {latest_day} {table:?} {:?} {:?}", self.writing, self.declaration.headers)
    }

    /// The columns of a raw table, with the types that later files must fit.
    pub(super) async fn locked_columns(&self, table: &RawTable) -> Result<Vec<LockedColumn>> {
        let opened = self.open(table).await?;
        if opened.is_placeholder {
            return Ok(Vec::new());
        }
        let schema = opened.provider.schema();
        let found = self.found(table, &schema)?;
        let own = schema.fields().iter().filter(|field| field.name() != SOURCE_FILE);
        let lock = |field: &Arc<Field>| {
            let is_read =
                |found: &&Found<'_>| found.raw.as_ref().is_some_and(|raw| raw.header == *field.name());
            let kind = found.iter().find(is_read).map(|found| found.column.kind);
            let data_type = match opened.format {
                // Its files say their types themselves.
                Format::Parquet => field.data_type().clone(),
                _ => columns::lasting_type(kind, field.data_type()),
            };
            LockedColumn::new(field.name(), type_name(&data_type))
        };
        Ok(own.map(lock).collect())
    }

    async fn open_files(&self, table: &RawTable) -> Result<Arc<Opened>> {
        let state = self.planner.state()?;
        let (paths, options) = self.opening(table)?;
        let mut source = self.sources.open_all(&state, &paths, &options).await?;
        let is_placeholder = source.description.rows == Some(0)
            && source.description.columns.iter().all(|column| column.name == SOURCE_FILE);
        if is_placeholder {
            source.provider = Arc::new(EmptyTable::new(Arc::new(staging::unknown_schema(table))));
        }
        // Advice on how to convert columns is for those who convert them by hand.
        source.warnings.retain(|warning| warning.importance != Importance::Advice);
        let found = self.found(table, &source.provider.schema())?;
        let key = self.key("inspection", &table.name);
        let identity = self.identity(table, source.identity());
        let inspection = match self.sources.remembered::<Inspection>(&key, &identity) {
            Some(inspection) => inspection,
            None => {
                let inspection = self.subject(table, &source.provider, &found, &state)?.inspect().await?;
                self.sources.remember(&key, &identity, &inspection);
                inspection
            }
        };
        inspection.refuse_ambiguous(table, &self.name)?;
        let format = source.description.format;
        let files = source.description.files.len();
        let (provider, warnings) = (source.provider, source.warnings);
        Ok(Arc::new(Opened { provider, inspection, identity, warnings, format, files, is_placeholder }))
    }

    /// A raw table with all that is needed to look at its rows.
    pub(super) fn subject<'a>(
        &'a self,
        table: &'a RawTable,
        provider: &Arc<dyn TableProvider>,
        found: &'a [Found<'a>],
        state: &'a SessionState,
    ) -> Result<Subject<'a>> {
        Ok(Subject {
            planner: &self.planner,
            table,
            found,
            raw: scan(&table.name, provider)?,
            reader: Reader::new(state, &self.writing),
            latest_day: self.settings.latest_day,
        })
    }

    pub(super) fn found<'a>(&self, table: &'a RawTable, schema: &Schema) -> Result<Vec<Found<'a>>> {
        let shown = self.files(&table.name).map(|files| files.paths.join(", ")).unwrap_or_default();
        let of_table = self.declaration.headers.iter().filter(|header| header.table == table.name);
        let others: Vec<_> = of_table.map(|header| (header.header.clone(), header.column.clone())).collect();
        columns::find(table, schema, &others, &shown)
    }

    /// The columns as they are staged: with the decimals that their amounts were found to have.
    fn inspected<'a>(&self, table: &'a RawTable, opened: &Opened) -> Result<Vec<Found<'a>>> {
        let mut found = self.found(table, &opened.provider.schema())?;
        for found in &mut found {
            let is_finer =
                opened.inspection.column(&found.column.name).is_some_and(|column| column.finer > 0);
            if let Some(raw) = found.raw.as_mut().filter(|_| is_finer) {
                *raw = raw.with_all_decimals();
            }
        }
        Ok(found)
    }

    /// A staged table; an empty one if the project gives no files for it.
    pub(super) async fn staged(&self, table: &RawTable) -> Result<Arc<dyn TableProvider>> {
        if !self.tables.contains_key(&table.name) {
            return Ok(Arc::new(EmptyTable::new(Arc::new(staging::staged_schema(table)))));
        }
        let opened = self.open(table).await?;
        let state = self.planner.state()?;
        let found = self.inspected(table, &opened)?;
        let staging = self.staging(table, &found, &opened.inspection, Reader::new(&state, &self.writing));
        let text = Text::new(table.name.as_str(), "");
        let raw = || scan(&table.name, &opened.provider);
        let first = match staging.first_of_repeated(raw()?)? {
            Some(plan) => Some(scan(&table.name, &self.planner.keep(&plan, &text).await?)?),
            None => None,
        };
        let plan = staging.readable(raw()?, first)?;
        match opened.inspection.rows <= ROWS_IN_MEMORY_MAX {
            true => self.planner.keep(&plan, &text).await,
            false => Ok(view(plan, None)),
        }
    }

    /// The total of a column with money, over all rows of the files: one row with `amount`.
    pub(super) async fn total(&self, table: &str, column: &str) -> Result<LogicalPlan> {
        let given = || self.given_tables().map(|table| table.name.as_str());
        let Some(raw) = self.given_tables().find(|given| given.name == table) else {
            let message = format!("the source `{}` has no files for a table `{table}`", self.name);
            return Err(unknown(&message, table, given().collect::<Vec<_>>().into_iter()));
        };
        let opened = self.open(raw).await?;
        let found = self.inspected(raw, &opened)?;
        let has_money = |found: &&Found<'_>| found.column.kind == ColumnKind::Money && found.raw.is_some();
        let Some(Found { column, raw: Some(values), .. }) =
            found.iter().filter(has_money).find(|found| found.column.name == column)
        else {
            let message = format!("`{}.{table}` has no column `{column}` with money", self.name);
            let names: Vec<_> =
                found.iter().filter(has_money).map(|found| found.column.name.as_str()).collect();
            return Err(unknown(&message, column, names.into_iter()));
        };
        let state = self.planner.state()?;
        let value = Reader::new(&state, &self.writing).sum(column, values)?;
        LogicalPlanBuilder::from(scan(table, &opened.provider)?)
            .aggregate(Vec::<Expr>::new(), [value.alias("amount")])
            .and_then(LogicalPlanBuilder::build)
            .map_err(|error| Error::query(format!("`{table}` cannot be added up")).caused_by(error))
    }

    /// The rows of a raw table that are left out; none if there are none. To tell their lines, whole files are read one
    /// row after the other.
    pub(super) async fn refused(&self, table: &RawTable, with_lines: bool) -> Result<Option<LogicalPlan>> {
        let opened = self.open(table).await?;
        let state = self.planner.state()?;
        let found = self.inspected(table, &opened)?;
        let staging = self.staging(table, &found, &opened.inspection, Reader::new(&state, &self.writing));
        if opened.inspection.columns.iter().all(|column| column.refused() == 0)
            && opened.inspection.repeated_rows == 0
        {
            return Ok(None);
        }
        let provider = match with_lines {
            true => {
                let (paths, options) = self.opening(table)?;
                self.sources.numbered(&state, &paths, &options).await?.provider
            }
            false => Arc::clone(&opened.provider),
        };
        staging.refused(&self.name, scan(&table.name, &provider)?)
    }

    fn staging<'a>(
        &self,
        table: &'a RawTable,
        found: &'a [Found<'a>],
        inspection: &'a Inspection,
        reader: Reader<'a>,
    ) -> Staging<'a> {
        Staging { table, found, inspection, reader, latest_day: self.settings.latest_day }
    }
}

fn unknown<'a>(message: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Error {
    let error = Error::config(message);
    match nearest(name, known.clone()) {
        Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
        None => {
            let list: Vec<_> = known.map(|name| format!("`{name}`")).collect();
            error.hint(format!("there is {}", list.join(", ")))
        }
    }
}
