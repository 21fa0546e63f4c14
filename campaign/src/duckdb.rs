//! DuckDB as another opinion: a Python process that takes lines of JSON and gives lines of JSON.

use std::{
    io::{self, BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde::Deserialize;
use serde_json::json;

use crate::{
    rows::Rows,
    session::{Failure, ROWS_MAX},
};

const DRIVER: &str = include_str!("../duckdb_driver.py");

/// A running DuckDB.
pub struct DuckDb {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// The number of the data set that is loaded.
    pub world: u64,
}

#[derive(Deserialize)]
struct Answer {
    rows: Option<Rows>,
    error: Option<String>,
}

impl DuckDb {
    /// Starts DuckDB in a Python interpreter that has it.
    ///
    /// # Errors
    /// An interpreter that cannot be started.
    pub fn start(python: &Path) -> io::Result<Self> {
        let mut child =
            Command::new(python).args(["-c", DRIVER]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let (Some(requests), Some(answers)) = pipes else {
            return Err(io::Error::other("the driver has no pipes"));
        };
        Ok(Self { child, requests, answers: BufReader::new(answers), world: 0 })
    }

    /// Loads the tables of a data set from Parquet files, in place of what was there.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn load(&mut self, world: u64, files: &[(String, String)]) -> Result<(), Failure> {
        self.ask(&json!({ "load": files }))?;
        self.world = world;
        Ok(())
    }

    /// Makes a view, if it is not there.
    ///
    /// # Errors
    /// SQL that DuckDB refuses.
    pub fn view(&mut self, name: &str, sql: &str) -> Result<(), Failure> {
        self.ask(&json!({ "view": format!("CREATE OR REPLACE VIEW {name} AS {sql}") })).map(drop)
    }

    /// Returns the rows of a query.
    ///
    /// # Errors
    /// SQL that DuckDB refuses, or a result that is too large.
    pub fn rows(&mut self, sql: &str) -> Result<Rows, Failure> {
        self.ask(&json!({ "sql": sql, "limit": ROWS_MAX }))
    }

    fn ask(&mut self, request: &serde_json::Value) -> Result<Rows, Failure> {
        let absent = |error: &dyn std::fmt::Display| Failure::Absent(format!("DuckDB: {error}"));
        writeln!(self.requests, "{request}").map_err(|error| absent(&error))?;
        self.requests.flush().map_err(|error| absent(&error))?;
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(|error| absent(&error))?;
        let answer: Answer = serde_json::from_str(&line).map_err(|error| absent(&error))?;
        match answer {
            Answer { error: Some(error), .. } => Err(absent(&error)),
            Answer { rows: None, .. } => Err(Failure::TooLarge),
            Answer { rows: Some(rows), .. } => Ok(rows),
        }
    }
}

impl Drop for DuckDb {
    fn drop(&mut self) {
        // It has nothing to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
