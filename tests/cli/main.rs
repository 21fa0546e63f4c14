//! The command line from outside: the binary in a hermetic environment.

mod env;
mod repl;
