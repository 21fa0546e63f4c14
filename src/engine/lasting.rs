//! Files of rows that were computed once, for later sessions: a report over large exports then begins where the last one ended.
//!
//! A file is found by the identity of its rows, which changes with every file, view and option behind them; so nothing
//! here can be out of date, only missing. What is missing, damaged or not writable costs time, never a result.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tempfile::NamedTempFile;

/// Most bytes of all files together; beyond, those go that were not used for longest.
const BYTES_MAX: u64 = 4 << 30;
/// What was not used for so long is computed anew when it is needed.
const UNUSED_MAX: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Rows of an earlier state of the same table go after so long: another session may still read them.
const OUTDATED_MAX: Duration = Duration::from_secs(24 * 60 * 60);
const EXTENSION: &str = "arrow";

/// The files, in one directory.
#[derive(Debug)]
pub(super) struct Lasting {
    directory: Option<PathBuf>,
}

impl Lasting {
    /// Keeps files in a directory below the state directory; none: nowhere.
    pub(super) fn new(state_directory: Option<&Path>) -> Self {
        Self { directory: state_directory.map(|directory| directory.join("rows")) }
    }

    /// Whether there is a directory.
    pub(super) fn is_possible(&self) -> bool {
        self.directory.is_some()
    }

    /// The file with the rows of this identity, and its size.
    pub(super) fn find(&self, table: &str, identity: &str) -> Option<(PathBuf, u64)> {
        let path = self.path(table, identity)?;
        let file = fs::File::open(&path).ok()?;
        let _touched = file.set_modified(SystemTime::now());
        Some((path, file.metadata().ok()?.len()))
    }

    /// Writes a file, in place of those with earlier rows of the table.
    pub(super) fn store(
        &self,
        table: &str,
        identity: &str,
        write: impl FnOnce(&mut dyn Write) -> datafusion::error::Result<()>,
    ) {
        let _stored: Option<()> = (|| {
            let path = self.path(table, identity)?;
            let directory = path.parent()?;
            fs::create_dir_all(directory).ok()?;
            // A temporary file is readable by its owner alone; these are sums of somebody's books.
            let mut file = NamedTempFile::new_in(directory).ok()?;
            write(file.as_file_mut()).ok()?;
            if file.as_file().metadata().ok()?.len() > BYTES_MAX / 2 {
                return None;
            }
            self.clean(directory, &prefix(table));
            file.persist(&path).ok()?;
            Some(())
        })();
    }

    fn path(&self, table: &str, identity: &str) -> Option<PathBuf> {
        Some(self.directory.as_ref()?.join(format!("{}{identity}.{EXTENSION}", prefix(table))))
    }

    fn clean(&self, directory: &Path, prefix: &str) {
        let now = SystemTime::now();
        let mut others: Vec<(Duration, u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            let unused =
                metadata.modified().ok().and_then(|used| now.duration_since(used).ok()).unwrap_or_default();
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_earlier = name.starts_with(prefix) || !name.ends_with(EXTENSION);
            if unused > UNUSED_MAX || (is_earlier && unused > OUTDATED_MAX) {
                let _removed = fs::remove_file(entry.path());
            } else {
                others.push((unused, metadata.len(), entry.path()));
            }
        }
        others.sort();
        let mut bytes = 0;
        for (_, own, path) in others {
            bytes += own;
            // Half is for what is about to be written.
            if bytes > BYTES_MAX / 2 {
                let _removed = fs::remove_file(path);
            }
        }
    }
}

/// What the names of a table's files begin with; people look into the directory too.
fn prefix(table: &str) -> String {
    let name = table.trim_end_matches(".sql").rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '_' };
    let name: String = name.chars().take(40).map(plain).collect();
    let place = blake3::hash(table.as_bytes()).to_hex();
    format!("{name}-{}-", &place[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(bytes: usize) -> impl FnOnce(&mut dyn Write) -> datafusion::error::Result<()> {
        move |file| Ok(file.write_all(&vec![7; bytes])?)
    }

    fn names(directory: &Path) -> usize {
        fs::read_dir(directory.join("rows")).expect("a directory").count()
    }

    fn unused_for(path: &Path, time: Duration) {
        let file = fs::File::open(path).expect("opens");
        file.set_modified(SystemTime::now() - time).expect("sets");
    }

    #[test]
    fn a_file_is_found_by_the_identity_of_its_rows_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        let lasting = Lasting::new(Some(directory.path()));
        assert_eq!(lasting.find("a.sql", "one"), None);
        lasting.store("a.sql", "one", write(10));
        assert_eq!(lasting.find("a.sql", "one").expect("is there").1, 10);
        assert_eq!(lasting.find("a.sql", "two"), None);
        assert_eq!(lasting.find("b.sql", "one"), None);
    }

    #[test]
    fn what_cannot_be_written_is_not_there() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("file");
        fs::write(&file, "").expect("writes");
        for lasting in [Lasting::new(None), Lasting::new(Some(&file))] {
            lasting.store("a.sql", "one", write(10));
            assert_eq!(lasting.find("a.sql", "one"), None);
        }
        let lasting = Lasting::new(Some(directory.path()));
        lasting.store("a.sql", "one", |file| {
            file.write_all(b"half")?;
            datafusion::common::exec_err!("no more")
        });
        assert_eq!(lasting.find("a.sql", "one"), None);
        assert_eq!(names(directory.path()), 0, "half a file is removed");
    }

    #[test]
    fn earlier_rows_go_when_nobody_can_still_read_them() {
        let directory = tempfile::tempdir().expect("a directory");
        let lasting = Lasting::new(Some(directory.path()));
        for (table, identity) in [("a.sql", "one"), ("a.sql", "two"), ("b.sql", "one"), ("c.sql", "one")] {
            lasting.store(table, identity, write(10));
        }
        let path = |table: &str, identity: &str| lasting.path(table, identity).expect("a path");
        let days = |days: u64| Duration::from_secs(days * 24 * 60 * 60);
        unused_for(&path("a.sql", "one"), days(2));
        unused_for(&path("b.sql", "one"), days(2));
        unused_for(&path("c.sql", "one"), days(40));
        lasting.store("a.sql", "three", write(10));
        assert!(lasting.find("a.sql", "one").is_none(), "its table has newer rows");
        assert!(lasting.find("a.sql", "two").is_some(), "a session may read it");
        assert!(lasting.find("b.sql", "one").is_some(), "it may be used again");
        assert!(lasting.find("c.sql", "one").is_none(), "nobody used it for long");
    }
}
