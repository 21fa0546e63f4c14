//! `marginql check`: whether the money ties, what is wrong with the data, and whether exports still have the types that
//! were decided for them. The findings are views; here they are shown and counted.

mod summary;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use arrow::{
    array::{Array, AsArray, BooleanArray, RecordBatch},
    compute::{concat_batches, filter_record_batch},
    datatypes::DataType,
};

use super::{args::CheckArguments, args::Common, session};
use crate::{
    console::{Destination, Ui, render_batch, render_tables, rows_text},
    engine::Engine,
    error::{Error, ErrorKind, Result, file_error},
    model::Model,
    output::{AtomicFile, Format},
    project::Lock,
    query::{Parameters, Text, parse_statements},
};

/// One part of the answer.
struct Part {
    name: &'static str,
    title: &'static str,
    sql: &'static str,
    /// The same with less in it, for those who do not ask for everything.
    brief: Option<&'static str>,
    /// The column that says what kind of finding a row is, the kind that nobody needs to see, and the one that fails.
    kinds: Option<Kinds>,
}

struct Kinds {
    column: &'static str,
    quiet: &'static str,
    failure: &'static str,
    /// Where to look when it fails.
    advice: &'static str,
}

const PARTS: [Part; 4] = [
    Part {
        name: "decisions",
        title: "What the files decided",
        sql: include_str!("check/decisions.sql"),
        brief: None,
        kinds: None,
    },
    Part {
        name: "coverage",
        title: "How much reaches a customer",
        sql: include_str!("check/coverage.sql"),
        brief: None,
        kinds: None,
    },
    Part {
        name: "data_quality",
        title: "Data quality",
        sql: include_str!("check/data_quality.sql"),
        brief: None,
        kinds: Some(Kinds {
            column: "severity",
            quiet: "info",
            failure: "error",
            advice: "`SELECT * FROM quarantine` shows rows that were left out, with file and line",
        }),
    },
    Part {
        name: "reconciliation",
        title: "Reconciliation",
        sql: include_str!("check/reconciliation.sql"),
        // What does not count is one row for all months.
        brief: Some(include_str!("check/reconciliation_brief.sql")),
        kinds: Some(Kinds {
            column: "status",
            quiet: "ok",
            failure: "differs",
            advice: "compare the rows of the source and month that differ: `source_file` and `document` in `revenue` and `costs` \
                     say where each amount comes from",
        }),
    },
];

/// What a part found.
struct Answer {
    part: &'static Part,
    /// All rows, or why they cannot be told.
    all: Result<RecordBatch>,
    /// How many of them fail.
    failed: u64,
}

pub(super) async fn check(common: &Common, arguments: &CheckArguments, ui: Ui) -> Result<ExitCode> {
    let parts = chosen(arguments)?;
    let target = Target::of(common, parts.len())?;
    let (engine, model) = session::project_engine(common, !arguments.relock, ui).await?;
    lock(&model, arguments.relock, ui).await?;
    let mut answers = Vec::new();
    for part in parts {
        let sql = part.brief.filter(|_| !arguments.verbose).unwrap_or(part.sql);
        let all = rows(&engine, sql).await;
        let failures = |batch: &RecordBatch| {
            part.kinds.as_ref().map_or(0, |kinds| count(batch, kinds.column, kinds.failure))
        };
        let failed = all.as_ref().map_or(0, failures);
        answers.push(Answer { part, all, failed });
    }
    // Whoever asks for one part wants that part.
    let summary = match arguments.parts.is_empty() {
        true => Some(summary::of(&engine, &model, &answers).await?),
        false => None,
    };
    show(&target, summary.as_deref(), &answers, common, arguments, ui)?;
    let mut failures = Vec::new();
    let mut advice = Vec::new();
    for Answer { part, all, failed } in answers {
        all?;
        let Some(kinds) = part.kinds.as_ref().filter(|_| failed > 0) else { continue };
        failures.push(format!("{} `{}` in `{}`", rows_text(failed), kinds.failure, part.name));
        advice.push(kinds.advice);
    }
    match failures.is_empty() {
        true => Ok(ExitCode::SUCCESS),
        false => {
            let error =
                Error::new(ErrorKind::Expectation, format!("the check failed: {}", failures.join(", ")));
            Err(advice.into_iter().fold(error, Error::hint))
        }
    }
}

/// Shows the sentences and the parts, or writes them.
fn show(
    target: &Target,
    summary: Option<&[String]>,
    answers: &[Answer],
    common: &Common,
    arguments: &CheckArguments,
    ui: Ui,
) -> Result<()> {
    let mut tables = Vec::new();
    for Answer { part, all, .. } in answers {
        let Ok(all) = all else { continue };
        let batch = match part.kinds.as_ref().filter(|_| !arguments.verbose) {
            Some(kinds) => without(all, kinds.column, kinds.quiet)?,
            None => all.clone(),
        };
        tables.push((*part, batch, all.num_rows()));
    }
    match target {
        Target::File { path, format } => {
            let sentences = summary.map(summary::table).transpose()?;
            let first = sentences.map(|sentences| (summary::TITLE, sentences));
            let others = tables.into_iter().map(|(part, batch, _)| (part.title, batch));
            let all: Vec<_> = first.into_iter().chain(others).collect();
            render_tables(&all, path, *format, ui)
        }
        Target::Directory { path, format } => {
            std::fs::create_dir_all(path).map_err(|error| file_error("create", path, error))?;
            for (part, batch, _) in tables {
                let file: PathBuf = path.join(format!("{}.{}", part.name, format.extension()));
                render_batch(&batch, &Destination::file(file, *format, Some(part.title.to_owned())), ui)?;
            }
            Ok(())
        }
        Target::Stdout => {
            let destination = session::destination(common, ui)?;
            // For people, headings stand where the tables do; between lines that a program reads they are in the way.
            let heading = |text: &str| match common.format {
                None | Some(Format::Table | Format::Expanded | Format::Markdown) => {
                    ui.page(&format!("{text}\n"))
                }
                Some(_) => {
                    ui.note(text);
                    Ok(())
                }
            };
            for sentence in summary.unwrap_or_default() {
                heading(sentence)?;
            }
            for (part, batch, rows) in tables {
                let hidden = rows - batch.num_rows();
                if batch.num_rows() == 0 && !arguments.parts.contains(&part.name.to_owned()) {
                    if rows > 0 {
                        let compared = rows_text(hidden as u64);
                        heading(&format!("\n{}: {compared} compared, nothing to report", part.title))?;
                    }
                    continue;
                }
                heading(&format!("\n{}", part.title))?;
                render_batch(&batch, &destination.clone().titled(Some(part.title)), ui)?;
                if let (Some(kinds), true) = (&part.kinds, hidden > 0) {
                    let are = if hidden == 1 { "is" } else { "are" };
                    heading(&format!(
                        "{} that {are} `{}` {are} not shown; -v shows all",
                        rows_text(hidden as u64),
                        kinds.quiet
                    ))?;
                }
            }
            Ok(())
        }
    }
}

/// The parts that are asked for, in their order; all if none is named.
fn chosen(arguments: &CheckArguments) -> Result<Vec<&'static Part>> {
    if let Some(unknown) = arguments.parts.iter().find(|name| PARTS.iter().all(|part| part.name != *name)) {
        let names = PARTS.map(|part| format!("`{}`", part.name)).join(", ");
        return Err(Error::usage(format!("there is no check `{unknown}`")).hint(format!("there is {names}")));
    }
    let wanted =
        |part: &&Part| arguments.parts.is_empty() || arguments.parts.iter().any(|name| name == part.name);
    Ok(PARTS.iter().filter(wanted).collect())
}

/// Where the parts go.
enum Target {
    Stdout,
    /// All into one file.
    File {
        path: PathBuf,
        format: Format,
    },
    /// A file for each.
    Directory {
        path: PathBuf,
        format: Format,
    },
}

impl Target {
    fn of(common: &Common, parts: usize) -> Result<Self> {
        let Some(path) = common.output.clone() else { return Ok(Self::Stdout) };
        let named = Format::from_path(&path).filter(|_| !path.is_dir());
        match named {
            Some(by_name) => {
                let format = common.format.unwrap_or(by_name);
                if format.holds_tables() || parts == 1 {
                    return Ok(Self::File { path, format });
                }
                Err(Error::usage(format!("`{}` can take one table only, and the check gives {parts}", path.display()))
                    .hint("write one workbook or page, `-o check.xlsx` or `-o check.html`, or name a directory, which gets a file for each"))
            }
            None if path.is_file() => Err(Error::usage(format!("`{}` is a file", path.display()))
                .hint("the checks are written into a directory, one file for each, or into one file, `-o check.xlsx`")),
            None => Ok(Self::Directory { path, format: common.format.unwrap_or(Format::Csv) }),
        }
    }
}

/// Writes the lock file where there is none, or where it does not know all tables and columns.
async fn lock(model: &Model, relock: bool, ui: Ui) -> Result<()> {
    let directory = &model.project().directory;
    // What the lock knew is in here as it was, unless it is to be renewed: files that do not fit are an error.
    let now = model.lock().await?;
    let verb = match Lock::read(directory)? {
        Some(before) if before.to_text() == now.to_text() => return Ok(()),
        Some(_) if relock => "renewed",
        Some(_) => "extended",
        None => "written",
    };
    let path = directory.join(Lock::FILE_NAME);
    AtomicFile::write(&path, now.to_text().as_bytes())?;
    ui.note(&format!(
        "{verb}: {}; commit it, so that a later export that does not fit is noticed",
        path.display()
    ));
    Ok(())
}

async fn rows(engine: &Engine, sql: &'static str) -> Result<RecordBatch> {
    let statements = parse_statements(&Text::new("check", sql), engine.dialect().as_ref())?;
    let [statement] = &statements[..] else {
        return Err(Error::query("a check is one statement"));
    };
    let mut rows = engine.run(statement, &Parameters::default()).await?;
    let schema = Arc::clone(rows.schema());
    let mut batches = Vec::new();
    while let Some(batch) = rows.next().await? {
        batches.push(batch);
    }
    concat_batches(&schema, &batches)
        .map_err(|error| Error::query("the findings cannot be shown").caused_by(error))
}

fn is(batch: &RecordBatch, column: &str, value: &str) -> BooleanArray {
    let values = batch.column_by_name(column);
    let values = values.and_then(|values| arrow::compute::cast(values, &DataType::Utf8).ok());
    match values {
        Some(values) => {
            let values = values.as_string::<i32>();
            (0..values.len()).map(|row| Some(values.is_valid(row) && values.value(row) == value)).collect()
        }
        None => BooleanArray::from(vec![false; batch.num_rows()]),
    }
}

fn count(batch: &RecordBatch, column: &str, value: &str) -> u64 {
    is(batch, column, value).true_count() as u64
}

fn without(batch: &RecordBatch, column: &str, value: &str) -> Result<RecordBatch> {
    let others: BooleanArray = is(batch, column, value).iter().map(|is| is.map(|is| !is)).collect();
    filter_record_batch(batch, &others)
        .map_err(|error| Error::query("the findings cannot be shown").caused_by(error))
}
