//! `rfm_score`: which fifth of the customers a customer is in, by recency, frequency or money.
//!
//! A window function sees its argument in the window's order, and not what the window is ordered by. So equal rows are
//! those with an equal argument, and `ordered` makes sure that there is an ORDER BY.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, make_comparator},
    buffer::NullBuffer,
    compute::{SortOptions, partition},
    datatypes::{DataType, Field, FieldRef, Float64Type},
    util::display::array_value_to_string,
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::{
        Documentation, PartitionEvaluator, Signature, Volatility, WindowUDF, WindowUDFImpl,
        function::{PartitionEvaluatorArgs, WindowUDFFieldArgs},
    },
};

use crate::{FunctionError, scalar::CUSTOMER_METRICS};

pub(super) const NAME: &str = "rfm_score";

/// Scores go from 1 to 5.
const SCORES: usize = 5;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        CUSTOMER_METRICS,
        "A score from 1 to 5 by the place of x in the window's order: 1 + floor(5 × (number of rows strictly worse) / \
         (number of rows)), where what comes last is best. Rows with an equal x always get the same score, so the fifths \
         are not equally large where values repeat; NTILE would split such rows by luck. Order by x, and by x DESC where \
         less is better: for days since the last order, `rfm_score(days) OVER (ORDER BY days DESC)`. \
         NULL if x is NULL; such rows are not counted. A window that is not ordered by x is an error.",
        "rfm_score(x) OVER ([PARTITION BY …] ORDER BY x)",
    )
    .with_sql_example(
        "```sql\nSELECT customer, rfm_score(days) OVER (ORDER BY days DESC) AS recency,\n\
         \x20      rfm_score(orders) OVER (ORDER BY orders) AS frequency,\n\
         \x20      rfm_score(amount) OVER (ORDER BY amount) AS money\n\
         FROM customers;\n```",
    )
    .with_argument("x", "What is scored: a number, a date or text; anything that can be ordered.")
    .with_related_udf("whale_curve")
    .build()
});

/// The window function `rfm_score`.
pub(super) fn rfm_score() -> WindowUDF {
    RfmScore { signature: Signature::user_defined(Volatility::Immutable) }.into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct RfmScore {
    signature: Signature,
}

impl WindowUDFImpl for RfmScore {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        match arg_types {
            [DataType::Null] => Ok(vec![DataType::Int64]),
            [x] => Ok(vec![x.clone()]),
            _ => Err(wrong_arity(arg_types.len())),
        }
    }

    fn field(&self, field_args: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        let nullable = field_args.input_fields().iter().any(|field| field.is_nullable());
        Ok(Arc::new(Field::new(field_args.name(), DataType::Int64, nullable)))
    }

    fn partition_evaluator(&self, _args: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(RfmScoreEvaluator))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

fn wrong_arity(found: usize) -> DataFusionError {
    FunctionError::new(format!("`{NAME}` takes one argument, but was called with {found}"))
        .with_help("call it as `rfm_score(x) over (order by x)`")
        .into()
}

#[derive(Debug)]
struct RfmScoreEvaluator;

impl PartitionEvaluator for RfmScoreEvaluator {
    fn evaluate_all(&mut self, values: &[ArrayRef], num_rows: usize) -> Result<ArrayRef> {
        let Some(x) = values.first() else { return Err(wrong_arity(0)) };
        let x = &without_negative_zero(x);
        let peers = partition(std::slice::from_ref(x))?.ranges();
        let nulls = x.logical_nulls().filter(|nulls| nulls.null_count() > 0);
        let is_valid = |row: usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
        require_order(x, peers.iter().map(|peers| peers.start).filter(|row| is_valid(*row)))?;
        let rows = num_rows - nulls.as_ref().map_or(0, NullBuffer::null_count);
        let mut scores = Vec::with_capacity(num_rows);
        let mut worse = 0;
        for peers in peers {
            if !is_valid(peers.start) {
                scores.resize(peers.end, 0);
                continue;
            }
            // Fewer than all rows are worse, so the score is at most five.
            let score = i64::try_from(1 + SCORES * worse / rows).unwrap_or_default();
            scores.resize(peers.end, score);
            worse += peers.len();
        }
        Ok(Arc::new(Int64Array::new(scores.into(), nulls)))
    }
}

/// Arrow tells −0 from 0; a score does not.
fn without_negative_zero(x: &ArrayRef) -> ArrayRef {
    match x.as_primitive_opt::<Float64Type>() {
        Some(doubles) => Arc::new(doubles.unary::<_, Float64Type>(|double| double + 0.0)),
        None => Arc::clone(x),
    }
}

/// Checks that x only rises, or only falls, from one group of equal rows to the next.
fn require_order(x: &ArrayRef, firsts: impl Iterator<Item = usize>) -> Result<()> {
    let compare = make_comparator(x, x, SortOptions::default())?;
    let mut before: Option<usize> = None;
    let mut direction = None;
    for row in firsts {
        if let Some(before) = before {
            let step = compare(before, row);
            // Equal rows that are apart are out of order too.
            if step.is_eq() || *direction.get_or_insert(step) != step {
                return Err(not_ordered(&array_value_to_string(x, before)?, &array_value_to_string(x, row)?));
            }
        }
        before = Some(row);
    }
    Ok(())
}

fn not_ordered(before: &str, after: &str) -> DataFusionError {
    FunctionError::new(format!("`{NAME}` met `{after}` after `{before}` in a window that is not ordered by its argument"))
        .with_help(
            "order by what is scored: `rfm_score(x) over (order by x)`, or `over (order by x desc)` where less is better",
        )
        .into()
}
