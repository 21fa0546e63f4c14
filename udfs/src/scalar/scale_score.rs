//! `scale_score(x, worst, best)`: a number on a line from 0 to 100, as a component of a health score.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, FieldRef, i256};
use datafusion::{
    common::utils::take_function_args,
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use super::quantity::{SCORE_SCALE, SCORE_TYPE, compute_rows, overflow, quantity_types};
use crate::{
    FunctionError,
    decimal::{pow10_i128, quotient, rescale_256},
};

const NAME: &str = "scale_score";

/// A hundred in units of a score.
const HUNDRED: i128 = pow10_i128(2 + SCORE_SCALE as u8);

/// Where x lies between worst and best, from 0 to 100. NULL when an argument is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct ScaleScore {
    signature: Signature,
}

impl ScaleScore {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for ScaleScore {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        quantity_types(NAME, &take_function_args::<3, _>(NAME, arg_types)?.map(DataType::clone))
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(SCORE_TYPE)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let nullable = args.arg_fields.iter().any(|field| field.is_nullable());
        Ok(Arc::new(Field::new(NAME, SCORE_TYPE, nullable)))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        compute_rows(NAME, &args, |quantities, row| {
            let scale = quantities.iter().map(|quantity| quantity.scale).fold(0, i8::max);
            let mut values = [i256::ZERO; 3];
            for (value, quantity) in values.iter_mut().zip(quantities) {
                let Some(units) = quantity.units(row) else { return Ok(None) };
                *value = rescale_256(i256::from_i128(units), quantity.scale, scale)
                    .ok_or_else(|| overflow(NAME, quantities, row))?;
            }
            let [x, worst, best] = values;
            if worst == best {
                let text = quantities.get(1).map_or_else(String::new, |worst| worst.text(row));
                return Err(no_line(&text));
            }
            if worst < best && x <= worst || worst > best && x >= worst {
                return Ok(Some(0));
            }
            if worst < best && x >= best || worst > best && x <= best {
                return Ok(Some(HUNDRED));
            }
            // Between the two, so neither the differences nor the quotient leave their bits.
            let (part, whole) = (x.wrapping_sub(worst), best.wrapping_sub(worst));
            quotient((part, 0), (whole, 0), 2 + SCORE_SCALE)
                .map(Some)
                .ok_or_else(|| overflow(NAME, quantities, row))
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

fn no_line(worst: &str) -> DataFusionError {
    FunctionError::new(format!("`{NAME}` met `{worst}` as worst and as best"))
        .with_help("give two different numbers: the one that scores 0 and the one that scores 100")
        .into()
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::CUSTOMER_METRICS,
        "100 × (x − worst) / (best − worst), and 0 or 100 outside of the two: a score of a customer's health as \
         DECIMAL(7,4), rounded once, half away from zero. worst may exceed best, as for days since the last login. \
         NULL when an argument is NULL. worst = best is an error.",
        "scale_score(x, worst, best)",
    )
    .with_sql_example("```sql\nSELECT scale_score(3, 10, 0), scale_score(40, -100, 100);\n-- 70.0000, 70.0000\n```")
    .with_argument("x", "What is measured: an integer, decimal or double.")
    .with_argument("worst", "The x that scores 0.")
    .with_argument("best", "The x that scores 100.")
    .with_related_udf("health_score")
    .build()
});
