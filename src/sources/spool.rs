//! Pipes as files: what can be read only once, such as the standard input, is written to a temporary file and read there.

use std::{
    collections::HashMap,
    fs::{File, Metadata},
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tempfile::TempPath;

use super::blocking::{Cancel, each_block};
use crate::error::{Error, Result, file_error};

/// The path that stands for the standard input, as with other commands.
pub(super) const STANDARD_INPUT: &str = "-";

/// The paths of the standard input.
const STANDARD_INPUT_PATHS: [&str; 3] = ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];

/// Whether the standard input gives the SQL of this process.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// Says that the standard input gives the SQL of this process, so that no table is read from it.
pub fn take_standard_input() {
    IS_TAKEN.store(true, Ordering::Relaxed);
}

/// An error if a path is the standard input, and that gives the SQL.
pub(super) fn refuse_if_taken(path: &Path) -> Result<()> {
    if !IS_TAKEN.load(Ordering::Relaxed) || !STANDARD_INPUT_PATHS.iter().any(|name| Path::new(name) == path) {
        return Ok(());
    }
    Err(Error::data("the standard input gives the SQL, and cannot be a table too")
        .hint("name the file, or give the SQL on the command line: marginql --table t=- query 'SELECT …'"))
}

/// What pipes gave, as long as the session lasts.
#[derive(Debug, Default)]
pub(super) struct Spool(Mutex<HashMap<PathBuf, TempPath>>);

/// Whether a path leads to something that can be read only once.
pub(super) fn is_pipe(metadata: &Metadata) -> bool {
    !metadata.is_file() && !metadata.is_dir()
}

impl Spool {
    /// Returns the file that holds what the pipe gave; it is read to its end the first time.
    pub(super) fn file(&self, pipe: &Path, directory: &Path, cancel: &Cancel) -> Result<PathBuf> {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = files.get(pipe) {
            return Ok(file.to_path_buf());
        }
        let unreadable = |error| file_error("read", pipe, error);
        let unwritable = |error| file_error("write to", directory, error);
        let reader = File::open(pipe).map_err(unreadable)?;
        if reader.is_terminal() {
            return Err(Error::data(format!("`{}` is a terminal, and not a file", pipe.display()))
                .hint("send rows into it: other-program | marginql …, or marginql … < file.csv"));
        }
        let mut file = tempfile::Builder::new().prefix("pipe-").tempfile_in(directory).map_err(unwritable)?;
        each_block(reader, cancel, unreadable, |block| file.write_all(block).map_err(unwritable))?;
        let file = file.into_temp_path();
        let path = file.to_path_buf();
        files.insert(pipe.to_owned(), file);
        Ok(path)
    }
}
