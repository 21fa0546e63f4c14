//! Days and months of a fiscal calendar, as `fiscal_year`, `fiscal_quarter` and `fiscal_period` read them.
//!
//! Dates and timestamps are read in place, without a cast, so that a filter on them still reaches file pruning.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, Int32Array},
    buffer::NullBuffer,
    compute::{DatePart, date_part},
    datatypes::{DataType, Field, FieldRef, Int32Type, Int64Type},
};
use datafusion::{
    common::{ScalarValue, utils::take_function_args},
    error::Result,
    logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs},
};

use crate::FunctionError;

/// The types a fiscal function reads: text is cast to a date, the first month to a 64-bit integer.
pub(super) fn coerce(function: &str, arg_types: &[DataType]) -> Result<Vec<DataType>> {
    let [date, first_month] = take_function_args(function, arg_types)?;
    let first_month = match values_type(first_month) {
        DataType::Null => DataType::Int64,
        number if number.is_integer() => DataType::Int64,
        other => return Err(refused(function, "a month number as its second argument", other).into()),
    };
    let date = date_type(date).ok_or_else(|| refused(function, "a date or a timestamp", date))?;
    Ok(vec![date, first_month])
}

/// What a column of dates is read as. `None` if it holds none.
fn date_type(data_type: &DataType) -> Option<DataType> {
    use DataType::*;
    match values_type(data_type) {
        date @ (Date32 | Date64 | Timestamp(_, _)) => Some(date.clone()),
        Null | Utf8 | LargeUtf8 | Utf8View => Some(Date32),
        _ => None,
    }
}

/// What `prorate` reads a date as: its day alone.
pub(super) fn day_type(function: &str, data_type: &DataType) -> Result<DataType> {
    match date_type(data_type) {
        Some(_) => Ok(DataType::Date32),
        None => Err(refused(function, "dates or timestamps", data_type).into()),
    }
}

fn refused(function: &str, wanted: &str, data_type: &DataType) -> FunctionError {
    FunctionError::new(format!("`{function}` takes {wanted}, not {data_type}"))
        .with_help("cast the argument, as in `CAST(x AS DATE)`")
}

/// The type of the values, without a dictionary.
pub(super) fn values_type(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, value) => value,
        other => other,
    }
}

/// The field of a whole number that is NULL if an argument is.
pub(super) fn return_field(function: &str, args: &ReturnFieldArgs) -> FieldRef {
    let nullable = args.arg_fields.iter().any(|field| field.is_nullable());
    Arc::new(Field::new(function, DataType::Int32, nullable))
}

/// Computes on the calendar year and month of each date and on the first month of the fiscal year, which is 1–12.
pub(super) fn compute(
    function: &str,
    args: ScalarFunctionArgs,
    number: impl Fn(i32, i32, i32) -> i32,
) -> Result<ColumnarValue> {
    let [date, first_month] = take_function_args(function, args.args)?;
    let scalar = matches!((&date, &first_month), (ColumnarValue::Scalar(_), ColumnarValue::Scalar(_)));
    if let ColumnarValue::Scalar(month) = &first_month
        && month.is_null()
    {
        return Ok(ColumnarValue::Scalar(ScalarValue::Int32(None)));
    }
    let rows = if scalar { 1 } else { args.number_rows };
    let date_rows = if matches!(date, ColumnarValue::Scalar(_)) { 1 } else { rows };
    let dates = date.into_array(date_rows)?;
    let first_months: ArrayRef = match first_month {
        ColumnarValue::Scalar(month) => month.to_array()?,
        ColumnarValue::Array(months) => months,
    };
    let numbers = compute_arrays(function, &dates, &first_months, rows, number)?;
    Ok(match scalar {
        true => ColumnarValue::Scalar(ScalarValue::try_from_array(&numbers, 0)?),
        false => ColumnarValue::Array(Arc::new(numbers)),
    })
}

/// Arrays of one element stand for every row.
fn compute_arrays(
    function: &str,
    dates: &ArrayRef,
    first_months: &ArrayRef,
    rows: usize,
    number: impl Fn(i32, i32, i32) -> i32,
) -> Result<Int32Array> {
    let years = date_part(dates, DatePart::Year)?;
    let months = date_part(dates, DatePart::Month)?;
    // Not the nulls of the dates: a date beyond the calendar has no year either.
    let valid_years = nulls_for(&years, rows);
    let (years, months) =
        (years.as_primitive::<Int32Type>().values(), months.as_primitive::<Int32Type>().values());
    let firsts = first_months.as_primitive::<Int64Type>();
    if let Some(month) = firsts.iter().flatten().find(|month| !(1..=12).contains(month)) {
        return Err(FunctionError::new(format!("`{function}` was given {month} as the first month"))
            .with_help("the first month of a fiscal year is a number from 1 (January) to 12")
            .into());
    }
    let firsts = firsts.values();
    let [date_step, first_step] = [dates.len(), first_months.len()].map(|len| usize::from(len == rows));
    let numbers: Vec<i32> = (0..rows)
        .map(|row| {
            // What lies under a NULL is any number.
            let first = firsts[row * first_step].clamp(1, 12) as i32;
            number(years[row * date_step], months[row * date_step], first)
        })
        .collect();
    let nulls = NullBuffer::union(valid_years.as_ref(), nulls_for(first_months, rows).as_ref());
    Ok(Int32Array::new(numbers.into(), nulls))
}

/// The nulls of an array that has a value for every row, or one for all of them.
pub(super) fn nulls_for(array: &ArrayRef, rows: usize) -> Option<NullBuffer> {
    match array.len() == rows {
        true => array.nulls().cloned(),
        false => (array.null_count() > 0).then(|| NullBuffer::new_null(rows)),
    }
}

/// How many months the fiscal year is old: 0 in its first one.
pub(super) fn months_elapsed(month: i32, first_month: i32) -> i32 {
    (month - first_month).rem_euclid(12)
}
