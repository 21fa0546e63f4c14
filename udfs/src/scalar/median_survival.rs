//! `median_survival(curve)`: the time at which half of the customers have left.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{ArrayRef, AsArray, Float64Array},
    datatypes::{DataType, Float64Type},
};
use datafusion::{
    common::{ScalarValue, utils::take_function_args},
    error::Result,
    logical_expr::{ColumnarValue, Documentation, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};

use crate::{FunctionError, aggregate::STATISTICS, statistics::kaplan_meier::median};

/// The first time at which at most half are left. NULL if it never comes, or the curve is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct MedianSurvival {
    signature: Signature,
}

impl MedianSurvival {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// Whether this is a curve of `kaplan_meier`, or NULL.
fn is_curve(data_type: &DataType) -> bool {
    let DataType::List(item) = data_type else { return data_type == &DataType::Null };
    let DataType::Struct(fields) = item.data_type() else { return false };
    let is_double =
        |name: &str| fields.find(name).is_some_and(|(_, field)| field.data_type() == &DataType::Float64);
    is_double("time") && is_double("survival")
}

impl ScalarUDFImpl for MedianSurvival {
    fn name(&self) -> &str {
        "median_survival"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [curve] = take_function_args(self.name(), arg_types)?;
        if is_curve(curve) {
            return Ok(vec![curve.clone()]);
        }
        Err(FunctionError::new(format!("`median_survival` takes a survival curve, not {curve}"))
            .with_help("call it as `median_survival(kaplan_meier(duration, churned))`")
            .into())
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [curve] = take_function_args(self.name(), args.args)?;
        if curve.data_type() == DataType::Null {
            return Ok(ColumnarValue::Scalar(ScalarValue::Float64(None)));
        }
        Ok(match curve {
            ColumnarValue::Array(curves) => ColumnarValue::Array(Arc::new(medians(&curves))),
            ColumnarValue::Scalar(curve) => {
                ColumnarValue::Scalar(ScalarValue::try_from_array(&medians(&curve.to_array()?), 0)?)
            }
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

fn medians(curves: &ArrayRef) -> Float64Array {
    let median_of = |curve: ArrayRef| {
        let steps = curve.as_struct();
        let column = |name| steps.column_by_name(name).map(|column| column.as_primitive::<Float64Type>());
        let (times, survival) = (column("time")?, column("survival")?);
        median(times.iter().zip(survival).filter_map(|(time, survival)| Some((time?, survival?))))
    };
    curves.as_list::<i32>().iter().map(|curve| median_of(curve?)).collect()
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        STATISTICS,
        "The median of a survival curve of `kaplan_meier`, as a DOUBLE in the unit of its durations: the first time at which at \
         most half of the customers are left. NULL if more than half stay to the end, or the curve is NULL.",
        "median_survival(curve)",
    )
    .with_sql_example("```sql\nSELECT median_survival(kaplan_meier(months, churned))\nFROM (VALUES (1, true), (1, true), (4, true), (5, true), (6, false), (9, true), (9, false), (22, true)) AS t(months, churned);\n-- 5.0\n```")
    .with_argument("curve", "A LIST of STRUCT(time, survival, …) in the order of time, as `kaplan_meier` gives it.")
    .with_related_udf("kaplan_meier")
    .build()
});
