//! The command line from outside: the binary in a hermetic environment.

mod arithmetic;
mod calls;
mod clauses;
mod determinism;
mod env;
mod files;
mod formats;
mod interruption;
mod limits;
mod lists;
mod names;
mod options;
mod outcome;
mod outputs;
mod parameters;
mod sample_data;
mod saved_queries;
mod streams;
mod syntax;
mod wording;
