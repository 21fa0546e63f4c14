//! The four operators: their names, and the type rules that the whole engine follows.
//!
//! Types only: `integer` and `decimal` compute, `function` is what SQL calls.

use arrow::datatypes::DataType;
use datafusion::{
    error::Result,
    logical_expr::{Operator, binary::BinaryTypeCoercer},
};

use crate::{
    FunctionError,
    decimal::{PRECISION_256_MAX, PRECISION_MAX, PRODUCT_SCALE_MAX, RATIO_SCALE_MIN},
    numeric::{is_wide, precision_and_scale, readable_type},
};

/// One of `+ - * /`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Arithmetic {
    pub(crate) const ALL: [Self; 4] = [Self::Add, Self::Subtract, Self::Multiply, Self::Divide];

    pub(crate) fn from_operator(operator: Operator) -> Option<Self> {
        Self::ALL.into_iter().find(|arithmetic| arithmetic.operator() == operator)
    }

    pub(crate) fn operator(self) -> Operator {
        match self {
            Self::Add => Operator::Plus,
            Self::Subtract => Operator::Minus,
            Self::Multiply => Operator::Multiply,
            Self::Divide => Operator::Divide,
        }
    }

    /// The name in SQL.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Add => "checked_add",
            Self::Subtract => "checked_subtract",
            Self::Multiply => "checked_multiply",
            Self::Divide => "divide",
        }
    }

    /// The types the operands are cast to; stable when applied to its own result.
    ///
    /// Doubles keep DataFusion's rules: the rewrite sees types before coercion, so that an operand may turn out to be
    /// one after the call was made (`CASE … THEN 1 ELSE x END / 2`).
    pub(crate) fn coerce(self, left: &DataType, right: &DataType) -> Result<[DataType; 2]> {
        let (left, right) = match (values_type(left), values_type(right)) {
            (DataType::Null, DataType::Null) => (&DataType::Int64, &DataType::Int64),
            (DataType::Null, other) | (other, DataType::Null) => (other, other),
            both => both,
        };
        if left.is_floating() || right.is_floating() {
            if left.is_decimal() || right.is_decimal() {
                return Ok([DataType::Float64, DataType::Float64]);
            }
            return self.coerce_by_datafusion(left, right);
        }
        if left.is_integer() && right.is_integer() && self != Self::Divide {
            let types = self.coerce_by_datafusion(left, right)?;
            if types[0].is_integer() {
                return Ok(types);
            }
        }
        let (Some(left_type), Some(right_type)) = (readable_type(left), readable_type(right)) else {
            return Err(FunctionError::new(format!(
                "`{}` takes numbers, not {left} and {right}",
                self.operator()
            ))
            .with_help("cast the operands")
            .into());
        };
        let wide = is_wide(&left_type) || is_wide(&right_type);
        let cast = |data_type: DataType| {
            if !wide {
                return data_type;
            }
            let (precision, scale) = precision_and_scale(&data_type);
            DataType::Decimal256(precision, scale)
        };
        Ok([cast(left_type), cast(right_type)])
    }

    fn coerce_by_datafusion(self, left: &DataType, right: &DataType) -> Result<[DataType; 2]> {
        let (left, right) = BinaryTypeCoercer::new(left, &self.operator(), right).get_input_types()?;
        Ok([left, right])
    }

    /// The type of the result, for types that [`Self::coerce`] gives.
    ///
    /// Scales are what the SQL standard's rules make them, but cut at 18 for `*` and `/`; precisions likewise,
    /// cut at 38 (at 76 for 256 bits). What is cut off the precision is checked value by value.
    pub(crate) fn return_type(self, left: &DataType, right: &DataType) -> DataType {
        if left.is_floating() || (left.is_integer() && right.is_integer() && self != Self::Divide) {
            return left.clone();
        }
        let ((left_precision, left_scale), (right_precision, right_scale)) =
            (precision_and_scale(left), precision_and_scale(right));
        let [left_digits, left_decimals, right_digits, right_decimals] =
            [i16::from(left_precision), left_scale.into(), right_precision.into(), right_scale.into()];
        let scale_max = i16::from(PRODUCT_SCALE_MAX);
        let (precision, scale) = match self {
            Self::Add | Self::Subtract => {
                let scale = left_decimals.max(right_decimals);
                (scale + (left_digits - left_decimals).max(right_digits - right_decimals) + 1, scale)
            }
            Self::Multiply => {
                let scale = (left_decimals + right_decimals).min(scale_max);
                (left_digits + right_digits + 1 - (left_decimals + right_decimals - scale), scale)
            }
            Self::Divide => {
                let scale = left_decimals.max(right_decimals).max(RATIO_SCALE_MIN.into()).min(scale_max);
                (left_digits - left_decimals + right_decimals + scale, scale)
            }
        };
        let wide = is_wide(left) || is_wide(right);
        let precision_max = if wide { PRECISION_256_MAX } else { PRECISION_MAX };
        // Both are between 1 and the maximum by now, so that the conversions cannot fail.
        let precision = u8::try_from(precision.max(scale).max(1)).unwrap_or(precision_max).min(precision_max);
        let scale = i8::try_from(scale).unwrap_or(PRODUCT_SCALE_MAX);
        if wide { DataType::Decimal256(precision, scale) } else { DataType::Decimal128(precision, scale) }
    }
}

/// The type of the values, without the encoding.
pub(crate) fn values_type(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, value) => values_type(value),
        DataType::RunEndEncoded(_, values) => values_type(values.data_type()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use DataType::*;

    use super::*;

    fn result(operator: Arithmetic, left: DataType, right: DataType) -> DataType {
        let [left, right] = operator.coerce(&left, &right).unwrap();
        assert_eq!(
            operator.coerce(&left, &right).unwrap(),
            [left.clone(), right.clone()],
            "coercion is stable"
        );
        operator.return_type(&left, &right)
    }

    #[test]
    fn a_chain_of_ratios_keeps_18_decimals_and_38_digits() {
        let money = Decimal128(18, 4);
        let mut chain = money.clone();
        for operator in [Arithmetic::Divide, Arithmetic::Multiply].into_iter().cycle().take(20) {
            chain = result(operator, chain, money.clone());
        }
        assert_eq!(chain, Decimal128(38, 18));
        assert_eq!(result(Arithmetic::Divide, money.clone(), money.clone()), Decimal128(28, 10));
        assert_eq!(result(Arithmetic::Add, money.clone(), Decimal128(10, 2)), Decimal128(19, 4));
        assert_eq!(result(Arithmetic::Multiply, money, Decimal128(3, 2)), Decimal128(22, 6));
    }

    #[test]
    fn every_pair_of_number_types_has_a_stable_result() {
        let dictionary = Dictionary(Box::new(Int32), Box::new(Decimal64(10, 2)));
        let types = [
            Null,
            Int8,
            Int16,
            Int32,
            Int64,
            UInt8,
            UInt16,
            UInt32,
            UInt64,
            Float16,
            Float32,
            Float64,
            Decimal32(9, 2),
            Decimal64(18, 4),
            Decimal128(38, 38),
            Decimal128(5, -3),
            Decimal256(76, 30),
            dictionary,
        ];
        for operator in Arithmetic::ALL {
            for left in &types {
                for right in &types {
                    let result = result(operator, left.clone(), right.clone());
                    assert!(result.is_numeric(), "{left} {} {right}: {result}", operator.operator());
                    if let Decimal128(precision, scale) = result {
                        assert!((1..=38).contains(&precision) && scale >= 0 && scale as u8 <= precision);
                    }
                }
            }
        }
    }

    #[test]
    fn integers_keep_datafusions_type_except_in_quotients() {
        assert_eq!(result(Arithmetic::Add, Int64, Int32), Int64);
        assert_eq!(result(Arithmetic::Multiply, UInt32, UInt32), UInt32);
        assert_eq!(result(Arithmetic::Subtract, UInt32, Int32), Int64);
        assert_eq!(result(Arithmetic::Add, UInt64, Int64), Decimal128(21, 0));
        assert_eq!(result(Arithmetic::Divide, Int64, Int64), Decimal128(30, 10));
        assert_eq!(result(Arithmetic::Add, Float32, Float32), Float32);
        assert_eq!(result(Arithmetic::Multiply, Float64, Decimal128(18, 4)), Float64);
    }
}
