//! Which state of a file was seen: its size, its times, and which file it is.
//!
//! The time of the last change of content can be set back, as `cp -p` and archives do; that of the last change of any
//! kind cannot, and another file under the same name has another number.

use std::{fs::Metadata, time::UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// What tells the states of a file apart without reading it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub(super) bytes: u64,
    pub(super) modified_nanoseconds: u128,
    pub(super) changed_nanoseconds: i128,
    pub(super) file: (u64, u64),
}

impl Stamp {
    /// Returns the state that the metadata show.
    pub(super) fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Self {
            bytes: metadata.len(),
            modified_nanoseconds: modified.map_or(0, |since| since.as_nanos()),
            changed_nanoseconds: changed(metadata),
            file: file(metadata).unwrap_or_default(),
        }
    }
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> i128 {
    use std::os::unix::fs::MetadataExt;
    i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> i128 {
    0
}

/// Returns the device and the number of a file or directory, by which links to it are recognised; none where there is none.
#[cfg(unix)]
pub(super) fn file(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

/// Returns the device and the number of a file or directory, by which links to it are recognised; none where there is none.
#[cfg(not(unix))]
pub(super) fn file(_: &Metadata) -> Option<(u64, u64)> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, File, FileTimes};

    use super::*;

    #[test]
    fn a_restored_file_of_the_same_size_and_time_is_another_state() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.csv");
        fs::write(&path, "a\n1\n").expect("writes");
        let before = fs::metadata(&path).expect("is there");
        let modified = before.modified().expect("a time");
        fs::write(&path, "a\n2\n").expect("writes");
        let file = File::options().write(true).open(&path).expect("opens");
        file.set_times(FileTimes::new().set_modified(modified)).expect("sets the time");
        let after = fs::metadata(&path).expect("is there");
        assert_eq!((before.len(), modified), (after.len(), after.modified().expect("a time")));
        assert_ne!(Stamp::of(&before), Stamp::of(&after));
    }
}
