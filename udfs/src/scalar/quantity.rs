//! Arguments that are computed with row by row: exact units of 128 bits, one element for all rows if it is a scalar.
//!
//! For functions of a few customers and many arguments; where every nanosecond counts, `kernel` has the loops.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, Decimal128Array},
    datatypes::{DataType, Decimal128Type, Decimal256Type, Field, FieldRef, Int64Type, i256},
};
use datafusion::{
    common::ScalarValue,
    error::{DataFusionError, Result},
    logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs},
};

use crate::{
    FunctionError,
    decimal::{PRECISION_MAX, PRODUCT_SCALE_MAX, RATIO_SCALE_MIN, format_units},
    numeric::{exact, exact_type, precision_and_scale, require_readable},
};

/// Scores from 0 to 100 have four decimals, like percentages, and never more digits.
pub(super) const SCORE_TYPE: DataType = DataType::Decimal128(7, SCORE_SCALE);
/// See [`SCORE_TYPE`].
pub(super) const SCORE_SCALE: i8 = 4;

/// What all arguments are read as.
pub(super) fn quantity_types(function: &str, arg_types: &[DataType]) -> Result<Vec<DataType>> {
    arg_types.iter().map(|data_type| require_readable(data_type, function)).collect()
}

/// The type of a quotient of these: that of `/`, which has the decimals of the finest, at least 10 and at most 18.
pub(super) fn quotient_type(arg_types: &[DataType]) -> DataType {
    let scale = |data_type| precision_and_scale(&exact_type(data_type)).1;
    let finest = arg_types.iter().map(scale).fold(0, i8::max);
    DataType::Decimal128(PRECISION_MAX, finest.clamp(RATIO_SCALE_MIN, PRODUCT_SCALE_MAX))
}

/// The field of such a quotient, which may be NULL whatever its arguments are.
pub(super) fn quotient_field(function: &str, args: &ReturnFieldArgs) -> FieldRef {
    let types: Vec<_> = args.arg_fields.iter().map(|field| field.data_type().clone()).collect();
    Arc::new(Field::new(function, quotient_type(&types), true))
}

/// One argument.
#[derive(Debug)]
pub(super) struct Quantity {
    units: Decimal128Array,
    /// The decimals of the units.
    pub(super) scale: i8,
    /// How far the next row's element is: 0 of a scalar.
    step: usize,
}

impl Quantity {
    fn new(value: &ColumnarValue, function: &str) -> Result<Self> {
        let value = exact(value, function)?;
        let (_, scale) = precision_and_scale(&value.data_type());
        let (array, step) = match value {
            ColumnarValue::Array(array) => (array, 1),
            ColumnarValue::Scalar(scalar) => (scalar.to_array()?, 0),
        };
        let units = match array.data_type() {
            DataType::Int64 => array.as_primitive::<Int64Type>().unary(i128::from),
            DataType::Decimal256(_, _) => array
                .as_primitive::<Decimal256Type>()
                .try_unary(|units: i256| units.to_i128().ok_or_else(|| too_large(function)))?,
            _ => array.as_primitive::<Decimal128Type>().clone(),
        };
        Ok(Self { units, scale, step })
    }

    /// The units in a row, unless it is NULL.
    pub(super) fn units(&self, row: usize) -> Option<i128> {
        let element = row * self.step;
        (!self.units.is_null(element)).then(|| self.units.value(element))
    }

    /// The value in a row, for messages.
    pub(super) fn text(&self, row: usize) -> String {
        self.units(row).map_or_else(|| String::from("NULL"), |units| format_units(units, self.scale))
    }
}

fn too_large(function: &str) -> DataFusionError {
    FunctionError::new(format!("`{function}` met an amount of more than 38 digits"))
        .with_help("cast it to DECIMAL(38, 4), or to fewer decimals")
        .into()
}

/// Computes a value of the return type for each row; `None` is NULL.
pub(super) fn compute_rows(
    function: &str,
    args: &ScalarFunctionArgs,
    compute: impl Fn(&[Quantity], usize) -> Result<Option<i128>>,
) -> Result<ColumnarValue> {
    let scalar = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
    let rows = if scalar { 1 } else { args.number_rows };
    let quantities = args.args.iter().map(|arg| Quantity::new(arg, function)).collect::<Result<Vec<_>>>()?;
    let values = (0..rows).map(|row| compute(&quantities, row)).collect::<Result<Decimal128Array>>()?;
    let values = values.with_data_type(args.return_field.data_type().clone());
    Ok(match scalar {
        true => ColumnarValue::Scalar(ScalarValue::try_from_array(&values, 0)?),
        false => ColumnarValue::Array(Arc::new(values)),
    })
}

/// The error for a result that its type cannot hold.
pub(super) fn overflow(function: &str, quantities: &[Quantity], row: usize) -> DataFusionError {
    let values: Vec<_> = quantities.iter().map(|quantity| format!("`{}`", quantity.text(row))).collect();
    FunctionError::new(format!(
        "`{function}` of {} has more digits than DECIMAL(38) can hold",
        values.join(", ")
    ))
    .with_help("cast the arguments to fewer decimals, for example `cast(x as decimal(18, 4))`")
    .into()
}
