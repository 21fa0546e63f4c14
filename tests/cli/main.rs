//! The command line from outside: the binary in a hermetic environment.

// In a test, a panic is the message; clippy knows only the test functions themselves as tests.
#![allow(clippy::unwrap_used)]

mod altered;
mod arithmetic;
mod calls;
mod check;
mod clauses;
mod company;
mod determinism;
mod env;
mod european;
mod files;
mod formats;
mod ignored;
mod init;
mod interruption;
mod limits;
mod lists;
mod names;
mod options;
mod outcome;
mod outputs;
mod parameters;
mod pushdown;
mod recovery;
mod repl;
mod sample_data;
mod saved_queries;
mod statement_fields;
mod streams;
mod syntax;
mod wording;
