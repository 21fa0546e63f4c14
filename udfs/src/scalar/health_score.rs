//! `health_score(score, weight, …)`: the weighted mean of the scores that are known.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, FieldRef, i256};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use super::quantity::{Quantity, SCORE_SCALE, SCORE_TYPE, compute_rows, overflow, quantity_types};
use crate::{
    FunctionError,
    decimal::{quotient, rescale_256},
};

const NAME: &str = "health_score";

/// Σ weight × score / Σ weight over the components that are not NULL. NULL when none is.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct HealthScore {
    signature: Signature,
}

impl HealthScore {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for HealthScore {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        if arg_types.is_empty() || arg_types.len() % 2 == 1 {
            let found = arg_types.len();
            return Err(FunctionError::new(format!(
                "`{NAME}` takes pairs of a score and a weight, but was called with {found} arguments"
            ))
            .with_help("call it as `health_score(usage, 0.6, support, 0.4)`")
            .into());
        }
        quantity_types(NAME, arg_types)
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(SCORE_TYPE)
    }

    fn return_field_from_args(&self, _args: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(NAME, SCORE_TYPE, true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        compute_rows(NAME, &args, |quantities, row| {
            let scale = |index: usize| {
                let scales = quantities.iter().skip(index).step_by(2).map(|quantity| quantity.scale);
                scales.fold(0, i8::max)
            };
            Components { quantities, row, score_scale: scale(0), weight_scale: scale(1) }.mean()
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

/// The scores and weights of a row, and the scales that have the decimals of all.
struct Components<'a> {
    quantities: &'a [Quantity],
    row: usize,
    score_scale: i8,
    weight_scale: i8,
}

impl Components<'_> {
    fn mean(&self) -> Result<Option<i128>> {
        let (mut weighted, mut known_weight) = (i256::ZERO, i256::ZERO);
        let mut any_weight = false;
        let mut given = 0;
        for (component, pair) in self.quantities.chunks_exact(2).enumerate() {
            let [score, weight] = pair else { continue };
            let weight = weight.units(self.row).map(|units| (units, weight.scale));
            if let Some((units, _)) = weight {
                if units < 0 {
                    return Err(self.negative_weight(component));
                }
                given += 1;
                any_weight |= units > 0;
            }
            let (Some(units), Some((weight, from))) = (score.units(self.row), weight) else { continue };
            let at = |units, from, to| {
                rescale_256(i256::from_i128(units), from, to).ok_or_else(|| self.overflow())
            };
            let units = at(units, score.scale, self.score_scale)?;
            let hundred = at(100, 0, self.score_scale)?;
            if units.is_negative() || units > hundred {
                return Err(self.no_score(component));
            }
            let weight = at(weight, from, self.weight_scale)?;
            weighted = weight
                .checked_mul(units)
                .and_then(|product| weighted.checked_add(product))
                .ok_or_else(|| self.overflow())?;
            known_weight = known_weight.checked_add(weight).ok_or_else(|| self.overflow())?;
        }
        if given > 0 && !any_weight {
            return Err(no_weight());
        }
        if !known_weight.is_positive() {
            return Ok(None);
        }
        let (score_scale, weight_scale) = (i16::from(self.score_scale), i16::from(self.weight_scale));
        quotient((weighted, score_scale + weight_scale), (known_weight, weight_scale), SCORE_SCALE)
            .map(Some)
            .ok_or_else(|| self.overflow())
    }

    fn text(&self, argument: usize) -> String {
        self.quantities.get(argument).map_or_else(String::new, |quantity| quantity.text(self.row))
    }

    fn negative_weight(&self, component: usize) -> DataFusionError {
        let weight = self.text(2 * component + 1);
        FunctionError::new(format!("`{NAME}` met the negative weight `{weight}` of score {}", component + 1))
            .with_help(
                "a weight is 0 or more; for what is bad in large numbers use `scale_score(x, worst, best)`",
            )
            .into()
    }

    fn no_score(&self, component: usize) -> DataFusionError {
        let score = self.text(2 * component);
        FunctionError::new(format!(
            "`{NAME}` met `{score}` as score {}, which is not between 0 and 100",
            component + 1
        ))
        .with_help("bring it to 0 to 100 with `scale_score(x, worst, best)`")
        .into()
    }

    fn overflow(&self) -> DataFusionError {
        overflow(NAME, self.quantities, self.row)
    }
}

fn no_weight() -> DataFusionError {
    FunctionError::new(format!("`{NAME}` met weights that add to zero"))
        .with_help("give at least one component a weight of more than 0")
        .into()
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::CUSTOMER_METRICS,
        "The health of a customer: Σ weight × score / Σ weight, from 0 to 100 as DECIMAL(7,4), rounded once, half away \
         from zero. A component whose score or weight is NULL is left out and the other weights count for more: a score \
         that is not known is neither 0 nor 50. NULL when no component with a weight is known. \
         A score outside of 0 to 100, a negative weight, or weights that are all 0 are an error.",
        "health_score(score, weight [, score, weight …])",
    )
    .with_sql_example(
        "```sql\nSELECT health_score(80, 0.4, 50, 0.2, NULL, 0.2, 90, 0.2);\n-- 75.0000\n```",
    )
    .with_argument("score", "A component of the health, 0 to 100: an integer, decimal or double; see `scale_score`.")
    .with_argument("weight", "How much the component counts, 0 or more. Weights need not add to 1.")
    .with_related_udf("scale_score")
    .build()
});
