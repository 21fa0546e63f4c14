//! Types with a length, which planning ignores: no text would be cut or refused.

use datafusion::sql::sqlparser::ast::{ArrayElemTypeDef, CharacterLength, DataType};

use crate::error::Error;

/// The error for a type whose length or precision would be ignored.
pub(super) fn ignored(data_type: &DataType) -> Option<Error> {
    match data_type {
        DataType::Varchar(length @ Some(_)) | DataType::Char(length @ Some(_)) => {
            let length = match length {
                Some(CharacterLength::IntegerLength { length, unit: _ }) => length.to_string(),
                _ => "n".to_owned(),
            };
            Some(length_ignored(data_type, &length))
        }
        DataType::String(Some(length)) => Some(length_ignored(data_type, &length.to_string())),
        DataType::Float(precision) if precision.to_string() != "" => Some(
            Error::query(format!("the precision of `{data_type}` would be ignored"))
                .hint("write `REAL` or `DOUBLE`, and `DECIMAL(18, 4)` for money"),
        ),
        DataType::Array(ArrayElemTypeDef::AngleBracket(inner) | ArrayElemTypeDef::Parenthesis(inner)) => {
            ignored(inner)
        }
        DataType::Array(ArrayElemTypeDef::SquareBracket(inner, _)) => ignored(inner),
        DataType::Struct(fields, _) => fields.iter().find_map(|field| ignored(&field.field_type)),
        _ => None,
    }
}

fn length_ignored(data_type: &DataType, length: &str) -> Error {
    Error::query(format!("the length of `{data_type}` would be ignored"))
        .hint(format!("write `VARCHAR`; `left(text, {length})` cuts a text"))
}
