//! Reads an argument of a function that sees all values at once as units of 128 bits. The reading itself is the aggregates' (`column`).

use std::borrow::Cow;

use arrow::{
    array::{Array, ArrayRef},
    buffer::NullBuffer,
};
use datafusion::error::Result;

use crate::{
    FunctionError,
    aggregate::{
        argument::Argument,
        column::{Column, Values},
        exact::not_a_number,
    },
};

/// Amounts in units of 10^-scale; a NULL is zero here and NULL in `nulls`.
#[derive(Debug)]
pub(crate) struct Amounts<'a> {
    pub(crate) units: Cow<'a, [i128]>,
    pub(crate) nulls: Option<&'a NullBuffer>,
    pub(crate) scale: i8,
}

impl<'a> Amounts<'a> {
    /// Reads an array; amounts of more than 128 bits are an error.
    pub(crate) fn new(array: &'a ArrayRef, function: &str) -> Result<Self> {
        let argument =
            Argument::of(array.data_type()).ok_or_else(|| not_a_number(function, array.data_type()))?;
        let column = Column::new(array, None, function)?;
        let mut units = match column.values {
            Values::Int128(values) => Cow::Borrowed(values),
            Values::Rounded(values) => Cow::Owned(values),
            Values::Int256(values) => {
                let narrow =
                    |value: &arrow::datatypes::i256| value.to_i128().ok_or_else(|| too_large(function));
                match column.valid() {
                    None => values.iter().map(narrow).collect::<Result<_>>()?,
                    Some(valid) => {
                        let mut units = vec![0; values.len()];
                        for row in valid.set_indices() {
                            units[row] = narrow(&values[row])?;
                        }
                        Cow::Owned(units)
                    }
                }
            }
            _ => Cow::Owned(column.to_narrow_units()),
        };
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
        if let Some(nulls) = nulls {
            for (units, valid) in units.to_mut().iter_mut().zip(nulls) {
                *units = if valid { *units } else { 0 };
            }
        }
        Ok(Self { units, nulls, scale: argument.scale })
    }
}

fn too_large(function: &str) -> datafusion::error::DataFusionError {
    FunctionError::new(format!("`{function}` met an amount of more than 38 digits"))
        .with_help("cast it to DECIMAL(38, 4), or to fewer decimals")
        .into()
}
