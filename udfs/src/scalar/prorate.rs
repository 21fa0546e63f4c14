//! `prorate(amount, from, to, bucket_from, bucket_to)`: the part of an amount that falls into a period.
//!
//! The amount is spread over the days from `from` to `to`. A bucket gets the rounded share of all days up to its end,
//! less the rounded share of all days before it; so consecutive buckets add to the amount, whatever is rounded.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray},
    buffer::NullBuffer,
    datatypes::{DataType, Date32Type, Decimal128Type, Decimal256Type, Field, FieldRef, Int64Type},
};
use datafusion::{
    common::{ScalarValue, utils::take_function_args},
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use crate::{
    FunctionError,
    decimal::{
        PRECISION_256_MAX, PRECISION_MAX, cumulative_share, cumulative_share_256, fits_precision,
        fits_precision_256, format_units, format_units_256, rescale, rescale_256,
    },
    numeric::{exact, exact_type, is_wide, precision_and_scale, require_readable},
};

use super::calendar::{day_type, nulls_for};

/// Whole amounts are spread in cents; finer amounts keep their decimals.
const SCALE_MIN: i8 = 2;

/// The part of an amount for a service period that falls into a bucket of days. NULL if an argument is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Prorate {
    signature: Signature,
}

impl Prorate {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Prorate {
    fn name(&self) -> &str {
        "prorate"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [amount, days @ ..] = take_function_args::<5, _>(self.name(), arg_types)?;
        let mut types = vec![require_readable(amount, self.name())?];
        for day in days {
            types.push(day_type(self.name(), day)?);
        }
        Ok(types)
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        let [amount, ..] = take_function_args::<5, _>(self.name(), arg_types)?;
        let amount = exact_type(amount);
        let (precision, scale) = precision_and_scale(&amount);
        let more = (SCALE_MIN - scale).max(0);
        let precision = precision.saturating_add(more.unsigned_abs());
        Ok(match is_wide(&amount) {
            false => DataType::Decimal128(precision.min(PRECISION_MAX), scale + more),
            true => DataType::Decimal256(precision.min(PRECISION_256_MAX), scale + more),
        })
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let types: Vec<_> = args.arg_fields.iter().map(|field| field.data_type().clone()).collect();
        let nullable = args.arg_fields.iter().any(|field| field.is_nullable());
        Ok(Arc::new(Field::new(self.name(), self.return_type(&types)?, nullable)))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let scalar = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if scalar { 1 } else { args.number_rows };
        let return_type = args.return_field.data_type();
        let [amount, from, to, bucket_from, bucket_to] = take_function_args(self.name(), args.args)?;
        let amount = exact(&amount, self.name())?;
        let [amount, from, to, bucket_from, bucket_to] =
            [amount, from, to, bucket_from, bucket_to].map(|value| match value {
                ColumnarValue::Array(array) => Ok(array),
                // One element stands for every row.
                ColumnarValue::Scalar(scalar) => scalar.to_array(),
            });
        let days = [from?, to?, bucket_from?, bucket_to?];
        let shares = shares(&amount?, &days, rows, return_type)?;
        Ok(match scalar {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&shares, 0)?),
            false => ColumnarValue::Array(shares),
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

fn shares(amount: &ArrayRef, days: &[ArrayRef; 4], rows: usize, return_type: &DataType) -> Result<ArrayRef> {
    let (_, scale) = precision_and_scale(amount.data_type());
    let (_, to_scale) = precision_and_scale(return_type);
    let narrow = |units: i128, span: Span| {
        let units = rescale(units, scale, to_scale).filter(|units| fits_precision(*units, PRECISION_MAX))?;
        let upto = |day| cumulative_share(units, day, span.total);
        upto(span.until)?.checked_sub(upto(span.before)?)
    };
    let text = |units: i128| format_units(units, scale);
    match amount.data_type() {
        DataType::Int64 => share_each::<Int64Type, Decimal128Type>(
            amount,
            days,
            rows,
            return_type,
            |units, span| narrow(units.into(), span),
            |units| text(units.into()),
        ),
        DataType::Decimal128(_, _) => {
            share_each::<Decimal128Type, Decimal128Type>(amount, days, rows, return_type, narrow, text)
        }
        _ => share_each::<Decimal256Type, Decimal256Type>(
            amount,
            days,
            rows,
            return_type,
            |units, span| {
                let units = rescale_256(units, scale, to_scale)
                    .filter(|units| fits_precision_256(*units, PRECISION_256_MAX))?;
                let upto = |day| cumulative_share_256(units, day, span.total);
                upto(span.until)?.checked_sub(upto(span.before)?)
            },
            |units| format_units_256(units, scale),
        ),
    }
}

/// The days of the service period before a bucket and up to its end, and all of them.
#[derive(Clone, Copy)]
struct Span {
    before: i64,
    until: i64,
    total: i64,
}

impl Span {
    /// All ends are inclusive: 1 January to 31 January are 31 days.
    fn new([from, to, bucket_from, bucket_to]: [i32; 4]) -> std::result::Result<Self, FunctionError> {
        if from > to {
            return Err(period_error("service period", from, to));
        }
        if bucket_from > bucket_to {
            return Err(period_error("bucket", bucket_from, bucket_to));
        }
        let days_until = |day: i64| (day - i64::from(from)).clamp(0, i64::from(to) + 1 - i64::from(from));
        Ok(Self {
            before: days_until(bucket_from.into()),
            until: days_until(i64::from(bucket_to) + 1),
            total: i64::from(to) + 1 - i64::from(from),
        })
    }
}

fn period_error(what: &str, from: i32, to: i32) -> FunctionError {
    let day = |days| match Date32Type::to_naive_date_opt(days) {
        Some(date) => date.to_string(),
        None => format!("day {days}"),
    };
    FunctionError::new(format!("`prorate` was given a {what} from `{}` to `{}`", day(from), day(to)))
        .with_help("a period ends on or after the day it begins; both days belong to it")
}

fn share_each<A: ArrowPrimitiveType, O: ArrowPrimitiveType>(
    amount: &ArrayRef,
    days: &[ArrayRef; 4],
    rows: usize,
    return_type: &DataType,
    share: impl Fn(A::Native, Span) -> Option<O::Native>,
    text: impl Fn(A::Native) -> String,
) -> Result<ArrayRef> {
    let nulls = days.iter().fold(nulls_for(amount, rows), |nulls, array| {
        NullBuffer::union(nulls.as_ref(), nulls_for(array, rows).as_ref())
    });
    let step = |array: &ArrayRef| usize::from(array.len() == rows);
    let amounts = amount.as_primitive::<A>().values();
    let columns = days.each_ref().map(|array| (array.as_primitive::<Date32Type>().values(), step(array)));
    let amount_step = step(amount);
    let mut values = vec![O::Native::default(); rows];
    for (row, value) in values.iter_mut().enumerate() {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            continue;
        }
        let span = Span::new(columns.each_ref().map(|(days, step)| days[row * step]))?;
        let amount = amounts[row * amount_step];
        *value = share(amount, span).ok_or_else(|| overflow(&text(amount), return_type))?;
    }
    Ok(Arc::new(PrimitiveArray::<O>::new(values.into(), nulls).with_data_type(return_type.clone())))
}

fn overflow(amount: &str, return_type: &DataType) -> DataFusionError {
    FunctionError::new(format!("`prorate` overflows: `{amount}` does not fit in {return_type}"))
        .with_help("cast the amount to a DECIMAL of fewer digits")
        .into()
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::ALLOCATION,
        "The part of an amount for a service period that falls into a bucket, by day. All days given belong to their \
         period. Consecutive buckets add to the amount exactly; a bucket outside the period gets 0. The result has the \
         decimals of the amount, at least 2. A negative amount mirrors the positive one. NULL if an argument is NULL. \
         A period that ends before it begins is an error.",
        "prorate(amount, from, to, bucket_from, bucket_to)",
    )
    .with_sql_example(
        "```sql\nSELECT prorate(12000.00, DATE '2026-01-15', DATE '2027-01-14', DATE '2026-02-01', DATE '2026-02-28');\n\
         -- 920.55\n```",
    )
    .with_argument("amount", "What is spread over the service period.")
    .with_argument("from", "The first day of the service period; of a timestamp, its day counts.")
    .with_argument("to", "The last day of the service period.")
    .with_argument("bucket_from", "The first day of the bucket, as of a month.")
    .with_argument("bucket_to", "The last day of the bucket.")
    .with_related_udf("allocate")
    .build()
});
