//! Files that must not outlive the process, even when the work that made them cannot be given up in time.
//!
//! Work that is dropped removes its own files. But a worker in the middle of a large sort cannot be stopped, and
//! what it holds is not dropped before the process ends; then the last one to leave removes what is registered.
//! It knows paths only. `output` and `engine` register, `cli` removes.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

static PATHS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A temporary file or directory, registered until this is dropped.
#[derive(Debug)]
pub struct Leftover(PathBuf);

impl Leftover {
    /// Registers a path that the caller removes, if it comes to that.
    pub fn register(path: &Path) -> Self {
        paths().insert(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        paths().remove(&self.0);
    }
}

/// Removes whatever is still registered; for a process that is about to end.
pub fn remove_all() {
    for path in std::mem::take(&mut *paths()) {
        // Nobody is left to be told when that fails.
        let _ = match path.is_dir() {
            true => std::fs::remove_dir_all(&path),
            false => std::fs::remove_file(&path),
        };
    }
}

fn paths() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    // A set of paths is whole whoever panicked.
    PATHS.lock().unwrap_or_else(PoisonError::into_inner)
}
