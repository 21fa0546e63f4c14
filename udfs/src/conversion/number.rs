//! Converts arrays of numbers, with the rounding of `crate::decimal`. Knows nothing of lists and of SQL functions.

use std::{fmt::Display, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, Decimal128Array, Decimal256Array, PrimitiveArray},
    compute::cast,
    datatypes::{
        DataType, Decimal128Type, Decimal256Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
        Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type, i256,
    },
};
use datafusion::error::{DataFusionError, Result};

use crate::{
    FunctionError,
    decimal::{
        PRECISION_256_MAX, PRECISION_MAX, double_units, fits_precision, fits_precision_256, format_units,
        format_units_256, nearest_double, nearest_integer, rescale, rescale_256, single_units,
    },
};

/// The number of decimals; none if it is not a decimal.
pub(super) fn scale(data_type: &DataType) -> i8 {
    match data_type {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => *scale,
        _ => 0,
    }
}

/// The same numbers in another type; `None` if these are not two types of numbers of which the first may have more digits.
pub(super) fn convert_numbers(array: &ArrayRef, to: &DataType, tries: bool) -> Result<Option<ArrayRef>> {
    let target = Target { to, tries };
    let from = array.data_type();
    Ok(Some(match from {
        DataType::Float16 | DataType::Float32 if to.is_decimal() => {
            let array = cast(array, &DataType::Float32)?;
            let scale = scale(to);
            target.decimals(
                array.as_primitive::<Float32Type>(),
                |value| single_units(value, scale),
                |value| value.to_string(),
            )?
        }
        DataType::Float64 if to.is_decimal() => {
            let scale = scale(to);
            target.decimals(
                array.as_primitive::<Float64Type>(),
                |value| double_units(value, scale),
                |value| value.to_string(),
            )?
        }
        _ if from.is_floating() && to.is_integer() => {
            let array = cast(array, &DataType::Float64)?;
            target
                .integers(array.as_primitive::<Float64Type>(), nearest_integer, |value| value.to_string())?
        }
        DataType::Decimal256(_, scale) => return target.of_wide(array, *scale),
        _ if from.is_decimal() => {
            let scale = scale(from);
            let array = cast(array, &DataType::Decimal128(PRECISION_MAX, scale))?;
            return target.of_narrow(array.as_primitive::<Decimal128Type>(), scale);
        }
        _ => return Ok(None),
    }))
}

/// What to convert to, and whether what does not fit is NULL.
struct Target<'a> {
    to: &'a DataType,
    tries: bool,
}

impl Target<'_> {
    fn of_narrow(&self, array: &Decimal128Array, from: i8) -> Result<Option<ArrayRef>> {
        let show = |units| format_units(units, from);
        Ok(Some(match self.to {
            to if to.is_integer() => self.integers(array, |units| rescale(units, from, 0), show)?,
            to if to.is_decimal() => {
                let scale = scale(to);
                let convert = |units| match rescale(units, from, scale) {
                    Some(units) => Some(i256::from_i128(units)),
                    None => rescale_256(i256::from_i128(units), from, scale),
                };
                self.decimals(array, convert, show)?
            }
            to if to.is_floating() => self.doubles(array, |units| nearest_double(units, from), show)?,
            _ => return Ok(None),
        }))
    }

    fn of_wide(&self, array: &ArrayRef, from: i8) -> Result<Option<ArrayRef>> {
        let array: &Decimal256Array = array.as_primitive::<Decimal256Type>();
        let show = |units| format_units_256(units, from);
        Ok(Some(match self.to {
            to if to.is_integer() => self.integers(
                array,
                |units| rescale_256(units, from, 0).and_then(|units| units.to_i128()),
                show,
            )?,
            to if to.is_decimal() => {
                let scale = scale(to);
                self.decimals(array, |units| rescale_256(units, from, scale), show)?
            }
            to if to.is_floating() => {
                self.doubles(array, |units| format_units_256(units, from).parse().ok(), show)?
            }
            _ => return Ok(None),
        }))
    }

    fn integers<T: ArrowPrimitiveType>(
        &self,
        array: &PrimitiveArray<T>,
        convert: impl Fn(T::Native) -> Option<i128>,
        show: impl Fn(T::Native) -> String,
    ) -> Result<ArrayRef> {
        macro_rules! integers {
            ($($data_type:ident => $target:ty),*) => {
                match self.to {
                    $(DataType::$data_type => self.all::<T, $target>(
                        array,
                        |value| convert(value)?.try_into().ok(),
                        show,
                    ),)*
                    other => Err(self.failure(other)),
                }
            };
        }
        integers!(
            Int8 => Int8Type, Int16 => Int16Type, Int32 => Int32Type, Int64 => Int64Type,
            UInt8 => UInt8Type, UInt16 => UInt16Type, UInt32 => UInt32Type, UInt64 => UInt64Type
        )
    }

    /// Whatever the width of the target, it is computed in the widest that it needs.
    fn decimals<T: ArrowPrimitiveType>(
        &self,
        array: &PrimitiveArray<T>,
        convert: impl Fn(T::Native) -> Option<i256>,
        show: impl Fn(T::Native) -> String,
    ) -> Result<ArrayRef> {
        match self.to {
            DataType::Decimal256(precision, scale) => {
                let fit = |units: &i256| fits_precision_256(*units, (*precision).min(PRECISION_256_MAX));
                let units = self.all::<T, Decimal256Type>(array, |value| convert(value).filter(fit), show)?;
                let units = units.as_primitive::<Decimal256Type>().clone();
                Ok(Arc::new(units.with_precision_and_scale(*precision, *scale)?))
            }
            DataType::Decimal32(precision, scale)
            | DataType::Decimal64(precision, scale)
            | DataType::Decimal128(precision, scale) => {
                let fit = |units: &i128| fits_precision(*units, *precision);
                let narrow = |value| convert(value)?.to_i128().filter(fit);
                let units = self.all::<T, Decimal128Type>(array, narrow, show)?;
                let units = units.as_primitive::<Decimal128Type>().clone();
                let units: ArrayRef = Arc::new(units.with_precision_and_scale(*precision, *scale)?);
                Ok(cast(&units, self.to)?)
            }
            other => Err(self.failure(other)),
        }
    }

    fn doubles<T: ArrowPrimitiveType>(
        &self,
        array: &PrimitiveArray<T>,
        convert: impl Fn(T::Native) -> Option<f64>,
        show: impl Fn(T::Native) -> String,
    ) -> Result<ArrayRef> {
        if *self.to == DataType::Float64 {
            return self.all::<T, Float64Type>(array, convert, show);
        }
        // From its digits: a double on the way would be rounded twice.
        let single = |value| show(value).parse().ok().filter(|single: &f32| single.is_finite());
        Ok(cast(&self.all::<T, Float32Type>(array, single, &show)?, self.to)?)
    }

    /// Converts value by value. What is not converted is NULL, or an error that shows the first such value.
    fn all<T: ArrowPrimitiveType, O: ArrowPrimitiveType>(
        &self,
        array: &PrimitiveArray<T>,
        convert: impl Fn(T::Native) -> Option<O::Native>,
        show: impl Fn(T::Native) -> String,
    ) -> Result<ArrayRef> {
        if self.tries {
            return Ok(Arc::new(array.unary_opt::<_, O>(convert)));
        }
        let converted = array.try_unary::<_, O, DataFusionError>(|value| {
            convert(value).ok_or_else(|| self.failure(show(value)))
        })?;
        Ok(Arc::new(converted))
    }

    fn failure(&self, value: impl Display) -> DataFusionError {
        FunctionError::new(format!("`{value}` does not fit in {}", sql_type(self.to)))
            .with_help(
                "cast to a wider type, such as `BIGINT` or `DECIMAL(38,4)`, or use `TRY_CAST` to get NULL",
            )
            .into()
    }
}

/// The type as SQL writes it.
fn sql_type(data_type: &DataType) -> String {
    let name = match data_type {
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INT",
        DataType::Int64 => "BIGINT",
        DataType::UInt8 => "TINYINT UNSIGNED",
        DataType::UInt16 => "SMALLINT UNSIGNED",
        DataType::UInt32 => "INT UNSIGNED",
        DataType::UInt64 => "BIGINT UNSIGNED",
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => return format!("DECIMAL({precision},{scale})"),
        other => return other.to_string(),
    };
    name.to_owned()
}
