//! The canonical tables: what every connector delivers, column by column. The list is data, in `canonical.toml`.

use std::{collections::BTreeMap, sync::LazyLock};

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use serde::Deserialize;

const DOCUMENT: &str = include_str!("canonical.toml");

static TABLES: LazyLock<BTreeMap<String, Canonical>> =
    LazyLock::new(|| toml::from_str(DOCUMENT).expect("the canonical tables are part of the program"));

/// One canonical table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canonical {
    /// What a row is.
    pub description: String,
    /// Its columns, in order.
    pub columns: Vec<CanonicalColumn>,
}

/// One column of a canonical table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CanonicalColumn {
    /// Its name.
    pub name: String,
    /// Its SQL type, as it is written in the list.
    #[serde(rename = "type")]
    sql_type: String,
    /// What it means.
    pub description: String,
}

impl Canonical {
    /// All of them, by name.
    pub fn all() -> impl Iterator<Item = (&'static str, &'static Canonical)> {
        TABLES.iter().map(|(name, table)| (name.as_str(), table))
    }

    /// Their names.
    pub fn names() -> Vec<&'static str> {
        TABLES.keys().map(String::as_str).collect()
    }

    /// One by its name.
    pub fn find(name: &str) -> Option<&'static Canonical> {
        TABLES.get(name)
    }

    /// A column by its name.
    pub fn column(&self, name: &str) -> Option<&CanonicalColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl CanonicalColumn {
    /// Its type.
    pub fn data_type(&self) -> DataType {
        match self.sql_type.as_str() {
            "DATE" => DataType::Date32,
            "BIGINT" => DataType::Int64,
            "BOOLEAN" => DataType::Boolean,
            "TIMESTAMP(6)" => DataType::Timestamp(TimeUnit::Microsecond, None),
            other => decimal(other).unwrap_or(DataType::Utf8View),
        }
    }
}

/// `DECIMAL(18,4)`.
fn decimal(text: &str) -> Option<DataType> {
    let (precision, scale) = text.strip_prefix("DECIMAL(")?.strip_suffix(')')?.split_once(',')?;
    Some(DataType::Decimal128(precision.parse().ok()?, scale.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_the_list_is_known() {
        for (name, table) in Canonical::all() {
            for column in &table.columns {
                let is_text = column.data_type() == DataType::Utf8View;
                assert_eq!(is_text, column.sql_type == "TEXT", "{name}.{}: {}", column.name, column.sql_type);
            }
        }
    }
}
