//! Keeps the state directory from growing for ever: removes what no file needs any more.
//!
//! Everything here may fail without harm: what could not be removed is tried again another day.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use super::cache::Key;

/// What nobody used for so long is made again when it is needed.
const UNUSED_MAX: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A temporary file that is older belongs to a process that was stopped.
const TEMPORARY_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// The ending of the file that says from which file a copy was made.
pub(super) const ORIGIN: &str = ".origin";

/// Removes the oldest files of a directory beyond a number.
pub(super) fn entries(directory: &Path, most: usize) {
    let Ok(found) = fs::read_dir(directory) else { return };
    let mut entries: Vec<_> = found.flatten().map(|entry| (age(&entry.path()), entry.path())).collect();
    if entries.len() <= most {
        return;
    }
    entries.sort();
    for (_, path) in &entries[most..] {
        let _removed = fs::remove_file(path);
    }
}

/// Removes copies whose original is gone or changed, links that lead nowhere, and what was not used for a month.
pub(super) fn copies(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if let Some(copy) = name.strip_suffix(ORIGIN) {
            if !is_current(&path) {
                let _removed = (fs::remove_file(directory.join(copy)), fs::remove_file(&path));
            }
        } else if path.is_dir() {
            if name.starts_with("links-") && (age(&path) > UNUSED_MAX || leads_nowhere(&path)) {
                let _removed = fs::remove_dir_all(&path);
            }
        } else if !directory.join(format!("{name}{ORIGIN}")).exists() {
            let most = if name.starts_with(".tmp") { TEMPORARY_MAX } else { UNUSED_MAX };
            if age(&path) > most {
                let _removed = fs::remove_file(&path);
            }
        }
    }
}

/// Marks a directory of links as used today.
pub(super) fn touch(directory: &Path) {
    let _touched = fs::File::open(directory).and_then(|opened| opened.set_modified(SystemTime::now()));
}

/// How long ago a file was written; nothing if that cannot be told, so that it is kept.
fn age(path: &Path) -> Duration {
    let modified = fs::symlink_metadata(path).and_then(|metadata| metadata.modified()).ok();
    modified.and_then(|time| time.elapsed().ok()).unwrap_or_default()
}

fn is_current(origin: &Path) -> bool {
    let key = fs::read_to_string(origin).ok().and_then(|text| serde_json::from_str::<Key>(&text).ok());
    key.is_some_and(|key| key.is_current())
}

fn leads_nowhere(directory: &Path) -> bool {
    fs::read_dir(directory).into_iter().flatten().flatten().any(|entry| {
        let path = entry.path();
        if path.is_symlink() { !path.exists() } else { path.is_dir() && leads_nowhere(&path) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entries_go_first() {
        let directory = tempfile::tempdir().expect("a directory");
        for (name, days) in [("new", 0), ("old", 2), ("middle", 1)] {
            let path = directory.path().join(name);
            fs::write(&path, "").expect("writes");
            let time = SystemTime::now() - Duration::from_secs(days * 86_400);
            fs::File::options()
                .write(true)
                .open(&path)
                .and_then(|file| file.set_modified(time))
                .expect("sets");
        }
        entries(directory.path(), 2);
        assert!(directory.path().join("new").exists() && directory.path().join("middle").exists());
        assert!(!directory.path().join("old").exists());
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_nowhere_are_removed() {
        let directory = tempfile::tempdir().expect("a directory");
        let target = directory.path().join("a.csv");
        fs::write(&target, "x").expect("writes");
        let links = directory.path().join("copies/links-1/m=1");
        fs::create_dir_all(&links).expect("creates");
        std::os::unix::fs::symlink(&target, links.join("0")).expect("links");
        copies(&directory.path().join("copies"));
        assert!(links.exists());
        fs::remove_file(&target).expect("removes");
        copies(&directory.path().join("copies"));
        assert!(!links.exists());
    }
}
