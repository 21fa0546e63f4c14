//! Random columns of every exact type, and what their values are as big integers.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, Decimal128Array, Decimal256Array, new_null_array},
        compute::{cast, concat},
        datatypes::{DataType, Decimal128Type, Decimal256Type, Field, i256},
    },
    common::{ScalarValue, config::ConfigOptions},
    error::Result,
    logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF},
};
use num_bigint::BigInt;
use proptest::prelude::*;

/// One argument of a function: some rows, or one value for all of them.
#[derive(Debug, Clone)]
pub struct Argument {
    pub data_type: DataType,
    /// The units of each row.
    pub units: Vec<Option<i256>>,
    pub scalar: bool,
}

impl Argument {
    /// The exact value of a row, as units and their scale.
    pub fn value(&self, row: usize) -> Option<BigInt> {
        self.units[if self.scalar { 0 } else { row }].map(big)
    }

    pub fn scale(&self) -> i8 {
        match self.data_type {
            DataType::Decimal32(_, scale)
            | DataType::Decimal64(_, scale)
            | DataType::Decimal128(_, scale)
            | DataType::Decimal256(_, scale) => scale,
            _ => 0,
        }
    }

    /// The argument as the engine passes it: cast to `coerced`, and cut out of a larger array.
    pub fn columnar(&self, coerced: &DataType) -> ColumnarValue {
        let units = if self.scalar { &self.units[..1] } else { &self.units };
        let wide = Decimal256Array::from_iter(units.iter().copied());
        let wide = wide.with_data_type(DataType::Decimal256(76, self.scale()));
        let array = cast(&wide, &self.data_type).expect("the units fit the type");
        let array = cast(&array, coerced).expect("what coercion asks for can be cast");
        if self.scalar {
            return ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0).expect("there is one row"));
        }
        let before = new_null_array(coerced, 3);
        let rows = array.len();
        let padded = concat(&[&before, &array, &array]).expect("the types are equal");
        ColumnarValue::Array(padded.slice(3, rows))
    }
}

/// How many digits of a type any value may have.
fn digits(data_type: &DataType) -> (i256, i256) {
    let decimal = |precision: u8| {
        let most = i256::from_i128(10).wrapping_pow(precision.into()).wrapping_sub(i256::ONE);
        (most.wrapping_neg(), most)
    };
    let integer = |least: i128, most: i128| (i256::from_i128(least), i256::from_i128(most));
    match data_type {
        DataType::Int8 => integer(i8::MIN.into(), i8::MAX.into()),
        DataType::Int16 => integer(i16::MIN.into(), i16::MAX.into()),
        DataType::Int32 => integer(i32::MIN.into(), i32::MAX.into()),
        DataType::Int64 => integer(i64::MIN.into(), i64::MAX.into()),
        DataType::UInt8 => integer(0, u8::MAX.into()),
        DataType::UInt16 => integer(0, u16::MAX.into()),
        DataType::UInt32 => integer(0, u32::MAX.into()),
        DataType::UInt64 => integer(0, u64::MAX.into()),
        DataType::Decimal32(precision, _)
        | DataType::Decimal64(precision, _)
        | DataType::Decimal128(precision, _)
        | DataType::Decimal256(precision, _) => decimal(*precision),
        other => panic!("{other} is no exact type"),
    }
}

pub fn integer_types() -> Vec<DataType> {
    use DataType::*;
    vec![Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64]
}

fn decimal_type() -> impl Strategy<Value = DataType> {
    (0..4_usize, any::<u8>(), any::<u8>()).prop_map(|(width, precision, scale)| {
        let precision_max = [9, 18, 38, 76][width];
        let precision = precision % precision_max + 1;
        let scale = (scale % (precision + 1)) as i8;
        match width {
            0 => DataType::Decimal32(precision, scale),
            1 => DataType::Decimal64(precision, scale),
            2 => DataType::Decimal128(precision, scale),
            _ => DataType::Decimal256(precision, scale),
        }
    })
}

fn data_type() -> impl Strategy<Value = DataType> {
    prop_oneof![
        1 => prop::sample::select(integer_types()),
        2 => Just(DataType::Decimal128(18, 4)),
        3 => decimal_type(),
    ]
}

fn units(data_type: &DataType) -> impl Strategy<Value = Option<i256>> + use<> {
    let (least, most) = digits(data_type);
    let clamp = move |units: i256| Some(units.clamp(least, most));
    prop_oneof![
        2 => Just(None),
        6 => (-1000..1000_i128).prop_map(move |units| clamp(i256::from_i128(units))),
        4 => any::<i64>().prop_map(move |units| clamp(i256::from(units))),
        2 => any::<i128>().prop_map(move |units| clamp(i256::from_i128(units).wrapping_rem(most))),
        2 => any::<(u128, i128)>().prop_map(move |(low, high)| clamp(i256::from_parts(low, high).wrapping_rem(most))),
        1 => prop::sample::select(vec![Some(least), Some(most), Some(i256::ZERO)]),
    ]
}

pub const ROWS: usize = 6;

/// An argument of any exact type, mostly an array.
pub fn argument() -> impl Strategy<Value = Argument> {
    (data_type(), prop::bool::weighted(0.3)).prop_flat_map(|(data_type, scalar)| {
        prop::collection::vec(units(&data_type), ROWS).prop_map(move |units| Argument {
            data_type: data_type.clone(),
            units,
            scalar,
        })
    })
}

/// Calls a function as the engine does, and gives back the type and the units of each row.
pub fn call(name: &str, args: &[&Argument]) -> Result<(DataType, Vec<Option<BigInt>>)> {
    let function = function(name);
    let types: Vec<_> = args.iter().map(|arg| arg.data_type.clone()).collect();
    let coerced = function.coerce_types(&types)?;
    let values: Vec<_> = args.iter().zip(&coerced).map(|(arg, coerced)| arg.columnar(coerced)).collect();
    let result = invoke(&function, values)?;
    Ok((result.data_type().clone(), units_of(&result)))
}

/// Invokes a function on arguments of the types that it wants.
pub fn invoke(function: &ScalarUDF, args: Vec<ColumnarValue>) -> Result<ArrayRef> {
    let arg_fields: Vec<_> = args
        .iter()
        .enumerate()
        .map(|(index, arg)| Arc::new(Field::new(format!("column{index}"), arg.data_type(), true)))
        .collect();
    let scalar_arguments = vec![None; args.len()];
    let return_field = function.return_field_from_args(ReturnFieldArgs {
        arg_fields: &arg_fields,
        scalar_arguments: &scalar_arguments,
    })?;
    let all_scalar = args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
    let result = function.invoke_with_args(ScalarFunctionArgs {
        args,
        arg_fields,
        number_rows: ROWS,
        return_field: Arc::clone(&return_field),
        config_options: Arc::new(ConfigOptions::default()),
    })?;
    assert_eq!(&result.data_type(), return_field.data_type(), "the result has the promised type");
    assert!(!all_scalar || matches!(result, ColumnarValue::Scalar(_)), "scalars give a scalar");
    result.into_array(ROWS)
}

pub fn function(name: &str) -> Arc<ScalarUDF> {
    let function = marginql_udfs::scalar_functions().into_iter().find(|function| function.name() == name);
    function.unwrap_or_else(|| panic!("there is no `{name}`"))
}

/// The units of each row of an exact array.
pub fn units_of(array: &ArrayRef) -> Vec<Option<BigInt>> {
    let wide = match array.data_type() {
        DataType::Decimal128(_, _) => return narrow_units(array.as_primitive::<Decimal128Type>()),
        DataType::Decimal256(_, _) => Arc::clone(array),
        _ => {
            return narrow_units(
                cast(array, &DataType::Decimal128(38, 0)).expect("integers fit").as_primitive(),
            );
        }
    };
    let wide = wide.as_primitive::<Decimal256Type>();
    wide.iter().map(|units| units.map(big)).collect()
}

fn big(units: i256) -> BigInt {
    units.to_string().parse().expect("a number is printed in digits")
}

fn narrow_units(array: &Decimal128Array) -> Vec<Option<BigInt>> {
    array.iter().map(|units| units.map(BigInt::from)).collect()
}

/// 10 to the power of `exponent`.
pub fn pow10(exponent: i32) -> BigInt {
    BigInt::from(10).pow(exponent.unsigned_abs())
}

/// A quotient rounded half away from zero, digit by digit like on paper.
pub fn rounded(numerator: &BigInt, denominator: &BigInt) -> BigInt {
    let zero = BigInt::ZERO;
    let negative = (numerator < &zero) != (denominator < &zero);
    let magnitude = |value: &BigInt| if value < &zero { -value } else { value.clone() };
    let (numerator, denominator) = (magnitude(numerator), magnitude(denominator));
    let quotient: BigInt = (&numerator * 2 + &denominator) / (&denominator * 2);
    if negative { -quotient } else { quotient }
}
