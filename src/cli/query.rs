//! `marginql query`: one script from the command line or from stdin.

use std::{io::Read, process::ExitCode, sync::Arc};

use super::{args::Common, session};
use crate::{
    console::{Destination, Ui, Writing, render, warn},
    engine::Engine,
    error::{Error, Result},
    query::{Parameters, SavedQuery, Text},
    sources::take_standard_input,
};

pub(super) async fn query(common: &Common, sql: &str, ui: Ui) -> Result<ExitCode> {
    let destination = session::destination(common, ui)?;
    let text = match sql {
        "-" => {
            take_standard_input();
            Text::new("<stdin>", read_stdin()?)
        }
        sql => Text::new("<command line>", sql),
    };
    let engine = session::engine(common, ui).await?;
    let saved = SavedQuery::parse(text, engine.dialect().as_ref())?;
    let parameters = saved.parameters(&common.param, false)?;
    run_statements(&engine, &saved, &parameters, &destination, ui).await?;
    Ok(ExitCode::SUCCESS)
}

/// Runs the statements one after the other; each that gives a table is written.
///
/// A file takes its name only when all statements are done.
async fn run_statements(
    engine: &Engine,
    saved: &SavedQuery,
    parameters: &Parameters,
    destination: &Destination,
    ui: Ui,
) -> Result<()> {
    let mut file: Option<Writing> = None;
    for statement in &saved.statements {
        let rows = engine.run(statement, parameters).await;
        warn(engine, ui);
        let rows = rows?;
        if !rows.has_columns() {
            continue;
        }
        let Some(path) = destination.path() else {
            render(rows, destination, ui, None).await?.publish(ui)?;
            continue;
        };
        let writing = match &mut file {
            None => file.insert(Writing::begin(Arc::clone(rows.schema()), destination, ui)?),
            Some(writing) if destination.holds_tables() => {
                writing.next(Arc::clone(rows.schema()), None)?;
                writing
            }
            Some(_) => {
                return Err(Error::usage(format!("`{}` can take one result only", path.display())).hint(
                    "write a workbook or a page, `-o out.xlsx` or `-o out.html`, or each query to a file of its own",
                ));
            }
        };
        writing.add(rows, None).await?;
    }
    if let Some(file) = file {
        file.finish()?.publish(ui)?;
    }
    Ok(())
}

fn read_stdin() -> Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => Error::data("the SQL on stdin is not UTF-8 text"),
        _ => Error::data("cannot read the SQL on stdin").caused_by(error),
    })?;
    Ok(text)
}
