//! A hermetic environment: an empty home and state directory, no variables of the machine, a fixed terminal.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// A directory to work in, a home and a state directory, gone when dropped.
pub(crate) struct Environment {
    directory: TempDir,
}

impl Environment {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        for name in ["home", "work"] {
            std::fs::create_dir(directory.path().join(name)).unwrap();
        }
        Self { directory }
    }

    /// Where the binary runs.
    pub(crate) fn work(&self) -> PathBuf {
        self.directory.path().join("work")
    }

    /// Where it keeps its history; it has to make the directory itself.
    pub(crate) fn state(&self) -> PathBuf {
        self.directory.path().join("state")
    }

    /// Writes a file to work with.
    pub(crate) fn write(&self, name: impl AsRef<Path>, content: &str) {
        std::fs::write(self.work().join(name), content).unwrap();
    }

    /// The binary, ready to be given arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_marginql"));
        command
            .current_dir(self.work())
            .env_clear()
            .env("HOME", self.directory.path().join("home"))
            .env("MARGINQL_STATE_DIR", self.state())
            .env("TERM", "xterm-256color")
            .env("TZ", "UTC");
        command
    }
}
