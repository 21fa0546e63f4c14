//! What `check` says first, in plain sentences: whether it ties, what is missing, what to do next.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch, StringArray},
    compute::cast,
    datatypes::{DataType, Date32Type, Decimal128Type},
};
use chrono::NaiveDate;

use super::{Answer, rows};
use crate::{
    cli::session,
    console::rows_text,
    engine::Engine,
    error::{Error, Result},
    model::Model,
};

/// The title of the sentences where they are a table.
pub(super) const TITLE: &str = "Summary";

/// Data that ends longer ago is not what one wants to judge as of today.
const DAYS_BEHIND_MAX: i64 = 62;

/// The sentences.
pub(super) async fn of(engine: &Engine, model: &Model, answers: &[Answer]) -> Result<Vec<String>> {
    let mut sentences = Vec::new();
    // Where the days cannot be read, a part of the check says why.
    if model.project().as_of.is_none()
        && let Ok(Some(newest)) = newest_day(engine).await
    {
        let today = session::today(model.project());
        if (today - newest).num_days() > DAYS_BEHIND_MAX {
            sentences.push(format!(
                "The newest day in the data is {newest}, and reports look from today, {today}: set `as_of` in the project file."
            ));
        }
    }
    let of_part = |name: &str| answers.iter().find(|answer| answer.part.name == name);
    sentences.extend(of_part("reconciliation").map(ties));
    sentences.push(missing(of_part("coverage"), of_part("data_quality")));
    sentences.push(next(answers, of_part("coverage"), of_part("data_quality")));
    Ok(sentences)
}

/// The sentences as a table of one column.
pub(super) fn table(sentences: &[String]) -> Result<RecordBatch> {
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(sentences));
    RecordBatch::try_from_iter([("summary", texts)])
        .map_err(|error| Error::query("the summary cannot be written").caused_by(error))
}

/// The newest day on which something happened; none if nothing did. Days in the future are mistakes.
async fn newest_day(engine: &Engine) -> Result<Option<NaiveDate>> {
    let batch = rows(engine, include_str!("newest_day.sql")).await?;
    let days = batch.column(0).as_primitive_opt::<Date32Type>();
    Ok(days.filter(|days| days.len() == 1 && days.is_valid(0)).and_then(|days| days.value_as_date(0)))
}

fn ties(answer: &Answer) -> String {
    match &answer.all {
        Err(error) => format!("Whether the money ties cannot be told: {}.", error.message()),
        Ok(all) if all.num_rows() == 0 => "There is nothing that the money can be compared with.".to_owned(),
        Ok(_) if answer.failed > 0 => {
            let differ = if answer.failed == 1 { "comparison differs" } else { "comparisons differ" };
            format!("The money does not tie: {} {differ}.", answer.failed)
        }
        Ok(_) => "The money ties: what is compared agrees.".to_owned(),
    }
}

fn missing(coverage: Option<&Answer>, quality: Option<&Answer>) -> String {
    let mut lacks = Vec::new();
    let unmatched = coverage.map_or(0, unmatched_rows);
    if unmatched > 0 {
        let reach = if unmatched == 1 { "reaches" } else { "reach" };
        lacks.push(format!("{} {reach} no customer", rows_text(unmatched)));
    }
    match quality {
        Some(Answer { all: Err(error), .. }) => {
            lacks.push(format!("data quality cannot be told: {}", error.message()))
        }
        Some(answer) if answer.failed > 0 => {
            let checks = if answer.failed == 1 { "check" } else { "checks" };
            lacks.push(format!("{} {checks} of data quality found errors", answer.failed));
        }
        _ => {}
    }
    match lacks.is_empty() {
        true => "Nothing is missing: every row can be read and reaches a customer.".to_owned(),
        false => format!("Missing: {}.", lacks.join("; ")),
    }
}

fn next(answers: &[Answer], coverage: Option<&Answer>, quality: Option<&Answer>) -> String {
    if let Some(error) = answers.iter().find_map(|answer| answer.all.as_ref().err()) {
        let hint = error.hints().first().map_or_else(|| error.message().to_owned(), Clone::clone);
        return format!("Next: {hint}.");
    }
    if let Some(first) =
        quality.filter(|answer| answer.failed > 0).and_then(|answer| answer.all.as_ref().ok())
    {
        let text = |name: &str| {
            let column = first.column_by_name(name).and_then(|column| cast(column, &DataType::Utf8).ok());
            column
                .filter(|column| column.is_valid(0))
                .map(|column| column.as_string::<i32>().value(0).to_owned())
        };
        let [check, source, table] =
            ["check_name", "source", "table_name"].map(|name| text(name).unwrap_or_default());
        let place = text("place").map_or_else(String::new, |place| format!(", {place}"));
        let example = text("example").map_or_else(String::new, |example| format!(": {example}"));
        return format!("Next: mend `{check}` in `{source}.{table}`{place}{example}.");
    }
    if let Some(kinds) =
        answers.iter().find(|answer| answer.failed > 0).and_then(|answer| answer.part.kinds.as_ref())
    {
        return format!("Next: {}.", kinds.advice);
    }
    if coverage.map_or(0, unmatched_rows) > 0 {
        return "Next: name these customers in the crosswalk; `SELECT * FROM unmatched_customers` lists them.".to_owned();
    }
    "Next: nothing needs to be done.".to_owned()
}

/// The rows that reach no customer.
fn unmatched_rows(coverage: &Answer) -> u64 {
    let Ok(all) = &coverage.all else { return 0 };
    let sum = |name: &str| -> i128 {
        let column =
            all.column_by_name(name).and_then(|column| cast(column, &DataType::Decimal128(38, 0)).ok());
        column.map_or(0, |column| column.as_primitive::<Decimal128Type>().iter().flatten().sum())
    };
    u64::try_from(sum("rows") - sum("matched_rows")).unwrap_or(0)
}
