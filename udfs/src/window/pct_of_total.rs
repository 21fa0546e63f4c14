//! `pct_of_total`: each row's percentage of its partition's total, so that the percentages add to exactly 100.
//!
//! The splitting is in `largest_remainder`.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{ArrayRef, Decimal128Array},
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::{
        Documentation, PartitionEvaluator, Signature, Volatility, WindowUDF, WindowUDFImpl,
        function::{PartitionEvaluatorArgs, WindowUDFFieldArgs},
    },
};

use super::{
    amounts::Amounts,
    largest_remainder::{SplitError, split},
};
use crate::{
    FunctionError,
    aggregate::{argument::number_type, exact::arguments},
    decimal::{PCT_SCALE, PRECISION_MAX, fits_precision, pow10_i128},
    scalar::MARGINS,
};

const NAME: &str = "pct_of_total";

/// A hundred percent in units of 0.0001.
const HUNDRED_PCT: i128 = pow10_i128(2 + PCT_SCALE as u8);

/// Like every percentage; a value may be many times the total if others are negative.
const TYPE: DataType = DataType::Decimal128(PRECISION_MAX, PCT_SCALE);

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        MARGINS,
        "x as a percentage of the total of the partition, with four decimals. Rounded by largest remainder, so that the \
         percentages of a partition add to exactly 100.0000; among equal remainders the row that comes first in the \
         window's ORDER BY is rounded up. A negative x in a positive total has a negative percentage, and the sum is \
         still 100.0000. NULL if x is NULL; NULL on every row if the total is zero or negative.",
        "pct_of_total(x) OVER ([PARTITION BY …] [ORDER BY …])",
    )
    .with_sql_example(
        "```sql\nSELECT segment, pct_of_total(revenue) OVER (ORDER BY segment) AS share FROM segments;\n```",
    )
    .with_argument("x", "An integer, decimal or double.")
    .with_related_udf("allocate")
    .build()
});

/// The window function `pct_of_total`.
pub(super) fn pct_of_total() -> WindowUDF {
    PctOfTotal { signature: Signature::user_defined(Volatility::Immutable) }.into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct PctOfTotal {
    signature: Signature,
}

impl WindowUDFImpl for PctOfTotal {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(arg_types.iter().map(number_type).collect())
    }

    fn field(&self, field_args: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        let [x] = field_args.input_fields() else { return Err(wrong_arity(field_args.input_fields().len())) };
        arguments(NAME, [x.data_type()])?;
        Ok(Arc::new(Field::new(field_args.name(), TYPE, true)))
    }

    fn partition_evaluator(&self, _args: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(PctOfTotalEvaluator))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

fn wrong_arity(found: usize) -> DataFusionError {
    FunctionError::new(format!("`{NAME}` takes one argument, but was called with {found}"))
        .with_help("call it as `pct_of_total(x) over (partition by …)`")
        .into()
}

#[derive(Debug)]
struct PctOfTotalEvaluator;

impl PartitionEvaluator for PctOfTotalEvaluator {
    fn evaluate_all(&mut self, values: &[ArrayRef], num_rows: usize) -> Result<ArrayRef> {
        let [x, ..] = values else { return Err(wrong_arity(0)) };
        let amounts = Amounts::new(x, NAME)?;
        match split(HUNDRED_PCT, &amounts.units) {
            Ok(shares) if shares.iter().all(|share| fits_precision(*share, PRECISION_MAX)) => {
                Ok(Arc::new(Decimal128Array::new(shares.into(), amounts.nulls.cloned()).with_data_type(TYPE)))
            }
            Err(SplitError::NoWeight) => Ok(arrow::array::new_null_array(&TYPE, num_rows)),
            Ok(_) | Err(SplitError::TooLarge) => Err(FunctionError::new(format!(
                "`{NAME}` met an amount that is too many times the total for DECIMAL(38, 4)"
            ))
            .with_help("the total is almost zero; look at the negative amounts, or filter them")
            .into()),
        }
    }
}
