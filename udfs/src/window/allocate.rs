//! `allocate`: splits a pool over the rows of a partition in proportion to a driver, to the last cent.
//!
//! The splitting is in `largest_remainder`; how `digits` becomes part of the type, in `allocate_digits`.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{ArrayRef, Decimal128Array},
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{
    common::ScalarValue,
    error::{DataFusionError, Result},
    logical_expr::{
        Documentation, PartitionEvaluator, Signature, Volatility, WindowUDF, WindowUDFImpl,
        function::{ExpressionArgs, PartitionEvaluatorArgs, WindowUDFFieldArgs},
    },
    physical_expr::{PhysicalExpr, expressions::Literal},
    physical_expr_common::physical_expr::fmt_sql,
};

use super::{
    amounts::Amounts,
    largest_remainder::{SplitError, split},
};
use crate::{
    FunctionError,
    aggregate::{argument::number_type, exact::arguments},
    decimal::{PRECISION_MAX, format_units, pow10_i128, rescale},
    scalar::ALLOCATION,
};

/// Shares are cents unless the call says otherwise.
pub(super) const DIGITS_DEFAULT: i8 = 2;

pub(super) const NAME: &str = "allocate";

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        ALLOCATION,
        "Splits the pool over the rows of the partition in proportion to the driver, exactly: every share is rounded \
         down to `digits` decimals and the units left over go one each to the largest remainders. Among equal \
         remainders the row that comes first in the window's ORDER BY gets the unit; without ORDER BY, the order in \
         which the rows happen to arrive decides. A negative pool gives the mirror image of the positive one. \
         The result is DECIMAL(38, digits). A driver of zero or NULL gets zero; a negative driver is an error. \
         NULL on every row if the pool is NULL, or if all drivers are zero or NULL.",
        "allocate(pool, driver [, digits]) OVER (PARTITION BY … [ORDER BY …])",
    )
    .with_sql_example(
        "```sql\nSELECT customer, allocate(support_cost, minutes) OVER (PARTITION BY month ORDER BY customer) AS cost\n\
         FROM handling;\n```",
    )
    .with_argument("pool", "The amount to split, the same on every row of the partition.")
    .with_argument("driver", "What each row's share is in proportion to, for example handling minutes.")
    .with_argument("digits", "The decimals of the shares, a literal from 0 to 18. Default 2.")
    .with_related_udf("pct_of_total")
    .build()
});

/// The window function `allocate`.
pub(super) fn allocate() -> WindowUDF {
    Allocate { signature: Signature::user_defined(Volatility::Immutable) }.into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Allocate {
    signature: Signature,
}

impl WindowUDFImpl for Allocate {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(match arg_types {
            [pool, driver, digits] => vec![number_type(pool), number_type(driver), digits.clone()],
            _ => arg_types.iter().map(number_type).collect(),
        })
    }

    fn field(&self, field_args: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        let types: Vec<_> = field_args.input_fields().iter().map(|field| field.data_type()).collect();
        let digits = match types.as_slice() {
            [_, _] => DIGITS_DEFAULT,
            [_, _, DataType::Decimal128(_, digits)] => *digits,
            // Not yet rewritten by `AllocateDigits`, which knows the value.
            [_, _, digits] if digits.is_integer() => DIGITS_DEFAULT,
            [_, _, _] => return Err(super::allocate_digits::not_digits()),
            _ => return Err(wrong_arity(types.len())),
        };
        arguments(NAME, types.into_iter().take(2))?;
        Ok(Arc::new(Field::new(field_args.name(), DataType::Decimal128(PRECISION_MAX, digits), true)))
    }

    /// The digits are known from the type; as an array they would cost 16 bytes per row.
    fn expressions(&self, expr_args: ExpressionArgs<'_>) -> Vec<Arc<dyn PhysicalExpr>> {
        expr_args.input_exprs().iter().take(2).cloned().collect()
    }

    fn partition_evaluator(&self, args: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        let digits = match args.input_exprs().get(2).map(|digits| digits.downcast_ref::<Literal>()) {
            None => DIGITS_DEFAULT,
            Some(Some(literal)) => match literal.value() {
                ScalarValue::Decimal128(Some(1), _, digits) => *digits,
                _ => return Err(super::allocate_digits::not_digits()),
            },
            Some(None) => return Err(super::allocate_digits::not_digits()),
        };
        let driver =
            args.input_exprs().get(1).map_or_else(String::new, |expr| fmt_sql(expr.as_ref()).to_string());
        Ok(Box::new(AllocateEvaluator { digits, driver }))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

fn wrong_arity(found: usize) -> DataFusionError {
    FunctionError::new(format!("`{NAME}` cannot be called with {found} arguments"))
        .with_help("call it as `allocate(pool, driver) over (partition by …)` or with digits: `allocate(pool, driver, 3)`")
        .into()
}

#[derive(Debug)]
struct AllocateEvaluator {
    digits: i8,
    /// The driver as SQL, for messages.
    driver: String,
}

impl PartitionEvaluator for AllocateEvaluator {
    fn evaluate_all(&mut self, values: &[ArrayRef], num_rows: usize) -> Result<ArrayRef> {
        let [pool, driver, ..] = values else { return Err(wrong_arity(values.len())) };
        let drivers = Amounts::new(driver, NAME)?;
        if let Some(negative) = drivers.units.iter().find(|units| **units < 0) {
            let (driver, value) = (&self.driver, format_units(*negative, drivers.scale));
            return Err(FunctionError::new(format!(
                "`{NAME}` met the negative driver `{value}` in `{driver}`"
            ))
            .with_help(format!("use `greatest({driver}, 0)`, or leave such rows out"))
            .into());
        }
        let data_type = DataType::Decimal128(PRECISION_MAX, self.digits);
        let null = || Ok(arrow::array::new_null_array(&data_type, num_rows));
        let Some(pool) = self.pool(&Amounts::new(pool, NAME)?)? else { return null() };
        let shares = match split(pool.abs(), &drivers.units) {
            Ok(shares) if pool < 0 => shares.into_iter().map(|share| -share).collect(),
            Ok(shares) => shares,
            // No share is larger than the pool, so that only the weights can be missing.
            Err(SplitError::NoWeight | SplitError::TooLarge) => return null(),
        };
        Ok(Arc::new(Decimal128Array::from(shares).with_data_type(data_type)))
    }
}

impl AllocateEvaluator {
    /// The pool in units of a share, if it is the same on every row.
    fn pool(&self, pools: &Amounts<'_>) -> Result<Option<i128>> {
        let row =
            |row: usize| (!pools.nulls.is_some_and(|nulls| nulls.is_null(row))).then(|| pools.units[row]);
        let Some(first) = pools.units.first() else { return Ok(None) };
        // NULLs are zeros among the units, so that comparing the units finds all but the NULLs.
        let units_differ = pools.units.iter().position(|units| units != first);
        let nulls_differ = || match pools.nulls {
            Some(nulls) if nulls.null_count() < nulls.len() => (0..nulls.len()).find(|at| row(*at) != row(0)),
            _ => None,
        };
        if let Some(other) = units_differ.or_else(nulls_differ) {
            let text =
                |at| row(at).map_or_else(|| "NULL".to_owned(), |units| format_units(units, pools.scale));
            let (one, another) = (text(0), text(other));
            return Err(FunctionError::new(format!(
                "`{NAME}` met two pools in one partition: `{one}` and `{another}`"
            ))
            .with_help("the pool must be the same on all rows of a partition; partition by what tells the pools apart")
            .into());
        }
        row(0).map(|units| self.minor_units(units, pools.scale)).transpose()
    }

    /// Nothing of the pool may be lost: digits beyond those of the shares are an error.
    fn minor_units(&self, pool: i128, scale: i8) -> Result<i128> {
        let (digits, text) = (self.digits, format_units(pool, scale));
        let loses_digits = match scale.saturating_sub(digits) {
            ..=0 => false,
            excess if excess <= PRECISION_MAX as i8 => pool % pow10_i128(excess as u8) != 0,
            _ => pool != 0,
        };
        if loses_digits {
            return Err(FunctionError::new(format!(
                "`{NAME}` cannot split `{text}` into shares of {digits} decimals, because digits would be lost"
            ))
            .with_help(format!(
                "round the pool, `allocate(round(pool, {digits}), driver)`, or ask for more digits: \
                 `allocate(pool, driver, {scale})`"
            ))
            .into());
        }
        rescale(pool, scale, digits)
            .filter(|units| units.unsigned_abs() < pow10_i128(PRECISION_MAX).unsigned_abs())
            .ok_or_else(|| {
                FunctionError::new(format!(
                    "`{NAME}` cannot split `{text}`: with {digits} decimals it has more than 38 digits"
                ))
                .with_help("ask for fewer digits, or split the pool in thousands")
                .into()
            })
    }
}
