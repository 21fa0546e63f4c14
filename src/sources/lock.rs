//! Types that are known beforehand, from the lock of a project: held against what the files hold now.
//!
//! A lock keeps a column's type from changing silently when a new file arrives. What does not fit is an error that names
//! the value; columns that the lock does not know are typed by looking.

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::{
    SourceOptions,
    describe::{in_sql, type_name},
    facts::{Decision, Facts},
    json_facts::JsonFacts,
    locate::Located,
    type_names::same,
};
use crate::error::{Error, Result};

/// The locked type of a column.
pub(super) fn locked<'a>(options: &'a SourceOptions, name: &str) -> Option<&'a DataType> {
    options.known.iter().flatten().find(|(known, _)| known == name).map(|(_, data_type)| data_type)
}

/// The type of a text column: the locked one, if every value fits it, else the one that the values show.
pub(super) fn decide(options: &SourceOptions, name: &str, facts: &Facts) -> Result<Decision> {
    match locked(options, name) {
        None => Ok(facts.decide()),
        Some(data_type) => as_locked(name, data_type, facts.stray(data_type)),
    }
}

/// The same for a column of JSON.
pub(super) fn decide_json(options: &SourceOptions, name: &str, facts: &JsonFacts) -> Result<Decision> {
    match locked(options, name) {
        None => Ok(facts.decide()),
        Some(data_type) => as_locked(name, data_type, facts.stray(data_type)),
    }
}

fn as_locked(name: &str, data_type: &DataType, stray: Option<String>) -> Result<Decision> {
    match stray {
        None => {
            Ok(Decision { data_type: data_type.clone(), reason: "as in the lock".to_owned(), dates: None })
        }
        Some(place) => Err(ways_out(Error::data(format!(
            "column `{name}`: {place}, which does not fit {}, its type in the lock",
            type_name(data_type)
        )))),
    }
}

/// An error if a column of the lock is missing, and that matters.
pub(super) fn check_complete(options: &SourceOptions, schema: &Schema, located: &Located) -> Result<()> {
    if !options.missing_is_error {
        return Ok(());
    }
    let is_missing =
        |name: &String| schema.column_with_name(name).is_none() && !located.partition_names.contains(name);
    let Some((name, _)) = options.known.iter().flatten().find(|(name, _)| is_missing(name)) else {
        return Ok(());
    };
    let file = located.files.first().map_or("", |file| file.shown.as_str());
    let names: Vec<_> = schema.fields().iter().map(|field| in_sql(field.name())).collect();
    Err(Error::data(format!("`{file}` has no column `{name}`, which is in the lock"))
        .note(format!("it has: {}", names.join(", ")))
        .hint("if the column was lost or renamed, mend the file")
        .hint("if the file is right, renew the lock: `marginql check --relock`"))
}

/// An error if a Parquet file says another type than the lock.
pub(super) fn check_parquet(options: &SourceOptions, schema: &SchemaRef, located: &Located) -> Result<()> {
    let differs =
        |field: &&Field| locked(options, field.name()).is_some_and(|known| !same(known, field.data_type()));
    let Some(field) = schema.fields().iter().map(AsRef::as_ref).find(differs) else { return Ok(()) };
    let known = locked(options, field.name()).map(type_name).unwrap_or_default();
    let files = match located.files.as_slice() {
        [only] => format!("`{}`", only.shown),
        [first, ..] => format!("`{}` and the other files", first.shown),
        [] => String::new(),
    };
    Err(ways_out(Error::data(format!(
        "column `{}` is {} in {files}, but {known} in the lock",
        field.name(),
        type_name(field.data_type())
    ))))
}

fn ways_out(error: Error) -> Error {
    error
        .hint("if the file is wrong, mend it")
        .hint("if the column is something else, change its type in `marginql.lock`; `TEXT` takes everything")
        .hint("if the file is right, renew the lock: `marginql check --relock`")
}
