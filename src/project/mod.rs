//! The project file `marginql.toml`, and the lock file beside it: found, parsed and validated.
//!
//! A leaf: it reads these two files and no others, and knows neither a session nor the connectors. What a connector's
//! tables and options are called is checked where connectors are known. `document` reads TOML with places, `keys` lists
//! the keys, `parse`, `pools`, `health` and `valuation` turn them into a [`Project`], `feeds` resolves pools that serve each other, `schema`
//! describes the file for editors.

mod choice;
mod document;
mod feeds;
mod health;
mod keys;
mod lock;
mod parse;
mod pools;
mod schema;
#[cfg(test)]
mod tests;
mod valuation;
mod values;

use std::{
    env, fs,
    ops::Range,
    path::{self, Path, PathBuf},
};

use arrow::array::timezone::Tz;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

pub use choice::{AllocationMethod, MatchRule, Recognition};
pub use document::Located;
pub use feeds::{EffectiveFeed, effective_feeds};
pub use health::{Health, HealthBand, HealthComponent};
pub use lock::{Lock, LockedColumn};
pub use pools::{Capacity, Feed, Pool};
pub use schema::json_schema;
pub use valuation::Valuation;

use crate::{
    error::{Error, Place, Result, file_error},
    query::Text,
};

/// The name of the project file.
pub const FILE_NAME: &str = "marginql.toml";

/// Names that a source must not have: schemas have them, or a reader would take them for such.
pub const RESERVED_SOURCES: [&str; 7] =
    ["raw", "staged", "public", "standard", "information_schema", "rates_file", "crosswalk_file"];

/// A project: where its exports are, and how they become one ledger. Lists are in the order of the file.
#[derive(Debug, Clone)]
pub struct Project {
    /// The project file, as the user would write its path.
    pub file: PathBuf,
    /// The directory of the project file, from which its paths count.
    pub directory: PathBuf,
    /// The text of the file, to point into.
    pub text: Text,
    /// The project's name.
    pub name: String,
    /// The currency of the reports.
    pub currency: String,
    /// The month in which the fiscal year starts, from 1 to 12.
    pub fiscal_year_starts: u32,
    /// What timestamps without an offset mean, and where days begin.
    pub time_zone: String,
    /// The day the reports look from; today, if it is not given.
    pub as_of: Option<NaiveDate>,
    /// How many days after `as_of` a row may be dated.
    pub future_days_max: u32,
    /// Where the exports come from.
    pub sources: Vec<SourceDeclaration>,
    /// How customers become one list.
    pub customers: Customers,
    /// Shared costs; the first pool whose condition holds takes a cost.
    pub pools: Vec<Pool>,
    /// How pools that feed others are resolved.
    pub allocation_method: AllocationMethod,
    /// Where the cost of pools that feed others ends, by that method.
    pub effective_feeds: Vec<EffectiveFeed>,
    /// The first parts of the cost categories that are service cost.
    pub service: Vec<String>,
    /// When revenue counts.
    pub recognition: Recognition,
    /// How the health of customers is scored.
    pub health: Health,
    /// How customers are valued.
    pub valuation: Valuation,
    /// The file of exchange rates.
    pub rates: Option<Located<String>>,
    /// How that file is written.
    pub rates_options: Vec<OptionValue>,
    /// Totals known from elsewhere.
    pub controls: Vec<Control>,
    /// Views that the project overrides or adds.
    pub views: Vec<ViewDeclaration>,
}

/// A system that exports come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceDeclaration {
    /// Its name, which is also that of its schema in SQL.
    pub name: String,
    /// The connector that knows its exports.
    pub connector: Located<String>,
    /// The files of its raw tables.
    pub tables: Vec<TableFiles>,
    /// Settings of the connector.
    pub options: Vec<OptionValue>,
    /// Headers that the connector does not know, and the columns that they mean.
    pub headers: Vec<HeaderName>,
    /// Where its name stands, in bytes of the file.
    pub span: Range<usize>,
}

/// A header of a file, and the column of the connector's table that it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderName {
    /// The table's name in the connector.
    pub table: String,
    /// The header, as the file writes it.
    pub header: String,
    /// The column's name in the connector.
    pub column: String,
    /// Where the header stands, in bytes of the project file.
    pub span: Range<usize>,
}

/// The files of one raw table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFiles {
    /// The table's name in the connector.
    pub table: String,
    /// Paths, which may be patterns; relative to the project file.
    pub paths: Vec<String>,
    /// Where the table's name stands, in bytes of the file.
    pub span: Range<usize>,
    /// Where the paths stand.
    pub paths_span: Range<usize>,
}

/// A setting of a connector, as text: its type is the connector's to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionValue {
    /// The option's name.
    pub name: String,
    /// The value, or the values of a list; numbers with the digits of the file.
    pub texts: Vec<String>,
    /// Whether it is written as a list.
    pub is_list: bool,
    /// Where the name stands, in bytes of the file.
    pub span: Range<usize>,
    /// Where the value stands.
    pub value_span: Range<usize>,
}

/// How the customers of all sources become one list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Customers {
    /// The source whose customers define `customer_id`.
    pub master: Option<Located<String>>,
    /// The file that says which customer is which; it always wins.
    pub crosswalk: Option<Located<String>>,
    /// The rules for the remaining ones, in order.
    pub matchers: Vec<MatchRule>,
}

/// A total that is known from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// The source.
    pub source: String,
    /// The first day of the month; none for the total of a column of a file.
    pub month: Option<NaiveDate>,
    /// `revenue`, `costs`, `subscriptions` or a category, or a column of a file as `table.column`.
    pub what: String,
    /// The total.
    pub amount: Decimal,
    /// Where the control begins, in bytes of the file.
    pub span: Range<usize>,
}

impl Control {
    /// The table and the column of which this is the total, if it is one of a file.
    pub fn column(&self) -> Option<(&str, &str)> {
        match self.month {
            None => self.what.split_once('.'),
            Some(_) => None,
        }
    }
}

/// A view that the project overrides or adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewDeclaration {
    /// The view's name.
    pub name: String,
    /// Its SQL file, relative to the project file.
    pub path: String,
    /// Where it is declared, in bytes of the file.
    pub span: Range<usize>,
    /// Where the path stands.
    pub path_span: Range<usize>,
}

impl Project {
    /// The day of an instant on the clock of the project.
    pub fn day_of(&self, instant: DateTime<Utc>) -> NaiveDate {
        match self.time_zone.parse::<Tz>() {
            Ok(zone) => instant.with_timezone(&zone).date_naive(),
            Err(_) => instant.date_naive(),
        }
    }

    /// The project of a directory: its project file is there, or in the nearest directory above.
    ///
    /// # Errors
    /// A project file that cannot be read or is wrong.
    pub fn find(start: &Path) -> Result<Option<Self>> {
        let absolute = path::absolute(start).map_err(|error| file_error("find", start, error))?;
        let Some(file) = absolute.ancestors().map(|above| above.join(FILE_NAME)).find(|file| file.is_file())
        else {
            return Ok(None);
        };
        // A file below the current directory is named as the user would name it.
        let current = env::current_dir().ok();
        let short = current.and_then(|current| file.strip_prefix(current).ok().map(Path::to_owned));
        Self::load(&short.unwrap_or(file)).map(Some)
    }

    /// Reads a project file; a directory stands for the project file in it.
    ///
    /// # Errors
    /// A file that cannot be read, is not valid TOML, has unknown keys or values that cannot be.
    pub fn load(path: &Path) -> Result<Self> {
        let file = if path.is_dir() { path.join(FILE_NAME) } else { path.to_owned() };
        let bytes = fs::read(&file).map_err(|error| file_error("read", &file, error))?;
        let content = String::from_utf8(bytes).map_err(|error| {
            let line =
                error.as_bytes()[..error.utf8_error().valid_up_to()].split(|byte| *byte == b'\n').count();
            Error::config(format!("`{}` is not UTF-8 text in line {line}", file.display()))
                .hint("save it as UTF-8")
                .caused_by(error)
        })?;
        Self::parse(&file, content)
    }

    /// Takes a text for the project file at `file`, which need not be there.
    ///
    /// # Errors
    /// As for [`Project::load`].
    pub fn parse(file: &Path, content: impl Into<String>) -> Result<Self> {
        let text = Text::new(file.display().to_string(), content.into());
        parse::project(file.to_owned(), text)
    }

    /// A path of the project file, as it is to be opened; patterns stay patterns.
    pub fn resolve(&self, path: impl AsRef<Path>) -> PathBuf {
        resolve(&self.directory, path.as_ref())
    }

    /// A source by its name.
    pub fn source(&self, name: &str) -> Option<&SourceDeclaration> {
        self.sources.iter().find(|source| source.name == name)
    }

    /// A place in the file, for an error about what stands there.
    pub fn place(&self, span: Range<usize>) -> Place {
        self.text.place(span)
    }
}

fn resolve(directory: &Path, path: &Path) -> PathBuf {
    // `./exports/x.csv` would say no more than `exports/x.csv`.
    if directory == Path::new(".") { path.to_owned() } else { directory.join(path) }
}
