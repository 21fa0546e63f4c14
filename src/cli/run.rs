//! `marginql run`: saved queries, one or a whole folder of them.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::ExitCode,
};

use arrow::array::AsArray;

use super::{args::Common, session};
use crate::{
    console::{Destination, Rendered, Ui, format_of, render, warn},
    engine::{Engine, RESULT_TABLE},
    error::{Error, ErrorKind, Result, file_error},
    leftovers::Leftover,
    output::{self, Format, Sink, Style},
    query::{Argument, Expectation, Parameters, SavedQuery, parse_expectation, unknown_parameter},
};

/// A saved query, and where its rows go.
struct Job {
    path: PathBuf,
    destination: Destination,
}

pub(super) async fn run(common: &Common, paths: &[PathBuf], ui: Ui) -> Result<ExitCode> {
    let jobs = jobs(common, paths, ui)?;
    if let [job] = &jobs[..] {
        run_file(common, job, &common.param, false, ui).await?;
        return Ok(ExitCode::SUCCESS);
    }
    check_parameters(common, &jobs)?;
    let mut failed = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        if job.destination.path().is_none() && index > 0 {
            ui.page("\n")?;
        }
        if let Err(error) = run_file(common, job, &common.param, true, ui).await {
            if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::Interrupted) {
                return Err(error);
            }
            ui.error(&error);
            failed.push(job.path.display().to_string());
        }
    }
    if failed.is_empty() {
        ui.note(&format!("{} queries done", jobs.len()));
        return Ok(ExitCode::SUCCESS);
    }
    Err(Error::query(format!("{} of {} queries failed: {}", failed.len(), jobs.len(), failed.join(", "))))
}

/// A parameter that no query of the batch knows is a slip of the finger.
fn check_parameters(common: &Common, jobs: &[Job]) -> Result<()> {
    if common.param.is_empty() {
        return Ok(());
    }
    // Each query has a session of its own; the options, and so the dialect, are the same in all of them.
    let dialect = Engine::new(&session::options(common))?.dialect();
    let used: BTreeSet<String> = jobs
        .iter()
        // A file that cannot be read fails on its own, later and by name.
        .filter_map(|job| SavedQuery::read(&job.path, dialect.as_ref()).ok())
        .flat_map(|saved| saved.placeholders())
        .collect();
    match common.param.iter().find(|argument| !used.contains(&argument.name)) {
        Some(unknown) => Err(unknown_parameter(&unknown.name, &used)),
        None => Ok(()),
    }
}

fn jobs(common: &Common, paths: &[PathBuf], ui: Ui) -> Result<Vec<Job>> {
    let mut files = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => files.extend(saved_queries(path)?),
            false => files.push(path.clone()),
        }
    }
    let is_batch = files.len() > 1 || paths.iter().any(|path| path.is_dir());
    let Some(output) = &common.output else {
        let destination = session::destination(common, ui)?;
        return Ok(files.into_iter().map(|path| Job { path, destination: destination.clone() }).collect());
    };
    let is_directory = is_batch
        || output.is_dir()
        || output.as_os_str().to_string_lossy().ends_with(std::path::MAIN_SEPARATOR);
    if !is_directory {
        let format = format_of(output, common.format)?;
        return Ok(files
            .into_iter()
            .map(|path| Job { path, destination: Destination::file(output.clone(), format, None) })
            .collect());
    }
    if output.exists() && !output.is_dir() {
        return Err(Error::usage(format!("`{}` is a file", output.display()))
            .hint("several queries are written into a directory, one file for each"));
    }
    std::fs::create_dir_all(output).map_err(|error| file_error("create", output, error))?;
    let format = common.format.unwrap_or(Format::Csv);
    let mut targets = BTreeSet::new();
    files
        .into_iter()
        .map(|path| {
            let stem = path.file_stem().unwrap_or(path.as_os_str());
            // Appended, not replaced: `margin.2026-01.sql` is written to `margin.2026-01.csv`.
            let mut name = stem.to_os_string();
            name.push(".");
            name.push(format.extension());
            let target = output.join(name);
            if !targets.insert(target.clone()) {
                return Err(Error::usage(format!("two queries would be written to `{}`", target.display()))
                    .hint("give the saved queries different file names"));
            }
            Ok(Job { path, destination: Destination::file(target, format, None) })
        })
        .collect()
}

fn saved_queries(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(directory).map_err(|error| file_error("read", directory, error))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| file_error("read", directory, error))?.path();
        if path.extension().is_some_and(|extension| extension == "sql") && path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(Error::usage(format!("there is no saved query in `{}`", directory.display()))
            .hint("saved queries are files that end in `.sql`"));
    }
    files.sort();
    Ok(files)
}

async fn run_file(
    common: &Common,
    job: &Job,
    arguments: &[Argument],
    others_allowed: bool,
    ui: Ui,
) -> Result<()> {
    // Each saved query has a session of its own: what one defines does not change the next.
    let engine = session::engine_of(common, &job.path, ui).await?;
    let saved = SavedQuery::read(&job.path, engine.dialect().as_ref())?;
    let parameters = saved.parameters(arguments, others_allowed)?;
    add_declared_tables(&engine, &saved, &job.path, common).await?;
    if !saved.header.expectations.is_empty() && engine.table_names().iter().any(|name| name == RESULT_TABLE) {
        return Err(Error::config(format!(
            "a table is named `{RESULT_TABLE}`, as expectations call the rows of the query"
        ))
        .hint("give the table another name"));
    }
    if job.destination.path().is_none()
        && let Some(title) = &saved.header.title
    {
        ui.note(title);
    }
    let destination = job.destination.clone().titled(saved.header.title.as_deref());
    let copy = match saved.header.expectations.is_empty() {
        true => None,
        false => Some(temporary_file(common)?),
    };
    let _leftover = copy.as_ref().map(|copy| Leftover::register(copy.path()));
    let rendered = run_statements(&engine, &saved, &parameters, &destination, copy.as_ref(), ui).await?;
    if let Some(copy) = &copy {
        engine.set_result(copy.path()).await?;
        for expectation in &saved.header.expectations {
            check(&engine, &saved, expectation, &parameters).await?;
        }
    }
    // Only now: a result that is not as expected does not replace the last good one.
    rendered.publish(ui)?;
    Ok(())
}

/// A file for the rows that expectations look at.
fn temporary_file(common: &Common) -> Result<tempfile::NamedTempFile> {
    let directory = common.temp_dir.clone().unwrap_or_else(std::env::temp_dir);
    let file = tempfile::Builder::new().prefix("marginql-").tempfile_in(&directory);
    file.map_err(|error| file_error("create a file in", &directory, error))
}

/// Registers the tables that the header names, except those the user gave.
async fn add_declared_tables(
    engine: &Engine,
    saved: &SavedQuery,
    path: &Path,
    common: &Common,
) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new(""));
    for declared in &saved.header.tables {
        if common.table.iter().any(|table| table.name.eq_ignore_ascii_case(&declared.name)) {
            continue;
        }
        let file = directory.join(&declared.path);
        engine
            .add_table(&declared.name, &file.to_string_lossy())
            .await
            .map_err(|error| error.at(saved.text.place(declared.span.clone())))?;
    }
    Ok(())
}

async fn run_statements(
    engine: &Engine,
    saved: &SavedQuery,
    parameters: &Parameters,
    destination: &Destination,
    copy: Option<&tempfile::NamedTempFile>,
    ui: Ui,
) -> Result<Rendered> {
    let mut rendered = None;
    for statement in &saved.statements {
        let rows = engine.run(statement, parameters).await;
        warn(engine, ui);
        let rows = rows?;
        if !rows.has_columns() {
            continue;
        }
        if rendered.is_some() {
            return Err(Error::config(format!("`{}` gives more than one result", saved.text.origin()))
                .hint("a saved query is one SELECT; use `WITH`, or `CREATE VIEW` for the steps before it"));
        }
        let copy_sink: Option<Box<dyn Sink>> = match copy {
            None => None,
            Some(file) => {
                let writer = file.reopen().map_err(|error| file_error("write to", file.path(), error))?;
                let writer = std::io::BufWriter::new(writer);
                Some(output::open(Format::Arrow, rows.schema().clone(), Box::new(writer), &Style::default())?)
            }
        };
        rendered = Some(render(rows, destination, ui, copy_sink).await?);
    }
    rendered.ok_or_else(|| {
        Error::config(format!("`{}` gives no result", saved.text.origin()))
            .hint("end a saved query with a SELECT")
    })
}

/// Runs an expectation; anything but true in every row fails.
async fn check(
    engine: &Engine,
    saved: &SavedQuery,
    expectation: &Expectation,
    parameters: &Parameters,
) -> Result<()> {
    let statement = parse_expectation(expectation, &saved.text, engine.dialect().as_ref())?;
    let mut rows = engine.run(&statement, parameters).await?;
    let (mut answers, mut all_true) = (0, true);
    while let Some(batch) = rows.next().await? {
        let column = match batch.columns() {
            [column] => column.as_boolean_opt(),
            _ => None,
        };
        let Some(column) = column else {
            return Err(Error::config("an expectation gives one column that is true or false")
                .at(saved.text.place(expectation.span.clone()))
                .hint("for example `SELECT count(*) = 0 FROM result WHERE margin IS NULL`"));
        };
        answers += column.len();
        all_true &= column.iter().all(|answer| answer == Some(true));
    }
    // No answer is not a yes.
    if answers > 0 && all_true {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Expectation, format!("expectation failed: {}", expectation.that))
        .at(saved.text.place(expectation.span.clone()))
        .hint(
            "a file given with `-o` keeps its last good content; run the query without `-o` to see the rows",
        ))
}
