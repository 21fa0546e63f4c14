//! Completes paths of files. Opens no file.

use std::path::{MAIN_SEPARATOR, Path};

/// A file or directory whose name continues what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PathCandidate {
    /// Its name, a directory's with a separator at the end.
    pub(super) name: String,
    /// The path as it would be typed.
    pub(super) path: String,
}

impl PathCandidate {
    /// Whether more can follow.
    pub(super) fn is_directory(&self) -> bool {
        self.path.ends_with(MAIN_SEPARATOR)
    }
}

/// The paths that begin like `typed`, in order; hidden files only if a dot was typed.
pub(super) fn complete_path(typed: &str) -> Vec<PathCandidate> {
    let (directory, prefix) = match typed.rfind(std::path::is_separator) {
        Some(index) => typed.split_at(index + 1),
        None => ("", typed),
    };
    let listed = match directory {
        "" => Path::new("."),
        directory => Path::new(directory),
    };
    // What cannot be listed has no candidates; the statement itself will say why.
    let Ok(entries) = std::fs::read_dir(listed) else { return Vec::new() };
    let mut candidates: Vec<_> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let mut name = entry.file_name().into_string().ok()?;
            let is_hidden = name.starts_with('.') && !prefix.starts_with('.');
            if is_hidden || !name.starts_with(prefix) {
                return None;
            }
            if entry.path().is_dir() {
                name.push(MAIN_SEPARATOR);
            }
            Some(PathCandidate { path: format!("{directory}{name}"), name })
        })
        .collect();
    candidates.sort_by(|a, b| a.name.cmp(&b.name));
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_continue_in_their_directory_and_hidden_ones_wait_for_a_dot() {
        let directory = tempfile::tempdir().expect("a directory");
        for name in ["sales.csv", "sales.parquet", ".sales", "costs.csv"] {
            std::fs::write(directory.path().join(name), "").expect("a file");
        }
        std::fs::create_dir(directory.path().join("saved")).expect("a directory");
        let names = |typed: &str| -> Vec<String> {
            let typed = format!("{}/{typed}", directory.path().display());
            let found = complete_path(&typed);
            assert!(found.iter().all(|candidate| candidate.path.starts_with(&typed)));
            found.into_iter().map(|candidate| candidate.name).collect()
        };
        assert_eq!(names("sa"), ["sales.csv", "sales.parquet", "saved/"]);
        assert_eq!(names(".s"), [".sales"]);
        assert_eq!(names("nothing/x"), Vec::<String>::new());
    }
}
