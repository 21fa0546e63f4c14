//! How an argument of an exact aggregate is read and added. Knows types only; `column` reads the arrays.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::logical_expr::utils::format_state_name;

use crate::decimal::{FLOAT_SCALE, PRECISION_256_MAX, PRECISION_MAX};

/// 2^127 is 1.7 × 10^38: a column of at most 28 digits takes ten billion rows of its largest value before a sum
/// leaves 128 bits, and then it left DECIMAL(38) long ago. Such columns need no carry in the partial state.
const PRECISION_WITHOUT_CARRY: u8 = PRECISION_MAX - 10;

/// The same for 256 bits: 2^255 is 5.7 × 10^76.
const PRECISION_256_WITHOUT_CARRY: u8 = PRECISION_256_MAX - 10;

/// How one argument is added: in units of 10^-scale, in 128 or 256 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Argument {
    pub(crate) scale: i8,
    /// Whether the sum is kept in 256 bits.
    pub(crate) wide: bool,
    /// Whether the partial state has a column that counts how often the sum left its bits.
    pub(crate) carries: bool,
}

impl Argument {
    /// `None` for a type that is neither a number nor coerced to one by [`number_type`].
    pub(crate) fn of(data_type: &DataType) -> Option<Self> {
        let (scale, wide, carries) = match data_type {
            integer if integer.is_integer() => (0, false, false),
            DataType::Decimal32(_, scale) | DataType::Decimal64(_, scale) => (*scale, false, false),
            DataType::Decimal128(precision, scale) => (*scale, false, *precision > PRECISION_WITHOUT_CARRY),
            DataType::Decimal256(precision, scale) => {
                (*scale, true, *precision > PRECISION_256_WITHOUT_CARRY)
            }
            // A double may be as large as 38 digits at six decimals.
            DataType::Float32 | DataType::Float64 => (FLOAT_SCALE, false, true),
            _ => return None,
        };
        Some(Self { scale, wide, carries })
    }

    /// The type of the sum, in the result and in the partial state.
    pub(crate) fn sum_type(&self) -> DataType {
        if self.wide {
            DataType::Decimal256(PRECISION_256_MAX, self.scale)
        } else {
            DataType::Decimal128(PRECISION_MAX, self.scale)
        }
    }

    /// The columns of the partial state: the sum, and its carry where it can have one.
    pub(crate) fn state_fields(&self, aggregate: &str, argument: usize) -> Vec<FieldRef> {
        let name = |column| format_state_name(aggregate, &format!("{column} {argument}"));
        let mut fields = vec![Arc::new(Field::new(name("sum"), self.sum_type(), true))];
        if self.carries {
            fields.push(Arc::new(Field::new(name("carry"), DataType::Int64, true)));
        }
        fields
    }
}

/// The type an argument is cast to before it is added: dictionaries are unpacked, an untyped NULL is an integer.
/// Types that are no numbers come back as they are; the function's return type refuses them by name.
pub(crate) fn number_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Dictionary(_, values) => number_type(values),
        DataType::RunEndEncoded(_, values) => number_type(values.data_type()),
        DataType::Null => DataType::Int64,
        DataType::Float16 => DataType::Float32,
        other => other.clone(),
    }
}
