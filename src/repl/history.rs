//! The file of typed statements: readable by its owner only, of limited size, never a reason to fail.

use std::{
    fs::DirBuilder,
    path::{Path, PathBuf},
};

use rustyline::{Editor, Helper, history::DefaultHistory};

/// Statements that are kept.
pub(super) const ENTRIES_MAX: usize = 10_000;

/// Where typed statements are kept, if they can be.
#[derive(Debug)]
pub(super) struct HistoryFile(Option<PathBuf>);

impl HistoryFile {
    /// Loads the file into the editor; it need not exist.
    pub(super) fn load<H: Helper>(path: Option<&Path>, editor: &mut Editor<H, DefaultHistory>) -> Self {
        let Some(path) = path else { return Self(None) };
        // A history that cannot be read is an empty one.
        let _ = editor.load_history(path);
        Self(Some(path.to_owned()))
    }

    /// Writes what is new at once: a session that is killed loses nothing, and another one may run.
    ///
    /// `Err` is told once, then no further attempt is made.
    pub(super) fn save<H: Helper>(
        &mut self,
        editor: &mut Editor<H, DefaultHistory>,
    ) -> Result<(), (PathBuf, rustyline::error::ReadlineError)> {
        let Some(path) = &self.0 else { return Ok(()) };
        if let Some(directory) = path.parent() {
            create_private(directory);
        }
        // The editor creates the file with mode 0600, and restores that mode whenever it writes.
        match editor.append_history(path) {
            Ok(()) => Ok(()),
            Err(error) => Err((self.0.take().unwrap_or_default(), error)),
        }
    }
}

/// Whether this worked is seen when the file is written.
fn create_private(directory: &Path) {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let _ = builder.create(directory);
}
