//! marginql: SQL for customer profitability.
//!
//! The library behind the binary: `engine` is a DataFusion session made safe for money,
//! `sources` turns files into tables, `query` is a statement with its header and parameters,
//! `project` is the project file, `output` turns rows into bytes. See `docs/architecture.md` for the map.

pub mod cli;
pub mod console;
pub mod engine;
pub mod error;
mod leftovers;
pub mod output;
pub mod project;
pub mod query;
pub mod repl;
pub mod sample;
pub mod sources;
pub mod suggest;
