//! The lists of tables, columns and functions, as rows that go out in any format.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt64Array};

use crate::{
    engine::{FunctionDescription, TableDescription, TableListing},
    error::{Error, Result},
};

/// One row for each table.
///
/// # Errors
/// None that a user can cause.
pub fn tables_batch(tables: &[TableDescription]) -> Result<RecordBatch> {
    let sources = || tables.iter().map(|table| table.source.as_deref());
    let bytes = |table: &TableDescription| {
        table.source.as_ref().map(|source| source.files.iter().map(|file| file.bytes).sum::<u64>())
    };
    batch(vec![
        ("table", text(tables.iter().map(|table| Some(table.name.clone())))),
        ("kind", text(tables.iter().map(|table| Some(kind(table))))),
        (
            "columns",
            Arc::new(UInt64Array::from_iter_values(tables.iter().map(|t| t.schema.fields().len() as u64))),
        ),
        (
            "rows",
            Arc::new(UInt64Array::from_iter(sources().map(|source| source.and_then(|source| source.rows)))),
        ),
        ("bytes", Arc::new(UInt64Array::from_iter(tables.iter().map(bytes)))),
        ("files", text(sources().map(|source| source.map(files_text)))),
    ])
}

/// One row for each table of a project: what it is for. With `steps`, also those that only lead to others.
///
/// # Errors
/// None that a user can cause.
pub fn listing_batch(tables: &[TableListing], steps: bool) -> Result<RecordBatch> {
    let place = |table: &TableListing| GROUPS.iter().position(|group| Some(*group) == table.group.as_deref());
    let mut shown: Vec<_> = tables.iter().filter(|table| steps || table.group.is_some()).collect();
    shown.sort_by_key(|table| (place(table).unwrap_or(GROUPS.len()), &table.name));
    batch(vec![
        ("table", text(shown.iter().map(|table| Some(table.name.clone())))),
        (
            "kind",
            text(shown.iter().map(|table| Some(table.group.clone().unwrap_or_else(|| "step".to_owned())))),
        ),
        ("description", text(shown.iter().map(|table| table.description.clone()))),
    ])
}

/// The headings of a project's tables, in the order in which people need them.
const GROUPS: [&str; 5] = ["report", "ledger", "canonical", "control", "registered"];

/// One row for each column of each table.
///
/// # Errors
/// None that a user can cause.
pub fn columns_batch(tables: &[TableDescription]) -> Result<RecordBatch> {
    let mut rows: [Vec<Option<String>>; 4] = Default::default();
    for table in tables {
        for field in table.schema.fields() {
            let reason = table.source.as_ref().and_then(|source| {
                source
                    .columns
                    .iter()
                    .find(|column| &column.name == field.name())
                    .map(|column| column.reason.clone())
            });
            let reason = table.about.columns.get(field.name()).cloned().or(reason);
            let values = [
                Some(table.name.clone()),
                Some(field.name().clone()),
                Some(crate::sources::type_name(field.data_type())),
                reason,
            ];
            for (column, value) in rows.iter_mut().zip(values) {
                column.push(value);
            }
        }
    }
    let names = ["table", "column", "type", "why"];
    batch(names.into_iter().zip(rows.into_iter().map(text)).collect())
}

fn kind(table: &TableDescription) -> String {
    match &table.source {
        Some(source) => source.format.name().to_owned(),
        None if table.is_view => "view".to_owned(),
        None => "table".to_owned(),
    }
}

fn files_text(source: &crate::sources::Description) -> String {
    match &source.files[..] {
        [] => String::new(),
        [only] => only.path.clone(),
        [first, others @ ..] => format!("{} and {} more", first.path, others.len()),
    }
}

fn text(values: impl IntoIterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(StringArray::from_iter(values))
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .map_err(|error| Error::query("the list cannot be built").caused_by(error))
}

/// One row for each function.
///
/// # Errors
/// None that a user can cause.
pub fn functions_batch(functions: &[&FunctionDescription]) -> Result<RecordBatch> {
    let column = |value: &dyn Fn(&FunctionDescription) -> Option<String>| {
        Arc::new(functions.iter().map(|function| value(function)).collect::<StringArray>()) as _
    };
    let documentation = |function: &FunctionDescription| function.documentation.clone();
    batch(vec![
        ("function", column(&|function| Some(function.name.clone()))),
        ("kind", column(&|function| Some(function.kind.name().to_owned()))),
        ("syntax", column(&|function| documentation(function).map(|text| text.syntax_example))),
        (
            "description",
            column(&|function| documentation(function).map(|text| first_sentence(&text.description))),
        ),
    ])
}

fn first_sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.find(". ") {
        Some(end) => text[..=end].to_owned(),
        None => text,
    }
}
