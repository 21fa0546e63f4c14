//! What a table consists of, for people: files, form, columns with their types and why. Data only, no printing.

use arrow::datatypes::{DataType, TimeUnit};

use super::{Compression, Format};

/// What a table consists of.
#[derive(Debug, Clone)]
pub struct Description {
    /// The format of its files.
    pub format: Format,
    /// Its files.
    pub files: Vec<FileDescription>,
    /// The number of rows.
    pub rows: Option<u64>,
    /// Its columns; those of partition directories come last.
    pub columns: Vec<ColumnDescription>,
    /// How its text files are written.
    pub text: Option<TextForm>,
}

/// One file of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDescription {
    /// The path, as the user would write it.
    pub path: String,
    /// Its size as it is stored.
    pub bytes: u64,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDescription {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// Why it has this type.
    pub reason: String,
    /// Whether its values come from `name=value` directories.
    pub is_partition: bool,
}

/// How text files are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextForm {
    /// Between fields; only for CSV.
    pub delimiter: Option<char>,
    /// Around fields; only for CSV.
    pub quote: Option<char>,
    /// Whether the first row holds names; only for CSV.
    pub header: Option<bool>,
    /// The encoding, such as `UTF-8`.
    pub encoding: String,
    /// The compression.
    pub compression: Compression,
}

/// A type as SQL names it.
pub fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => "TEXT".to_owned(),
        DataType::Boolean => "BOOLEAN".to_owned(),
        DataType::Int8 => "TINYINT".to_owned(),
        DataType::Int16 => "SMALLINT".to_owned(),
        DataType::Int32 => "INT".to_owned(),
        DataType::Int64 => "BIGINT".to_owned(),
        DataType::UInt8 => "TINYINT UNSIGNED".to_owned(),
        DataType::UInt16 => "SMALLINT UNSIGNED".to_owned(),
        DataType::UInt32 => "INT UNSIGNED".to_owned(),
        DataType::UInt64 => "BIGINT UNSIGNED".to_owned(),
        DataType::Float32 => "REAL".to_owned(),
        DataType::Float64 => "DOUBLE".to_owned(),
        DataType::Decimal32(p, s)
        | DataType::Decimal64(p, s)
        | DataType::Decimal128(p, s)
        | DataType::Decimal256(p, s) => {
            format!("DECIMAL({p},{s})")
        }
        DataType::Date32 | DataType::Date64 => "DATE".to_owned(),
        DataType::Timestamp(unit, zone) => {
            let digits = match unit {
                TimeUnit::Second => 0,
                TimeUnit::Millisecond => 3,
                TimeUnit::Microsecond => 6,
                TimeUnit::Nanosecond => 9,
            };
            format!("TIMESTAMP({digits}){}", if zone.is_some() { " WITH TIME ZONE" } else { "" })
        }
        DataType::Binary | DataType::BinaryView | DataType::LargeBinary => "BYTEA".to_owned(),
        DataType::Dictionary(_, value) => type_name(value),
        DataType::List(item) | DataType::LargeList(item) | DataType::ListView(item) => {
            format!("{}[]", type_name(item.data_type()))
        }
        DataType::Struct(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|field| format!("{} {}", field.name(), type_name(field.data_type())))
                .collect();
            format!("STRUCT({})", fields.join(", "))
        }
        other => other.to_string().to_uppercase(),
    }
}

/// A column name as it must be written in SQL.
pub(super) fn in_sql(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
