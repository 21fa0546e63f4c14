//! A connector: how one vendor's exports become canonical tables. Data only, a folder of TOML and SQL.
//!
//! The shipped ones are embedded; a project's own lie in its folder `connectors` and have the same form. Next: `staging`
//! reads a raw table as its connector says, `connected` plans the connector's SQL.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::Path,
};

use rust_embed::RustEmbed;
use serde::Deserialize;
use toml::Spanned;

use super::{canonical::Canonical, header_names::normal};
use crate::{
    error::{Error, Result, file_error},
    query::{ParameterType, Text, default_texts},
    suggest::nearest,
};

/// The file that describes a connector.
const DOCUMENT: &str = "connector.toml";

#[derive(RustEmbed)]
#[folder = "src/model/connectors"]
struct Shipped;

/// A vendor's exports, and the SQL that reads them.
#[derive(Debug, Clone)]
pub struct Connector {
    /// Its name, by which a project refers to it.
    pub name: String,
    /// The vendor's name.
    pub title: String,
    /// What it reads.
    pub description: String,
    /// What a project can choose.
    pub options: Vec<ConnectorOption>,
    /// The tables that the vendor exports.
    pub tables: Vec<RawTable>,
    /// The raw tables that each canonical table needs.
    pub provides: BTreeMap<String, Vec<String>>,
    /// The SQL of its views, canonical and helping, by name.
    pub views: BTreeMap<String, Text>,
}

/// Something that a project can choose.
#[derive(Debug, Clone)]
pub struct ConnectorOption {
    /// Its name; `$name` in SQL.
    pub name: String,
    /// Its type.
    pub parameter_type: ParameterType,
    /// What may be chosen; none: anything of the type.
    pub values: Vec<String>,
    /// What is taken if nothing is chosen.
    pub default: Vec<String>,
    /// The query that decides when `auto` is chosen.
    pub auto: Option<Text>,
    /// What it means.
    pub description: String,
}

/// A table that a vendor exports.
#[derive(Debug, Clone)]
pub struct RawTable {
    /// Its name in SQL and in the project file.
    pub name: String,
    /// What a row is.
    pub description: String,
    /// Patterns of file names, in lower case.
    pub files: Vec<String>,
    /// The columns whose values together occur once.
    pub natural_key: Vec<String>,
    /// Its columns.
    pub columns: Vec<RawColumn>,
}

/// A column that a vendor exports.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawColumn {
    /// Its name in SQL.
    pub name: String,
    /// The headers that mean it.
    #[serde(default)]
    pub headers: Vec<String>,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: ColumnKind,
    /// Whether the header must be there.
    #[serde(default)]
    pub required: bool,
    /// Whether every row must have a value.
    #[serde(default)]
    pub not_empty: bool,
    /// Whether a date far in the future is a mistake.
    #[serde(default)]
    pub not_future: bool,
    /// What numbers in a column of dates count.
    pub unit: Option<EpochUnit>,
    /// What it means.
    #[serde(default)]
    pub description: String,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// A code: trimmed, never a number.
    Key,
    /// Text for people: trimmed.
    Text,
    /// DECIMAL(18,4).
    Money,
    /// DECIMAL(28,10).
    Number,
    /// BIGINT.
    Integer,
    /// True or false, in any of the usual spellings.
    Boolean,
    /// DATE; never shifted by a time zone.
    Date,
    /// TIMESTAMP(6).
    Timestamp,
    /// JSON, as it stands.
    Json,
}

/// What the numbers of a column of dates count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum EpochUnit {
    /// Milliseconds since 1970, UTC.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Seconds since 1970, UTC.
    #[serde(rename = "s")]
    Seconds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectorDocument {
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    options: BTreeMap<Spanned<String>, OptionDocument>,
    #[serde(default)]
    tables: BTreeMap<Spanned<String>, TableDocument>,
    #[serde(default)]
    provides: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionDocument {
    #[serde(rename = "type")]
    parameter_type: Spanned<String>,
    #[serde(default)]
    values: Vec<String>,
    default: Spanned<toml::Value>,
    auto: Option<Spanned<String>>,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableDocument {
    #[serde(default)]
    description: String,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    natural_key: Vec<Spanned<String>>,
    columns: Vec<Spanned<RawColumn>>,
}

impl Connector {
    /// The names of the connectors that are shipped.
    pub fn shipped_names() -> BTreeSet<String> {
        Shipped::iter()
            .filter_map(|path| path.strip_suffix(DOCUMENT)?.strip_suffix('/').map(str::to_owned))
            .collect()
    }

    /// A connector of the project's folder, else a shipped one.
    ///
    /// # Errors
    /// A name that is neither, or a connector that is not valid.
    pub fn find(name: &str, project_directory: &Path) -> Result<Self> {
        let own = project_directory.join("connectors").join(name);
        if own.join(DOCUMENT).is_file() {
            return Self::read(name, &own);
        }
        let shipped = Self::shipped_names();
        if shipped.contains(name) {
            return Self::shipped(name);
        }
        let error = Error::config(format!("there is no connector `{name}`"));
        let list: Vec<_> = shipped.iter().map(|name| format!("`{name}`")).collect();
        Err(match nearest(name, shipped.iter().map(String::as_str)) {
            Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
            None => error.hint(format!(
                "the connectors are {}; one of your own is a folder `connectors/{name}`",
                list.join(", ")
            )),
        })
    }

    /// A connector that is shipped.
    ///
    /// # Errors
    /// None in a released version: a test reads all of them.
    pub fn shipped(name: &str) -> Result<Self> {
        let prefix = format!("{name}/");
        let mut files = BTreeMap::new();
        for path in Shipped::iter() {
            let Some(file) = path.strip_prefix(&prefix) else { continue };
            let content = Shipped::get(&path).map(|file| file.data.into_owned()).unwrap_or_default();
            files.insert(file.to_owned(), text(&format!("connectors/{path}"), content)?);
        }
        Self::from_files(name, &files)
    }

    fn read(name: &str, directory: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        let entries = std::fs::read_dir(directory).map_err(|error| file_error("read", directory, error))?;
        for entry in entries {
            let path = entry.map_err(|error| file_error("read", directory, error))?.path();
            let Some(file) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if file == DOCUMENT || file.ends_with(".sql") {
                let content = std::fs::read(&path).map_err(|error| file_error("read", &path, error))?;
                files.insert(file.to_owned(), text(&path.display().to_string(), content)?);
            }
        }
        Self::from_files(name, &files)
    }

    fn from_files(name: &str, files: &BTreeMap<String, Text>) -> Result<Self> {
        let document = files
            .get(DOCUMENT)
            .ok_or_else(|| Error::config(format!("the connector `{name}` has no `{DOCUMENT}`")))?;
        let views = files
            .iter()
            .filter_map(|(file, text)| Some((file.strip_suffix(".sql")?.to_owned(), text.clone())))
            .collect();
        let parsed: ConnectorDocument = toml::from_str(document.content()).map_err(|error| {
            Error::config(format!("the connector `{name}` is not valid: {}", error.message().trim()))
                .at(document.place(error.span().unwrap_or(0..0)))
        })?;
        Loading { name, document, views }.connector(parsed)
    }

    /// A table by its name.
    pub fn table(&self, name: &str) -> Option<&RawTable> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// What is known while a document is checked.
struct Loading<'a> {
    name: &'a str,
    document: &'a Text,
    views: BTreeMap<String, Text>,
}

impl Loading<'_> {
    fn error(&self, message: impl Into<String>, span: Range<usize>) -> Error {
        Error::config(format!("the connector `{}` is not valid: {}", self.name, message.into()))
            .at(self.document.place(span))
    }

    fn connector(self, parsed: ConnectorDocument) -> Result<Connector> {
        let mut options = Vec::with_capacity(parsed.options.len());
        for (name, option) in parsed.options {
            options.push(self.option(name, option)?);
        }
        let mut tables = Vec::with_capacity(parsed.tables.len());
        for (name, table) in parsed.tables {
            tables.push(self.table(name, table)?);
        }
        let mut provides = BTreeMap::new();
        for (canonical, needs) in parsed.provides {
            let span = canonical.span();
            let canonical = canonical.into_inner();
            if !Canonical::names().contains(&canonical.as_str()) {
                return Err(self.error(format!("`{canonical}` is not a canonical table"), span));
            }
            if !self.views.contains_key(&canonical) {
                return Err(self.error(format!("there is no `{canonical}.sql`"), span));
            }
            if let Some(unknown) =
                needs.iter().find(|need| tables.iter().all(|table| &table.name != need.get_ref()))
            {
                let message = format!("there is no table `{}`", unknown.get_ref());
                return Err(self.error(message, unknown.span()));
            }
            provides.insert(canonical, needs.into_iter().map(Spanned::into_inner).collect());
        }
        Ok(Connector {
            name: self.name.to_owned(),
            title: parsed.title,
            description: parsed.description,
            options,
            tables,
            provides,
            views: self.views,
        })
    }

    fn option(&self, name: Spanned<String>, option: OptionDocument) -> Result<ConnectorOption> {
        let name = name.into_inner();
        let type_span = option.parameter_type.span();
        let parameter_type: ParameterType = option
            .parameter_type
            .get_ref()
            .parse()
            .map_err(|error: Error| self.error(error.message().to_owned(), type_span))?;
        let default_span = option.default.span();
        let default = default_texts(option.default.into_inner());
        parameter_type
            .parse_values(&name, &default)
            .map_err(|error| self.error(error.message().to_owned(), default_span.clone()))?;
        if let Some(other) = default.iter().find(|value| !allowed(&option.values, value)) {
            return Err(self.error(format!("`{other}` is not one of the values of `{name}`"), default_span));
        }
        let auto = match option.auto {
            None => None,
            Some(file) => {
                let view = file.get_ref().strip_suffix(".sql").unwrap_or(file.get_ref());
                let text = self.views.get(view).cloned();
                Some(text.ok_or_else(|| self.error(format!("there is no `{view}.sql`"), file.span()))?)
            }
        };
        Ok(ConnectorOption {
            name,
            parameter_type,
            values: option.values,
            default,
            auto,
            description: option.description,
        })
    }

    fn table(&self, name: Spanned<String>, table: TableDocument) -> Result<RawTable> {
        let mut columns: Vec<RawColumn> = Vec::with_capacity(table.columns.len());
        for column in table.columns {
            let span = column.span();
            let column = column.into_inner();
            if columns.iter().any(|other| other.name == column.name) {
                return Err(self.error(format!("`{}` is there twice", column.name), span));
            }
            let dated = matches!(column.kind, ColumnKind::Date | ColumnKind::Timestamp);
            if !dated && (column.unit.is_some() || column.not_future) {
                let message = format!("`unit` and `not_future` are for dates, `{}` is none", column.name);
                return Err(self.error(message, span));
            }
            columns.push(column);
        }
        if let Some(unknown) =
            table.natural_key.iter().find(|key| columns.iter().all(|column| &column.name != key.get_ref()))
        {
            let message = format!("there is no column `{}`", unknown.get_ref());
            return Err(self.error(message, unknown.span()));
        }
        Ok(RawTable {
            name: name.into_inner(),
            description: table.description,
            files: table.files,
            natural_key: table.natural_key.into_iter().map(Spanned::into_inner).collect(),
            columns,
        })
    }
}

impl RawTable {
    /// Whether a header means a column of dates or times.
    pub fn is_date(&self, header: &str) -> bool {
        matches!(self.kind(header), Some(ColumnKind::Date | ColumnKind::Timestamp))
    }

    /// Whether a header means a column of numbers that may have decimals.
    pub fn is_number(&self, header: &str) -> bool {
        matches!(self.kind(header), Some(ColumnKind::Money | ColumnKind::Number))
    }

    /// What the column is that a header means.
    fn kind(&self, header: &str) -> Option<ColumnKind> {
        let header = normal(header);
        let means = |column: &&RawColumn| column.normal_headers().any(|own| own == header);
        self.columns.iter().find(means).map(|column| column.kind)
    }
}

impl RawColumn {
    /// All headers that mean the column, in the form in which headers are compared.
    pub fn normal_headers(&self) -> impl Iterator<Item = String> {
        self.headers.iter().map(|header| normal(header)).chain([normal(&self.name)])
    }
}

fn allowed(values: &[String], value: &String) -> bool {
    values.is_empty() || values.contains(value)
}

fn text(origin: &str, content: Vec<u8>) -> Result<Text> {
    let content = String::from_utf8(content)
        .map_err(|error| Error::config(format!("`{origin}` is not UTF-8 text")).caused_by(error))?;
    Ok(Text::new(origin, content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_connector_can_be_read() {
        for name in Connector::shipped_names() {
            Connector::shipped(&name).unwrap_or_else(|error| panic!("{name}: {error} {:?}", error.place()));
        }
    }
}
