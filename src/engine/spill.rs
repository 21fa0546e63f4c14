//! The directory of a session for rows that do not fit into memory; it goes when the session and its results go.
//!
//! It is the session's own, so that it can be removed while a worker that cannot be stopped still uses it.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::leftovers::Leftover;

#[derive(Debug)]
pub(super) struct SpillDirectory {
    directory: TempDir,
    /// Dropped after the directory, which then is gone.
    _leftover: Leftover,
}

impl SpillDirectory {
    /// Makes a directory in another; none where nothing can be written, which most queries do not mind.
    pub(super) fn create(parent: &Path) -> Option<Self> {
        let directory = tempfile::Builder::new().prefix("marginql-").tempdir_in(parent).ok()?;
        let leftover = Leftover::register(directory.path());
        Some(Self { directory, _leftover: leftover })
    }

    pub(super) fn path(&self) -> PathBuf {
        self.directory.path().to_owned()
    }
}
