//! `fiscal_year(date, first_month)`: the year a company's books put a date in.

use std::sync::LazyLock;

use arrow::datatypes::{DataType, Date32Type, FieldRef};
use chrono::NaiveDate;
use datafusion::{
    common::{ScalarValue, utils::take_function_args},
    error::Result,
    logical_expr::{
        ColumnarValue, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility, interval_arithmetic::Interval, preimage::PreimageResult, simplify::SimplifyContext,
    },
};

use super::calendar;

/// The fiscal year of a date, named after the calendar year in which it ends. NULL if an argument is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct FiscalYear {
    signature: Signature,
}

impl FiscalYear {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

fn year(year: i32, month: i32, first_month: i32) -> i32 {
    year + i32::from(first_month > 1 && month >= first_month)
}

/// The first day of a fiscal year.
fn first_day(fiscal_year: i32, first_month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(fiscal_year - i32::from(first_month > 1), first_month, 1)
}

impl ScalarUDFImpl for FiscalYear {
    fn name(&self) -> &str {
        "fiscal_year"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        calendar::coerce(self.name(), arg_types)
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int32)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(calendar::return_field(self.name(), &args))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        calendar::compute(self.name(), args, year)
    }

    /// `fiscal_year(day, 7) = 2026` is `day >= '2025-07-01' AND day < '2026-07-01'`, which files can be pruned by.
    fn preimage(&self, args: &[Expr], literal: &Expr, info: &SimplifyContext) -> Result<PreimageResult> {
        let [date, first_month] = take_function_args(self.name(), args)?;
        let data_type = info.get_data_type(date)?;
        let bounds = || {
            let fiscal_year = i32::try_from(whole_number(literal)?).ok()?;
            let first_month = u32::try_from(whole_number(first_month)?).ok()?;
            let bound = |fiscal_year| midnight(first_day(fiscal_year, first_month)?, &data_type);
            Interval::try_new(bound(fiscal_year)?, bound(fiscal_year.checked_add(1)?)?).ok()
        };
        Ok(match bounds() {
            Some(interval) => PreimageResult::Range { expr: date.clone(), interval: Box::new(interval) },
            None => PreimageResult::None,
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

fn whole_number(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Literal(value, _) if value.data_type().is_integer() => {
            match value.cast_to(&DataType::Int64).ok()? {
                ScalarValue::Int64(number) => number,
                _ => None,
            }
        }
        _ => None,
    }
}

/// The beginning of a day, in the type of the column. `None` where a time zone decides when that is.
fn midnight(day: NaiveDate, data_type: &DataType) -> Option<ScalarValue> {
    match data_type {
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, None) => {
            ScalarValue::Date32(Some(Date32Type::from_naive_date(day))).cast_to(data_type).ok()
        }
        _ => None,
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::FISCAL_CALENDAR,
        "The fiscal year of a date, named after the calendar year in which it ends. NULL if an argument is NULL. In \
         WHERE, a comparison with a constant year becomes one of dates, so that files are still pruned.",
        "fiscal_year(date, first_month)",
    )
    .with_sql_example("```sql\nSELECT fiscal_year(DATE '2025-07-01', 7);\n-- 2026\n```")
    .with_argument("date", "A date or a timestamp.")
    .with_argument("first_month", "The month in which the fiscal year begins: 1 (January) to 12.")
    .with_related_udf("fiscal_quarter")
    .with_related_udf("fiscal_period")
    .build()
});
