//! The binary: parse, build one runtime, run, exit code.

fn main() {}
