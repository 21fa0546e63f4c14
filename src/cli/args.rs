//! The arguments of the command line, as clap reads them. No logic, no files.

use std::{num::NonZeroUsize, path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{console::ColorChoice, engine::MemoryLimit, error::Error, output::Format, query::Argument};

const EXAMPLES: &str = "\
Examples:
  marginql query \"SELECT * FROM 'revenue.parquet' LIMIT 5\"
  marginql --table revenue=exports/revenue.csv tables -v
  marginql run reports/ -o out/ --format xlsx
  marginql --table revenue=revenue.parquet          (opens the prompt)

Exit codes: 0 done, 1 a query, the data or an expectation failed, 2 wrong usage, 130 interrupted";

/// SQL for customer profitability
#[derive(Parser, Debug)]
#[command(name = "marginql", version, about, after_help = EXAMPLES, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Common options")]
pub(super) struct Common {
    /// Use the project of this file or directory [default: marginql.toml here or in a directory above]
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) project: Option<PathBuf>,
    /// Register a file, directory or glob as a table (can be repeated)
    #[arg(long, global = true, value_name = "NAME=PATH", value_parser = told::<TableArgument>)]
    pub(super) table: Vec<TableArgument>,
    /// Set a parameter of the query, `$NAME`; NAME:TYPE=VALUE says its type (can be repeated)
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = told::<Argument>)]
    pub(super) param: Vec<Argument>,
    /// Write rows as table, expanded, csv, tsv, json, ndjson, markdown, html, parquet, xlsx or arrow
    /// [default: by the extension of the output, else table]
    #[arg(long, global = true, value_name = "FORMAT", value_parser = told::<Format>)]
    pub(super) format: Option<Format>,
    /// Write to a file, or for several queries into a directory, instead of stdout
    #[arg(short, long, global = true, value_name = "PATH")]
    pub(super) output: Option<PathBuf>,
    /// Show at most this many rows of a table on the terminal, 0 for all [default: 40]
    #[arg(long, global = true, value_name = "ROWS")]
    pub(super) rows_max: Option<usize>,
    /// Let queries use at most this much memory, then spill [default: 70 % of the machine's]
    #[arg(long, global = true, value_name = "SIZE", value_parser = told::<MemoryLimit>)]
    pub(super) memory_limit: Option<MemoryLimit>,
    /// Work with this many threads [default: one for each core]
    #[arg(long, global = true, value_name = "COUNT", value_parser = count)]
    pub(super) threads: Option<NonZeroUsize>,
    /// Spill into this directory [default: the system's for temporary files]
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) temp_dir: Option<PathBuf>,
    /// Spill at most this much [default: 100GB]
    #[arg(long, global = true, value_name = "SIZE", value_parser = told::<MemoryLimit>)]
    pub(super) temp_limit: Option<MemoryLimit>,
    /// Set a DataFusion option, such as execution.batch_size=8192 (can be repeated)
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = told::<Setting>)]
    pub(super) set: Vec<Setting>,
    /// Compute each result a second time, in the plainest way, and fail if any cell differs
    #[arg(long, global = true)]
    pub(super) verify: bool,
    /// Put an apostrophe before texts that a spreadsheet would take for a formula, in CSV and TSV
    #[arg(long, global = true)]
    pub(super) csv_safe: bool,
    /// Print nothing but data and errors
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Colour messages and tables
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorChoice,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Open the prompt
    Repl,
    /// Run SQL from the command line, or from stdin with `-`
    Query {
        /// The SQL, one or more statements
        // SQL may begin with a comment, and so with two hyphens.
        #[arg(allow_hyphen_values = true)]
        sql: String,
    },
    /// Run saved queries
    Run {
        /// Files of SQL, or directories of them
        #[arg(required = true, value_name = "FILE.sql|DIR")]
        paths: Vec<PathBuf>,
    },
    /// List the tables
    Tables {
        /// Show each column with its type, and why it has that type
        #[arg(short, long)]
        verbose: bool,
    },
    /// List the functions
    Functions {
        /// Show only functions whose name contains this; the exact name shows its documentation
        pattern: Option<String>,
        /// Show the functions of DataFusion too
        #[arg(long)]
        all: bool,
    },
    /// Recognise exports and write a project file, marginql.toml
    Init {
        /// The directory with the exports, in which the project begins
        #[arg(value_name = "DIR", default_value = ".")]
        directory: PathBuf,
    },
    /// Check the project: whether its money ties, and what is wrong with its data
    Check(CheckArguments),
    /// Write a synthetic company to try things on
    Sample(SampleArguments),
}

#[derive(Args, Debug)]
pub(super) struct CheckArguments {
    /// Show only these: decisions, coverage, data_quality, reconciliation
    #[arg(value_name = "CHECK")]
    pub(super) parts: Vec<String>,
    /// Show what is in order too
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// Decide the types of all columns anew, and renew `marginql.lock`
    #[arg(long)]
    pub(super) relock: bool,
}

#[derive(Args, Debug)]
pub(super) struct SampleArguments {
    /// The directory to write into
    pub(super) directory: PathBuf,
    /// How large; 1 is a million rows of revenue
    #[arg(long, default_value = "1", value_name = "NUMBER", value_parser = decimal)]
    pub(super) scale: rust_decimal::Decimal,
    /// Another seed gives another company, the same seed the same
    #[arg(long, default_value = "1", value_name = "NUMBER")]
    pub(super) seed: u64,
    /// How many months
    #[arg(long, default_value = "24", value_name = "COUNT")]
    pub(super) months: u32,
    /// Write only this: the tables, or the exports and what must come out of them [default: both]
    #[arg(long, value_name = "PART")]
    pub(super) only: Option<SampleOnly>,
    /// How the exports store credit notes
    #[arg(long, default_value = "negative", value_name = "SIGN")]
    pub(super) credits: SampleCredits,
}

/// What `sample` writes of the company.
#[derive(ValueEnum, Debug, Clone, Copy)]
pub(super) enum SampleOnly {
    Tables,
    Exports,
}

/// How the exports of a sample store credit notes.
#[derive(ValueEnum, Debug, Clone, Copy)]
pub(super) enum SampleCredits {
    Negative,
    Positive,
}

/// `NAME=PATH`.
#[derive(Debug, Clone)]
pub(super) struct TableArgument {
    pub(super) name: String,
    pub(super) path: String,
}

impl FromStr for TableArgument {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.split_once('=') {
            Some((name, path)) if !name.is_empty() && !path.is_empty() => {
                Ok(Self { name: name.to_owned(), path: path.to_owned() })
            }
            _ => Err(Error::usage("a table is written `NAME=PATH`")
                .hint("for example `--table revenue=exports/revenue.parquet`")),
        }
    }
}

/// `KEY=VALUE`.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) key: String,
    pub(super) value: String,
}

impl FromStr for Setting {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.split_once('=') {
            Some((key, value)) => Ok(Self { key: key.trim().to_owned(), value: value.trim().to_owned() }),
            None => Err(Error::usage("a setting is written `KEY=VALUE`")
                .hint("for example `--set execution.batch_size=8192`")),
        }
    }
}

fn count(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "a whole number from 1 is expected".to_owned())
}

fn decimal(text: &str) -> Result<rust_decimal::Decimal, String> {
    text.parse().map_err(|_| "a number such as 0.5 is expected".to_owned())
}

/// Reads a value and keeps the hint of the error, which clap would drop.
fn told<T: FromStr<Err = Error>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: Error| match error.hints() {
        [] => error.to_string(),
        hints => format!("{error}\n  tip: {}", hints.join("; ")),
    })
}
