//! `marginql check`: whether the money ties, what is wrong with the data, and whether exports still have the types that
//! were decided for them. The findings are views; here they are shown and counted.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use arrow::{
    array::{Array, AsArray, BooleanArray, RecordBatch},
    compute::{concat_batches, filter_record_batch},
    datatypes::DataType,
};

use super::{args::CheckArguments, args::Common, session};
use crate::{
    console::{Destination, Ui, render_batch, rows_text},
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

pub(super) async fn check(common: &Common, arguments: &CheckArguments, ui: Ui) -> Result<ExitCode> {
    let parts = chosen(arguments)?;
    let (engine, model) = session::project_engine(common, !arguments.relock, ui).await?;
    lock(&model, arguments.relock, ui).await?;
    let (mut failures, mut advice) = (Vec::new(), Vec::new());
    let mut shown = 0;
    for part in parts {
        let sql = part.brief.filter(|_| !arguments.verbose).unwrap_or(part.sql);
        let all = rows(&engine, sql).await?;
        let batch = match &part.kinds {
            Some(kinds) => {
                let failed = count(&all, kinds.column, kinds.failure);
                if failed > 0 {
                    failures.push(format!("{} `{}` in `{}`", rows_text(failed), kinds.failure, part.name));
                    advice.push(kinds.advice);
                }
                match arguments.verbose {
                    true => all.clone(),
                    false => without(&all, kinds.column, kinds.quiet)?,
                }
            }
            None => all.clone(),
        };
        let hidden = all.num_rows() - batch.num_rows();
        let destination = destination(common, part, ui)?;
        if batch.num_rows() == 0
            && destination.path().is_none()
            && !arguments.parts.contains(&part.name.to_owned())
        {
            if all.num_rows() > 0 {
                ui.note(&format!("{}: {} compared, nothing to report", part.title, rows_text(hidden as u64)));
            }
            continue;
        }
        if destination.path().is_none() && shown > 0 {
            ui.page("\n")?;
        }
        ui.note(part.title);
        render_batch(&batch, &destination, ui)?;
        if let (Some(kinds), true) = (&part.kinds, hidden > 0) {
            ui.note(&format!(
                "{} that are `{}` are not shown; -v shows all",
                rows_text(hidden as u64),
                kinds.quiet
            ));
        }
        shown += 1;
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

/// stdout, or a file of the part's name in the directory of `-o`.
fn destination(common: &Common, part: &Part, ui: Ui) -> Result<Destination> {
    let Some(directory) = &common.output else {
        return Ok(session::destination(common, ui)?.titled(Some(part.title)));
    };
    if directory.is_file() {
        return Err(Error::usage(format!("`{}` is a file", directory.display()))
            .hint("the checks are written into a directory, one file for each"));
    }
    std::fs::create_dir_all(directory).map_err(|error| file_error("create", directory, error))?;
    let format = common.format.unwrap_or(Format::Csv);
    let path: PathBuf = directory.join(format!("{}.{}", part.name, format.extension()));
    Ok(Destination::file(path, format, Some(part.title.to_owned())))
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
