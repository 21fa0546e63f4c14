//! A made-up company, the same for everybody who gives the same scale and seed.
//!
//! [`write()`] writes the canonical tables (customers, revenue, costs, interactions, surveys, usage,
//! subscriptions) as Parquet or CSV, row by row in constant memory. `company` and `contract` say how
//! its customers behave, `tables` turns that into rows, `files` writes them. It knows nothing of
//! sessions or SQL. `vendors` writes the same company as four systems would export it.
//! `docs/sample.md` tells what is planted in the data.

mod calendar;
mod company;
mod contract;
mod files;
mod names;
mod plan;
mod random;
mod rows;
mod tables;
mod vendors;

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

use rust_decimal::Decimal;

use crate::error::{Error, Result};

/// How large the company is, and what is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleOptions {
    /// 1 is a million rows of revenue; from 0.001 to 1000.
    pub scale: Decimal,
    /// Another seed is another company.
    pub seed: u64,
    /// Months of history from January 2025 on; from 1 to 36.
    pub months: u32,
    /// What kind of files the tables are; exports are always text.
    pub format: SampleFormat,
    /// What is written of it.
    pub part: SamplePart,
    /// How the exports of the books store credit notes.
    pub credits: CreditSign,
}

impl Default for SampleOptions {
    fn default() -> Self {
        Self {
            scale: Decimal::ONE,
            seed: 42,
            months: 24,
            format: SampleFormat::Parquet,
            part: SamplePart::Everything,
            credits: CreditSign::Negative,
        }
    }
}

/// What is written of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SamplePart {
    /// The canonical tables, the exports, and the truth about the exports.
    Everything,
    /// The canonical tables alone.
    Tables,
    /// The exports and the truth about them.
    Exports,
}

/// How credit notes are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditSign {
    /// As negative amounts.
    Negative,
    /// As positive amounts; the type of the document says that they are to be taken away.
    Positive,
}

/// The kind of the files of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleFormat {
    /// Parquet with exact types, compressed.
    Parquet,
    /// Comma-separated text with a header.
    Csv,
}

impl SampleFormat {
    /// The ending of the files' names.
    pub fn extension(self) -> &'static str {
        match self {
            SampleFormat::Parquet => "parquet",
            SampleFormat::Csv => "csv",
        }
    }
}

impl FromStr for SampleFormat {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "parquet" => Ok(SampleFormat::Parquet),
            "csv" => Ok(SampleFormat::Csv),
            other => Err(Error::usage(format!("a sample cannot be written as `{other}`"))
                .hint("the formats are `parquet` and `csv`")),
        }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleSummary {
    /// One entry per table.
    pub tables: Vec<TableSummary>,
}

/// What was written of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSummary {
    /// The table's name, `exports` or `truth`.
    pub name: &'static str,
    /// What to register as the table: its only file, or the directory of its files. Of exports and truth, their directory.
    pub path: PathBuf,
    /// How many files there are.
    pub files: u64,
    /// Rows in all files.
    pub rows: u64,
    /// Bytes in all files.
    pub bytes: u64,
}

/// Writes the sample into a directory, which is made if it does not exist.
///
/// A table of up to half a million rows is one file (`costs.parquet`), a larger one a directory
/// (`revenue/part-000.parquet` and so on). The same scale, seed and months give the same bytes on
/// every machine. Files of an earlier sample of the same size are replaced one by one, each when its
/// successor is complete; files that would be left beside the new ones are an error.
pub fn write(directory: &Path, options: &SampleOptions) -> Result<SampleSummary> {
    plan::Plan::new(directory, options)?.run()
}

#[cfg(test)]
mod tests;
