//! The command line from outside: the binary in a hermetic environment.

// In a test, a panic is the message; clippy knows only the test functions themselves as tests.
#![allow(clippy::unwrap_used)]

mod env;
mod repl;
