//! Walks through a directory: which files hold data, and what is not read.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::{
    Format, Warning,
    locate::{is_data, is_lock_file},
    stamp,
};
use crate::error::{Result, file_error};

/// Names that a warning lists.
const LEFT_OUT_SHOWN_MAX: usize = 5;

/// A walk through a directory and its `key=value` directories.
pub(super) struct Walk<'a> {
    root: &'a Path,
    format: Option<Format>,
    /// The files with data.
    pub(super) paths: Vec<PathBuf>,
    /// Names of files that are not read.
    left_out: Vec<String>,
    /// Directories that were seen, so that a link to one above does not lead around for ever.
    seen: BTreeSet<(u64, u64)>,
}

impl<'a> Walk<'a> {
    /// Returns a walk that has not begun; only files of `format` count, if it is given.
    pub(super) fn new(root: &'a Path, format: Option<Format>) -> Self {
        Self { root, format, paths: Vec::new(), left_out: Vec::new(), seen: BTreeSet::new() }
    }

    /// Goes through the files of a directory; other directories with data are named in a warning.
    pub(super) fn directory(&mut self, directory: &Path, warnings: &mut Vec<Warning>) -> Result<()> {
        let failed = |error| file_error("read", directory, error);
        if let Some(number) = stamp::file(&fs::metadata(directory).map_err(failed)?)
            && !self.seen.insert(number)
        {
            return Ok(());
        }
        for entry in fs::read_dir(directory).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // `_SUCCESS`, `_temporary`, `.DS_Store` and the like are written beside the data by other programs.
            if name.starts_with(['.', '_']) || is_lock_file(&name) {
                continue;
            }
            let inner = path.strip_prefix(self.root).unwrap_or(&path).display().to_string();
            if path.is_dir() {
                if name.contains('=') {
                    self.directory(&path, warnings)?;
                } else if holds_data(&path, self.format) {
                    let root = self.root.display();
                    warnings.push(
                        Warning::new(format!("the directory `{inner}` in `{root}` was not read"))
                            .with_help(format!("to read it too, write `{root}/**/*`"))
                            .into_fault(),
                    );
                }
            } else if is_data(&name, self.format) {
                self.paths.push(path);
            } else {
                self.left_out.push(inner);
            }
        }
        Ok(())
    }

    /// Returns what is to be said of the files that are not read.
    pub(super) fn warning(&mut self) -> Option<Warning> {
        self.left_out.sort();
        let shown: Vec<_> =
            self.left_out.iter().take(LEFT_OUT_SHOWN_MAX).map(|name| format!("`{name}`")).collect();
        let (root, count) = (self.root.display().to_string(), self.left_out.len());
        let root = root.trim_end_matches('/');
        let message = match count {
            0 => return None,
            1 => format!("a file in `{root}` was not read: {}", shown[0]),
            _ if count == shown.len() => {
                format!("{count} files in `{root}` were not read: {}", shown.join(", "))
            }
            _ => format!("{count} files in `{root}` were not read: {}, …", shown.join(", ")),
        };
        let are_texts = self.left_out.iter().any(|name| name.to_ascii_lowercase().ends_with(".txt"));
        let help = match are_texts {
            true => format!("to read .txt files too, name them: `{root}/*.txt`, or rename them to .csv"),
            false => {
                "their names are not those of data files; move them elsewhere, or rename them".to_owned()
            }
        };
        Some(Warning::new(message).with_help(help))
    }
}

fn holds_data(directory: &Path, format: Option<Format>) -> bool {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| is_data(&entry.file_name().to_string_lossy(), format))
}
