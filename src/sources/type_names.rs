//! Reads the SQL names of types back, as `type_name` writes them: for types that were kept as text.

use std::sync::Arc;

use arrow::datatypes::{
    DECIMAL128_MAX_PRECISION, DECIMAL256_MAX_PRECISION, DataType, Field, Fields, TimeUnit,
};

use super::type_name;
use crate::error::{Error, Result};

/// The type that [`type_name`] calls so, as tables of files have it: text as views, times with an offset in UTC.
///
/// # Errors
/// It is not the name of a type that the columns of files have.
pub fn parse_type_name(name: &str) -> Result<DataType> {
    parse(name.trim()).ok_or_else(|| {
        Error::config(format!("`{name}` is not a type")).hint(
            "types are TEXT, BOOLEAN, BIGINT, DECIMAL(18,4), DATE, TIMESTAMP(6), TIMESTAMP(6) WITH TIME ZONE, DOUBLE, and of these lists `TEXT[]` and `STRUCT(name TEXT)`",
        )
    })
}

fn parse(name: &str) -> Option<DataType> {
    if let Some(item) = name.strip_suffix("[]") {
        return Some(DataType::List(Arc::new(Field::new_list_field(parse(item)?, true))));
    }
    let upper = name.to_ascii_uppercase();
    if let Some(arguments) = upper.strip_prefix("DECIMAL(").and_then(|rest| rest.strip_suffix(')')) {
        return decimal(arguments);
    }
    if upper.starts_with("STRUCT(") {
        return fields(name.get("STRUCT(".len()..)?.strip_suffix(')')?);
    }
    if let Some(rest) = upper.strip_prefix("TIMESTAMP") {
        return timestamp(rest);
    }
    Some(match upper.as_str() {
        "TEXT" => DataType::Utf8View,
        "BOOLEAN" => DataType::Boolean,
        "TINYINT" => DataType::Int8,
        "SMALLINT" => DataType::Int16,
        "INT" => DataType::Int32,
        "BIGINT" => DataType::Int64,
        "TINYINT UNSIGNED" => DataType::UInt8,
        "SMALLINT UNSIGNED" => DataType::UInt16,
        "INT UNSIGNED" => DataType::UInt32,
        "BIGINT UNSIGNED" => DataType::UInt64,
        "REAL" => DataType::Float32,
        "DOUBLE" => DataType::Float64,
        "DATE" => DataType::Date32,
        "BYTEA" => DataType::BinaryView,
        _ => return None,
    })
}

fn decimal(arguments: &str) -> Option<DataType> {
    let (precision, scale) = arguments.split_once(',')?;
    let (precision, scale): (u8, i8) = (precision.trim().parse().ok()?, scale.trim().parse().ok()?);
    let fits = precision > 0 && scale >= 0 && scale.unsigned_abs() <= precision;
    if !fits || precision > DECIMAL256_MAX_PRECISION {
        return None;
    }
    let is_wide = precision > DECIMAL128_MAX_PRECISION;
    Some(if is_wide {
        DataType::Decimal256(precision, scale)
    } else {
        DataType::Decimal128(precision, scale)
    })
}

fn timestamp(rest: &str) -> Option<DataType> {
    let (rest, zone) = match rest.strip_suffix(" WITH TIME ZONE") {
        Some(rest) => (rest, Some("+00:00".into())),
        None => (rest, None),
    };
    let unit = match rest {
        "(0)" => TimeUnit::Second,
        "(3)" => TimeUnit::Millisecond,
        "" | "(6)" => TimeUnit::Microsecond,
        "(9)" => TimeUnit::Nanosecond,
        _ => return None,
    };
    Some(DataType::Timestamp(unit, zone))
}

/// `a TEXT, b c DECIMAL(5,2)`: a name may hold blanks, and so may a type.
fn fields(text: &str) -> Option<DataType> {
    let mut found: Vec<Field> = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (at, c) in text.char_indices().chain([(text.len(), ',')]) {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                found.push(field(text[start..at].trim_start())?);
                start = at + 1;
            }
            _ => {}
        }
    }
    Some(DataType::Struct(Fields::from(found)))
}

fn field(text: &str) -> Option<Field> {
    // The type is the longest ending that is one: `at TIMESTAMP(6) WITH TIME ZONE`.
    text.match_indices(' ').find_map(|(at, _)| {
        let data_type = parse(&text[at + 1..])?;
        Some(Field::new(&text[..at], data_type, true))
    })
}

/// Whether two types have one name, so that a lock cannot tell them apart.
pub(super) fn same(a: &DataType, b: &DataType) -> bool {
    type_name(a) == type_name(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for name in [
            "TEXT",
            "BOOLEAN",
            "BIGINT",
            "INT UNSIGNED",
            "DECIMAL(18,4)",
            "DECIMAL(38,0)",
            "DATE",
            "TIMESTAMP(6)",
            "TIMESTAMP(9) WITH TIME ZONE",
            "DOUBLE",
            "TEXT[]",
            "DECIMAL(5,2)[]",
            "STRUCT(a TEXT, b c DECIMAL(5,2), at TIMESTAMP(6) WITH TIME ZONE, inner STRUCT(x BIGINT, y TEXT[])[])",
        ] {
            let data_type = parse_type_name(name).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(type_name(&data_type), name);
        }
        assert_eq!(parse_type_name(" text ").expect("a type"), DataType::Utf8View);
        for wrong in
            ["", "MONEY", "DECIMAL", "DECIMAL(2,3)", "DECIMAL(99,1)", "TIMESTAMP(4)", "STRUCT()", "[]"]
        {
            assert!(parse_type_name(wrong).is_err(), "{wrong}");
        }
    }
}
