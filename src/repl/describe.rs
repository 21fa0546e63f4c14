//! The commands that tell what is there: `\d`, `\df`, `\h`.

use crate::{
    console::{columns_batch, documentation_page, functions_batch, listing_batch, tables_batch},
    engine::{Engine, FunctionDescription},
    error::{Error, Result},
    suggest::nearest,
};
use arrow::array::RecordBatch;

/// The tables, or the columns of one.
///
/// # Errors
/// A table that is not there.
pub(super) async fn tables(engine: &Engine, name: Option<&str>) -> Result<RecordBatch> {
    let Some(name) = name else {
        return match engine.listing() {
            Some(listing) => listing_batch(&listing, false),
            None => tables_batch(&engine.tables().await?),
        };
    };
    let columns = columns_batch(&[engine.table(name).await?])?;
    // The table was named; to repeat its name in each row tells nothing.
    let others: Vec<usize> = (1..columns.num_columns()).collect();
    columns.project(&others).map_err(|error| Error::query("the list cannot be built").caused_by(error))
}

/// The SQL of a view, or the files of a table, under what a row is.
///
/// # Errors
/// A table that is not there.
pub(super) async fn origin(engine: &Engine, name: &str) -> Result<String> {
    let table = engine.table(name).await?;
    let mut page = table.about.description.map(|text| text + "\n\n").unwrap_or_default();
    match (&table.definition, &table.source) {
        (Some(sql), _) => page.push_str(sql.trim()),
        (None, Some(source)) => {
            let files: Vec<_> =
                source.files.iter().map(|file| format!("{} ({} bytes)", file.path, file.bytes)).collect();
            page.push_str(&files.join("\n"));
        }
        (None, None) => page.push_str("in memory"),
    }
    page.push('\n');
    Ok(page)
}

/// marginql's functions, or all whose name contains the pattern.
///
/// # Errors
/// A pattern that fits no function.
pub(super) fn functions(engine: &Engine, pattern: Option<&str>) -> Result<RecordBatch> {
    let functions = engine.functions();
    let wanted = pattern.map(|pattern| pattern.trim_matches('*').to_lowercase());
    let found: Vec<&FunctionDescription> = functions
        .iter()
        .filter(|function| match &wanted {
            Some(wanted) => function.name.contains(wanted),
            None => function.own,
        })
        .collect();
    match (&wanted, &found[..]) {
        (Some(wanted), []) => {
            Err(unknown(&functions, wanted, &format!("no function has `{wanted}` in its name")))
        }
        _ => functions_batch(&found),
    }
}

/// All that is known of one function; several pages if the name is of several kinds.
///
/// # Errors
/// A function that is not there.
pub(super) fn documentation(engine: &Engine, name: &str) -> Result<String> {
    let functions = engine.functions();
    let name = name.trim_end_matches("()").to_lowercase();
    let pages: Vec<_> =
        functions.iter().filter(|function| function.name == name).map(documentation_page).collect();
    match pages.is_empty() {
        true => Err(unknown(&functions, &name, &format!("function `{name}` not found"))),
        false => Ok(pages.join("\n")),
    }
}

fn unknown(functions: &[FunctionDescription], name: &str, message: &str) -> Error {
    let error = Error::usage(message);
    match nearest(name, functions.iter().map(|function| function.name.as_str())) {
        Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
        None => error.hint("`\\df PATTERN` finds functions by a part of their name"),
    }
}
