//! `marginql init`: recognises exports, and writes the project file and a starting crosswalk. Never overwrites.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::{args::Common, session};
use crate::{
    console::Ui,
    engine::Engine,
    error::{Error, Result, file_error},
    model::{
        Beginning, CROSSWALK_COLUMNS, Candidate, Connector, DecimalMark, Draft, DraftDecimals, DraftSource,
        DraftTable, Model, Placed, RawTable, Recogniser, Verdict, decimal_mark, domestic_currency, group,
        look_different, patterns, sheet_of, two_readings,
    },
    output::AtomicFile,
    project::{FILE_NAME, Project},
    sources::{Format, Warning},
};

/// The file of the crosswalk.
const CROSSWALK: &str = "crosswalk.csv";
/// The folder of the project's own connectors.
const CONNECTORS: &str = "connectors";

pub(super) async fn init(common: &Common, directory: &Path, ui: Ui) -> Result<ExitCode> {
    refuse_to_overwrite(directory)?;
    let paths = data_files(directory)?;
    let connectors = connectors(directory)?;
    let recogniser = Recogniser::new(&connectors);
    let (files, unreadable) = beginnings(common, directory, &paths).await?;
    let verdicts = recogniser.recognise(&files);
    let seen = Seen { directory, files: &files, verdicts: &verdicts, unreadable };
    seen.tell(ui);
    let mut draft = seen.draft(&connectors)?;
    let crosswalk = complete(common, directory, &mut draft, ui).await?;
    let project = below(directory, FILE_NAME);
    if let Some(rows) = &crosswalk {
        AtomicFile::write(&below(directory, CROSSWALK), &csv_text(rows)?)?;
    }
    AtomicFile::write(&project, draft.text().as_bytes())?;
    summarise(directory, &draft, crosswalk.as_deref(), ui);
    Ok(ExitCode::SUCCESS)
}

/// A path in the directory, as the user would write it.
fn below(directory: &Path, inner: impl AsRef<Path>) -> PathBuf {
    if directory == Path::new(".") { inner.as_ref().to_owned() } else { directory.join(inner) }
}

fn refuse_to_overwrite(directory: &Path) -> Result<()> {
    if !directory.is_dir() {
        let error = Error::usage(format!("there is no directory `{}`", directory.display()));
        return Err(error.hint("give the directory that holds the exports: `marginql init DIR`"));
    }
    for (name, hint) in [
        (FILE_NAME, "it is a project already: `marginql check` looks at it. To begin anew, rename the file"),
        (
            CROSSWALK,
            "rename it, for example to `known-customers.csv`: a file with the columns source, source_key and customer_id is recognised under any name, and used as the crosswalk",
        ),
    ] {
        let path = below(directory, name);
        if path.symlink_metadata().is_ok() {
            let error =
                Error::config(format!("`{}` is there already, and `init` never overwrites", path.display()));
            return Err(error.hint(hint));
        }
    }
    Ok(())
}

/// The data files below a directory, as paths from it with `/`.
fn data_files(directory: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(inner) = open.pop() {
        let here = directory.join(&inner);
        let entries = fs::read_dir(&here).map_err(|error| file_error("read", &here, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| file_error("read", &here, error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().map_err(|error| file_error("read", &entry.path(), error))?;
            // Names with `_` in front are the notes of those who wrote the files, such as `_SUCCESS` and `_delta_log`.
            if name.starts_with(['.', '_']) {
                continue;
            }
            if kind.is_dir() && !(inner.as_os_str().is_empty() && name == CONNECTORS) {
                open.push(inner.join(&name));
            } else if !kind.is_dir() && entry.path().is_file() && Format::is_data(&name) {
                let path = inner.join(&name);
                let parts: Vec<_> =
                    path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
                found.push(parts.join("/"));
            }
        }
    }
    if found.is_empty() {
        return Err(Error::data(format!("there is no data file below `{}`", directory.display()))
            .hint("put the exports there: .csv, .tsv, .json, .ndjson, .parquet, .xlsx, .xls, .ods, compressed or not"));
    }
    found.sort();
    Ok(found)
}

/// The connectors of the directory, and the shipped ones that these do not replace.
fn connectors(directory: &Path) -> Result<Vec<Connector>> {
    let own = fs::read_dir(below(directory, CONNECTORS)).into_iter().flatten().flatten();
    let own = own.filter(|entry| entry.path().join("connector.toml").is_file());
    let mut names = Connector::shipped_names();
    names.extend(own.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    names.iter().map(|name| Connector::find(name, directory)).collect()
}

/// The beginnings of all files, and the files that cannot be read, with the reason.
async fn beginnings(
    common: &Common,
    directory: &Path,
    paths: &[String],
) -> Result<(Vec<Beginning>, Vec<(String, Error)>)> {
    let engine = Engine::new(&session::options(common))?;
    let (mut files, mut unreadable) = (Vec::new(), Vec::new());
    for path in paths {
        // A name with `*` or `?` is no pattern here; what cannot be read as one is told below.
        let headers = engine.sources().header(&below(directory, path).to_string_lossy()).await;
        match headers {
            Err(error) => unreadable.push((path.clone(), error)),
            Ok(headers) => files.extend(headers.into_iter().map(|header| Beginning {
                path: path.clone(),
                sheet: header.sheet,
                is_written: header.format == Format::Csv,
                columns: header.columns,
                rows: header.rows,
            })),
        }
    }
    Ok((files, unreadable))
}

/// What was seen of the files.
struct Seen<'a> {
    directory: &'a Path,
    files: &'a [Beginning],
    verdicts: &'a [Verdict],
    unreadable: Vec<(String, Error)>,
}

impl Seen<'_> {
    fn shown(&self, file: &Beginning) -> String {
        match &file.sheet {
            Some(sheet) if self.files.iter().filter(|other| other.path == file.path).count() > 1 => {
                format!("{}#{sheet}", file.path)
            }
            _ => file.path.clone(),
        }
    }

    /// Lists the files, with what they are and why.
    fn tell(&self, ui: Ui) {
        let rows: Vec<[String; 4]> = self
            .files
            .iter()
            .zip(self.verdicts)
            .map(|(file, verdict)| match verdict {
                Verdict::Known { best, sure_pct, other } => {
                    let or = other
                        .as_ref()
                        .map_or(String::new(), |other| format!("; could be {} too", other.name()));
                    let sure = format!("{}, {sure_pct} %", Verdict::word(*sure_pct));
                    [self.shown(file), best.name(), sure, format!("{}{or}", best.reason())]
                }
                Verdict::Doubtful { best, sure_pct, .. } => {
                    let sure = format!("{}, {sure_pct} %", Verdict::word(*sure_pct));
                    let why = format!("{}; too few to use it", best.reason());
                    [self.shown(file), format!("{}?", best.name()), sure, why]
                }
                Verdict::Unknown(nearest) => {
                    [self.shown(file), "-".to_owned(), "not recognised".to_owned(), unknown(nearest.as_ref())]
                }
            })
            .collect();
        let width =
            |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths = [width(0), width(1), width(2)];
        for [file, table, sure, why] in &rows {
            let [first, second, third] = widths;
            ui.note(&format!("{file:first$}  {table:second$}  {sure:third$}  {why}"));
        }
        for (path, error) in &self.unreadable {
            let warning = Warning::new(format!("`{path}` is left out: {error}"));
            ui.warning(&Warning { help: error.hints().first().cloned(), ..warning });
        }
    }

    fn draft(&self, connectors: &[Connector]) -> Result<Draft> {
        let (mut draft, mut placed) = (Draft::default(), Vec::new());
        for (file, verdict) in self.files.iter().zip(self.verdicts) {
            match verdict {
                Verdict::Unknown(nearest) => {
                    draft.left_out.push(format!("{}: {}", self.shown(file), unknown(nearest.as_ref())));
                }
                Verdict::Doubtful { best, other, .. } => {
                    draft.left_out.push(doubtful(&self.shown(file), best, other.as_ref()));
                }
                Verdict::Known { best, .. } => {
                    let path = self.shown(file);
                    placed.push(Placed {
                        path,
                        connector: best.connector.clone(),
                        table: best.table.clone(),
                    });
                }
            }
        }
        draft.left_out.extend(self.unreadable.iter().map(|(path, error)| format!("{path}: {error}")));
        let own = |connector: &str| {
            placed
                .iter()
                .filter(|file| file.connector == connector)
                .map(|file| file.path.clone())
                .collect::<Vec<_>>()
        };
        for (connector, place) in [("rates", &mut draft.rates), ("crosswalk", &mut draft.crosswalk)] {
            let mut files = own(connector);
            if !files.is_empty() {
                let path = files.remove(0);
                draft.left_out.extend(
                    files
                        .iter()
                        .map(|file| format!("{file}: {connector} too, but a project has one file of them")),
                );
                let raw = connectors.iter().find(|known| known.name == connector);
                let raw = raw.and_then(|known| known.table(connector));
                let file = self.files.iter().find(|file| self.shown(file) == path);
                if let Some((file, raw)) = file.zip(raw).filter(|_| connector == "rates") {
                    decimals(file, raw, &path, &mut draft.rates_decimals);
                }
                *place = Some(DraftTable {
                    notes: self.notes(&path),
                    table: connector.to_owned(),
                    paths: vec![path],
                });
            }
        }
        placed.retain(|file| !["rates", "crosswalk"].contains(&file.connector.as_str()));
        let is_near = |verdict: &Verdict| !matches!(verdict, Verdict::Unknown(None));
        if placed.is_empty() && !self.verdicts.iter().any(is_near) {
            return Err(Error::data(format!("no file below `{}` is recognised", self.directory.display()))
                .hint("files that are canonical already need headers such as customer_key, posted_on and amount; for other systems, write a connector in `connectors/`"));
        }
        let all: Vec<String> = self.files.iter().map(|file| self.shown(file)).collect();
        for group in group(&placed) {
            let connector = connectors.iter().find(|connector| connector.name == group.connector);
            let mut source = DraftSource {
                name: group.name,
                title: connector.map_or(String::new(), |connector| connector.title.clone()),
                connector: group.connector,
                ..DraftSource::default()
            };
            let mut opened: Vec<(&Beginning, &RawTable)> = Vec::new();
            for (table, paths) in group.tables {
                let raw = connector.and_then(|connector| connector.table(&table));
                // A table is read from one sheet of each workbook.
                let sheet = paths.first().and_then(|path| sheet_of(path)).map(str::to_owned);
                let (paths, others): (Vec<String>, Vec<String>) =
                    paths.into_iter().partition(|path| sheet_of(path) == sheet.as_deref());
                draft.left_out.extend(others.iter().map(|path| {
                    format!("{path}: {table} too, but a table is read from one sheet; save it as a file of its own")
                }));
                let mut notes = paths.first().map(|path| self.notes(path)).unwrap_or_default();
                if look_different(&paths) {
                    notes.push("These are called differently: if they are of different systems, make each a source of its own.".to_owned());
                }
                for path in &paths {
                    let file = self.files.iter().find(|file| self.shown(file) == *path);
                    if let Some((file, raw)) = file.zip(raw) {
                        source.dates.extend(dates(file, raw, path));
                        decimals(file, raw, path, &mut source.decimals);
                        opened.push((file, raw));
                    }
                }
                source.tables.push(DraftTable { paths: patterns(&paths, &all), table, notes });
            }
            source.currency = domestic_currency(&opened);
            draft.sources.push(source);
        }
        Ok(draft)
    }

    /// Why a file is what it is, for the project file.
    fn notes(&self, path: &str) -> Vec<String> {
        let file = self.files.iter().zip(self.verdicts).find(|(file, _)| self.shown(file) == path);
        let Some((_, Verdict::Known { best, sure_pct, other })) = file else { return Vec::new() };
        let mut notes = vec![format!("{}, {sure_pct} %: {}", Verdict::word(*sure_pct), best.reason())];
        if let Some(other) = other {
            notes.push(format!(
                "It could be {} nearly as well: then `{} = …` in a source with the connector {}.",
                other.name(),
                other.table,
                other.connector
            ));
        }
        notes
    }
}

/// What an unknown file comes near to.
fn unknown(nearest: Option<&Candidate>) -> String {
    let Some(nearest) = nearest else { return "its headers are those of no table".to_owned() };
    let missing: Vec<_> = nearest.missing.iter().map(|column| format!("`{column}`")).collect();
    format!(
        "nearest is {} ({}), but there is no header for {}",
        nearest.name(),
        nearest.reason(),
        missing.join(", ")
    )
}

/// Why a file that could be a table is not used, and how it would be.
fn doubtful(path: &str, candidate: &Candidate, other: Option<&Candidate>) -> String {
    let or = other.map_or(String::new(), |other| format!(" or {}", other.name()));
    format!(
        "{path}: perhaps {}{or} ({}), but such headers are not telling. If it is: `{} = {}` in a source with the connector {}",
        candidate.name(),
        candidate.reason(),
        candidate.table,
        toml::Value::String(path.to_owned()),
        candidate.connector
    )
}

/// Dates of a file that can be read in two ways, one for each column: one with two readings, if there is any.
fn dates(
    file: &Beginning,
    table: &RawTable,
    shown: &str,
) -> Vec<(String, String, crate::model::TwoReadings)> {
    let mut found = Vec::new();
    for (place, header) in file.columns.iter().enumerate() {
        if !table.is_date(header) {
            continue;
        }
        let readings =
            file.rows.iter().filter_map(|row| row.get(place)).filter_map(|value| two_readings(value));
        let example = readings.max_by_key(|readings| {
            (
                readings.day_first.is_some() && readings.month_first.is_some(),
                std::cmp::Reverse(readings.value.clone()),
            )
        });
        found.extend(example.map(|example| (shown.to_owned(), header.clone(), example)));
    }
    found
}

/// How the first numbers of a file are written.
fn decimals(file: &Beginning, table: &RawTable, shown: &str, decimals: &mut DraftDecimals) {
    let columns = file.columns.iter().enumerate().filter(|(_, header)| table.is_number(header));
    for (place, header) in columns.filter(|_| file.is_written) {
        for value in file.rows.iter().filter_map(|row| row.get(place)) {
            let example = || format!("`{}` in `{header}` of {shown}", value.trim());
            match decimal_mark(value.trim()) {
                Some(DecimalMark::Comma) => decimals.comma.get_or_insert_with(example),
                Some(DecimalMark::Point) => decimals.point.get_or_insert_with(example),
                None => continue,
            };
        }
    }
}

/// Asks the rows what the headers do not say; gives the rows of a starting crosswalk, unless there is one already.
async fn complete(
    common: &Common,
    directory: &Path,
    draft: &mut Draft,
    ui: Ui,
) -> Result<Option<Vec<Vec<String>>>> {
    let file = below(directory, FILE_NAME);
    let masters = |draft: &Draft, model: &Model| {
        let gives = |name: &str, table: &str| model.gives(name, table);
        let names = || draft.sources.iter().map(|source| source.name.clone());
        let billing = names().find(|name| gives(name, "customers") && gives(name, "revenue"));
        billing.or_else(|| names().find(|name| gives(name, "customers")))
    };
    let model = attached(common, &file, draft)?;
    draft.provided = model.1.provided();
    draft.master = masters(draft, &model.1);
    let master = draft.sources.iter().find(|source| Some(&source.name) == draft.master.as_ref());
    draft.currency = master.into_iter().chain(&draft.sources).find_map(|source| source.currency.clone());
    let own = draft.crosswalk.take();
    let (engine, model) = attached(common, &file, draft)?;
    let looked = async {
        if draft.master.is_some() {
            draft.rules = model.working_rules().await?;
        }
        draft.cost_categories = model.cost_categories().await?;
        Ok::<_, Error>(())
    };
    let mut problem = looked.await.err();
    drop(engine);
    let mut rows = Vec::new();
    if own.is_none() && problem.is_none() && draft.master.is_some() {
        let (_engine, model) = attached(common, &file, draft)?;
        match model.starting_crosswalk().await {
            Ok(found) => rows = found,
            Err(error) => problem = Some(error),
        }
    }
    if let Some(error) = problem {
        let warning = Warning::new(format!(
            "the files cannot be read yet, so match rules and crosswalk are left open: {error}"
        ));
        ui.warning(&Warning { help: error.hints().first().cloned(), ..warning });
    }
    // Without customers there is nobody to name.
    let is_new = own.is_none() && !draft.sources.is_empty();
    draft.crosswalk = own.or_else(|| {
        if !is_new {
            return None;
        }
        let note = "Who is who: fill in customer_id where it is empty. What stands there always wins over the rules below.";
        Some(DraftTable { table: "crosswalk".to_owned(), paths: vec![CROSSWALK.to_owned()], notes: vec![note.to_owned()] })
    });
    // The text must be a project before it is written.
    Project::parse(&file, draft.text())?;
    Ok(is_new.then_some(rows))
}

/// A session with the project that a draft says.
fn attached(common: &Common, file: &Path, draft: &Draft) -> Result<(Engine, Model)> {
    let engine = Engine::new(&session::options(common))?;
    let project = Project::parse(file, draft.text())?;
    let today = session::today(&project);
    let model = Model::attach_with_lock(&engine, project, today, None)?;
    Ok((engine, model))
}

fn csv_text(rows: &[Vec<String>]) -> Result<Vec<u8>> {
    let cannot = |error: csv::Error| Error::data("the crosswalk cannot be written").caused_by(error);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(CROSSWALK_COLUMNS).map_err(cannot)?;
    rows.iter().try_for_each(|row| writer.write_record(row)).map_err(cannot)?;
    writer
        .into_inner()
        .map_err(|error| Error::data("the crosswalk cannot be written").caused_by(error.into_error()))
}

fn summarise(directory: &Path, draft: &Draft, crosswalk: Option<&[Vec<String>]>, ui: Ui) {
    ui.note("");
    let sources: Vec<_> =
        draft.sources.iter().map(|source| format!("{} ({})", source.name, source.title)).collect();
    let sources = match sources.is_empty() {
        true => "no file is recognised surely enough; its last comments say what each could be".to_owned(),
        false => sources.join(", "),
    };
    ui.note(&format!("wrote {}: {sources}", below(directory, FILE_NAME).display()));
    if let Some(rows) = crosswalk {
        let of: BTreeSet<_> = rows.iter().filter_map(|row| row.first()).collect();
        let of: Vec<_> = of.into_iter().map(String::as_str).collect();
        let said = match rows.len() {
            0 => "it names nobody yet".to_owned(),
            1 => format!("1 customer of {} is found by no rule; say who it is", of.join(", ")),
            many => format!("{many} customers of {} are found by no rule; say who they are", of.join(", ")),
        };
        ui.note(&format!("wrote {}: {said}", below(directory, CROSSWALK).display()));
    }
    if draft.currency.is_none() {
        ui.note(&format!(
            "the currency of the reports is not in the files: is it {}?",
            draft.reporting_currency()
        ));
    }
    for source in draft.sources.iter().filter(|source| !source.dates.is_empty()) {
        let header =
            source.dates.first().map(|(file, header, _)| format!("`{header}` of {file}")).unwrap_or_default();
        ui.note(&format!(
            "dates of {} can be read in two ways ({header}): choose `date_order` in the project file",
            source.name
        ));
    }
    let project = match directory == Path::new(".") {
        true => String::new(),
        false => format!(" --project {}", directory.display()),
    };
    ui.note(&format!("next: marginql check{project}"));
}
