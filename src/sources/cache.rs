//! Remembers what whole files said about their columns, and keeps the copies that readers need.
//!
//! Everything here is an optimisation: a cache that is missing, damaged or not writable costs time, never a result.
//! It knows nothing of formats.

use std::{
    collections::HashMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tempfile::{NamedTempFile, TempDir};

use super::{
    cleanup,
    copy_writer::{COPY_BYTES_MAX, CopyWriter},
    locate::DataFile,
    stamp::Stamp,
};
use crate::error::{Result, file_error};

/// Raised whenever the meaning of what is kept changes.
const VERSION: u32 = 7;

/// Entries kept in memory before they are forgotten all at once.
const MEMORY_ENTRIES_MAX: usize = 4096;

/// Entries of one store on disk; beyond, the oldest are removed.
const DISK_ENTRIES_MAX: usize = if cfg!(test) { 20 } else { 4096 };

/// Entries written between two looks at how many there are.
const ENTRIES_PER_LOOK: usize = if cfg!(test) { 10 } else { 256 };

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Store {
    /// What one file holds.
    Typing,
    /// Whatever somebody found out.
    Findings,
}

impl Store {
    fn directory(self) -> &'static str {
        match self {
            Store::Typing => "typing",
            Store::Findings => "findings",
        }
    }
}

/// Under which conditions an entry is valid.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Key {
    version: u32,
    store: Store,
    /// The file, or the name of a finding.
    path: PathBuf,
    stamp: Stamp,
    /// Whatever else the content depends on, such as a delimiter that was given.
    settings: String,
    /// The state of the files that a finding is about.
    identity: String,
}

impl Key {
    pub(super) fn new(file: &DataFile, settings: String) -> Self {
        Self {
            version: VERSION,
            store: Store::Typing,
            path: file.path.clone(),
            stamp: file.stamp,
            settings,
            identity: String::new(),
        }
    }

    /// The key of something that holds as long as `identity` is the same.
    pub(super) fn finding(name: &str, identity: &str) -> Self {
        Self {
            version: VERSION,
            store: Store::Findings,
            path: name.into(),
            stamp: Stamp::default(),
            settings: String::new(),
            identity: identity.to_owned(),
        }
    }

    /// Whether the file is still in this state.
    pub(super) fn is_current(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|metadata| Stamp::of(&metadata) == self.stamp)
    }
}

#[derive(Serialize, Deserialize)]
struct Entry<T> {
    key: Key,
    found: T,
}

/// The stores: facts by file, findings by name, and copies.
#[derive(Debug)]
pub(super) struct Cache {
    directory: Option<PathBuf>,
    memory: Mutex<HashMap<Key, String>>,
    /// Where copies go if there is no state directory; removed at the end.
    temporary: Mutex<Option<TempDir>>,
    /// What a copy may grow to.
    copy_bytes_max: u64,
    /// Entries written so far.
    written: AtomicUsize,
    /// Whether old copies were looked for.
    cleaned: AtomicBool,
}

impl Cache {
    pub(super) fn new(directory: Option<PathBuf>) -> Self {
        Self {
            directory,
            memory: Mutex::default(),
            temporary: Mutex::default(),
            written: AtomicUsize::default(),
            cleaned: AtomicBool::default(),
            copy_bytes_max: COPY_BYTES_MAX,
        }
    }

    fn entry_path(&self, key: &Key) -> Option<PathBuf> {
        let name = key.path.file_name()?.to_string_lossy().into_owned();
        let plain = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' };
        let stem: String = name.chars().take(40).map(plain).collect();
        // One entry per path and settings: a changed file replaces its entry.
        let place = hash(&(&key.path, &key.settings));
        Some(self.directory.as_ref()?.join(key.store.directory()).join(format!("{stem}-{place:016x}.json")))
    }

    /// What was found for exactly this state of the file, if it is known.
    pub(super) fn load<T: DeserializeOwned>(&self, key: &Key) -> Option<T> {
        let known = self.memory.lock().ok()?.get(key).cloned();
        if let Some(text) = known {
            return serde_json::from_str(&text).ok();
        }
        let text = fs::read_to_string(self.entry_path(key)?).ok()?;
        let entry: Entry<T> = serde_json::from_str(&text).ok()?;
        (entry.key == *key).then_some(entry.found)
    }

    /// Remembers what was found; failures to write are of no consequence.
    pub(super) fn store<T: Serialize>(&self, key: &Key, found: &T) {
        if let (Ok(mut memory), Ok(text)) = (self.memory.lock(), serde_json::to_string(found)) {
            if memory.len() >= MEMORY_ENTRIES_MAX {
                memory.clear();
            }
            memory.insert(key.clone(), text);
        }
        let Some(path) = self.entry_path(key) else { return };
        let _written: Option<()> = (|| {
            let directory = path.parent()?;
            fs::create_dir_all(directory).ok()?;
            let mut file = NamedTempFile::new_in(directory).ok()?;
            serde_json::to_writer_pretty(&mut file, &Entry { key: key.clone(), found }).ok()?;
            file.flush().ok()?;
            file.persist(&path).ok()?;
            if self.written.fetch_add(1, Ordering::Relaxed).is_multiple_of(ENTRIES_PER_LOOK) {
                cleanup::entries(directory, DISK_ENTRIES_MAX);
            }
            Some(())
        })();
    }

    /// The directory for copies: in the state directory, or a temporary one if that cannot be written.
    pub(super) fn copies(&self) -> Result<PathBuf> {
        if let Some(directory) = &self.directory {
            let copies = directory.join("copies");
            // A directory may exist and yet refuse new files.
            if fs::create_dir_all(&copies).is_ok() && NamedTempFile::new_in(&copies).is_ok() {
                return Ok(copies);
            }
        }
        let mut temporary = self.temporary.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(directory) = temporary.as_ref() {
            return Ok(directory.path().to_owned());
        }
        let directory = tempfile::Builder::new()
            .prefix("marginql-")
            .tempdir()
            .map_err(|error| file_error("create a temporary directory in", &std::env::temp_dir(), error))?;
        let path = directory.path().to_owned();
        *temporary = Some(directory);
        Ok(path)
    }

    /// The copy of a file in another form: found, or written now by `write`.
    ///
    /// Copies of earlier states of the same file are removed; so are, once, those of files that are gone: beside the
    /// writing of a copy this costs nothing.
    pub(super) fn copy(
        &self,
        key: &Key,
        extension: &str,
        write: impl FnOnce(&mut dyn Write) -> Result<()>,
    ) -> Result<PathBuf> {
        let directory = self.copies()?;
        let place = format!("{:016x}-", hash(&key.path));
        let state = format!("{place}{:016x}-", hash(&(key.stamp, VERSION)));
        let path = directory.join(format!("{state}{:016x}.{extension}", hash(&key.settings)));
        if path.exists() {
            return Ok(path);
        }
        let failed = |error| {
            file_error("write", &path, error)
                .note(format!("it is a copy of `{}` in a form that can be read", key.path.display()))
                .note("copies lie in the state directory; the variable MARGINQL_STATE_DIR names another one")
        };
        let mut file = NamedTempFile::new_in(&directory).map_err(failed)?;
        let buffered = std::io::BufWriter::with_capacity(1 << 20, file.as_file_mut());
        let mut writer = CopyWriter::new(buffered, self.copy_bytes_max);
        let written = write(&mut writer).and_then(|()| writer.flush().map_err(failed));
        if let Some(error) = writer.failed() {
            return Err(failed(error));
        }
        written?;
        drop(writer);
        for other in fs::read_dir(&directory).map_err(failed)?.flatten() {
            let name = other.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(&place) && !name.starts_with(&state) {
                let _removed = fs::remove_file(other.path());
            }
        }
        if !self.cleaned.swap(true, Ordering::Relaxed) {
            cleanup::copies(&directory);
        }
        file.persist(&path).map_err(|error| failed(error.error))?;
        if let Ok(origin) = serde_json::to_vec(key) {
            let _written = fs::write(format!("{}{}", path.display(), cleanup::ORIGIN), origin);
        }
        Ok(path)
    }
}

/// A number for file names; a collision is caught by comparing keys.
pub(super) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The directory in which links to the files of one table stand in for them.
pub(super) fn links_directory(copies: &Path, targets: &impl Hash) -> PathBuf {
    copies.join(format!("links-{:016x}", hash(targets)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::copy_writer::unwritable;

    fn key(bytes: u64) -> Key {
        Key {
            version: VERSION,
            store: Store::Typing,
            path: "/data/a.csv".into(),
            stamp: Stamp { bytes, ..Stamp::default() },
            settings: String::new(),
            identity: String::new(),
        }
    }

    #[test]
    fn an_entry_is_valid_for_one_state_of_the_file() {
        let directory = tempfile::tempdir().expect("a directory");
        let writer = Cache::new(Some(directory.path().to_owned()));
        writer.store(&key(10), &vec![1, 2]);
        let reader = Cache::new(Some(directory.path().to_owned()));
        assert_eq!(reader.load::<Vec<i32>>(&key(10)), Some(vec![1, 2]));
        assert_eq!(reader.load::<Vec<i32>>(&key(11)), None);
    }

    #[test]
    fn a_damaged_or_unwritable_cache_is_ignored() {
        let directory = tempfile::tempdir().expect("a directory");
        let cache = Cache::new(Some(directory.path().to_owned()));
        cache.store(&key(10), &1);
        fs::write(cache.entry_path(&key(10)).expect("a path"), "{ half").expect("writes");
        assert_eq!(Cache::new(Some(directory.path().to_owned())).load::<i32>(&key(10)), None);

        let not_a_directory = directory.path().join("file");
        fs::write(&not_a_directory, "").expect("writes");
        let cache = Cache::new(Some(not_a_directory));
        cache.store(&key(10), &1);
        assert_eq!(cache.load::<i32>(&key(10)), Some(1), "memory serves");
        assert!(cache.copies().expect("a temporary directory").is_dir());
    }

    #[test]
    fn a_copy_is_written_once_and_replaced_with_its_file() {
        let directory = tempfile::tempdir().expect("a directory");
        let cache = Cache::new(Some(directory.path().to_owned()));
        let write = |text: &'static str| {
            move |out: &mut dyn Write| {
                out.write_all(text.as_bytes()).expect("writes");
                Ok(())
            }
        };
        let first = cache.copy(&key(10), "csv", write("one")).expect("copies");
        assert_eq!(cache.copy(&key(10), "csv", write("two")).expect("copies"), first);
        assert_eq!(fs::read_to_string(&first).expect("reads"), "one");
        let second = cache.copy(&key(11), "csv", write("two")).expect("copies");
        assert_eq!(fs::read_to_string(&second).expect("reads"), "two");
        assert!(!first.exists());
    }

    #[test]
    fn findings_hold_for_one_identity_and_do_not_grow_for_ever() {
        let directory = tempfile::tempdir().expect("a directory");
        let cache = Cache::new(Some(directory.path().to_owned()));
        cache.store(&Key::finding("signs: a/b", "one"), &"negate".to_owned());
        assert_eq!(cache.load::<String>(&Key::finding("signs: a/b", "one")).as_deref(), Some("negate"));
        assert_eq!(cache.load::<String>(&Key::finding("signs: a/b", "two")), None);
        for number in 0..100 {
            cache.store(&Key::finding(&format!("finding {number}"), "one"), &number);
        }
        let kept = fs::read_dir(directory.path().join("findings")).expect("a directory").count();
        assert!((DISK_ENTRIES_MAX..=DISK_ENTRIES_MAX + ENTRIES_PER_LOOK).contains(&kept), "{kept}");
        let reader = Cache::new(Some(directory.path().to_owned()));
        assert_eq!(reader.load::<i32>(&Key::finding("finding 99", "one")), Some(99));
    }

    #[test]
    fn a_copy_that_grows_without_end_is_an_error_that_names_it_and_leaves_nothing() {
        let directory = tempfile::tempdir().expect("a directory");
        let mut cache = Cache::new(Some(directory.path().to_owned()));
        cache.copy_bytes_max = 1000;
        let endless = |out: &mut dyn Write| loop {
            out.write_all(&[0; 100]).map_err(unwritable)?;
        };
        let error = cache.copy(&key(1), "csv", endless).expect_err("too large").to_string();
        assert!(error.starts_with("cannot write `"), "{error}");
        assert!(error.contains("larger than a copy may become"), "{error}");
        assert_eq!(fs::read_dir(directory.path().join("copies")).expect("a directory").count(), 0);
        let fitting = |out: &mut dyn Write| {
            out.write_all(&[0; 1000]).expect("fits");
            Ok(())
        };
        assert!(cache.copy(&key(1), "csv", fitting).is_ok());
    }

    #[test]
    fn copies_of_files_that_are_gone_are_removed() {
        let directory = tempfile::tempdir().expect("a directory");
        let data = directory.path().join("a.csv");
        fs::write(&data, "id").expect("writes");
        let metadata = fs::metadata(&data).expect("is there");
        let mut of_file = key(metadata.len());
        of_file.path.clone_from(&data);
        of_file.stamp = Stamp::of(&metadata);
        let state = directory.path().join("state");
        let copy = |key: &Key| {
            // Every process cleans once, when it makes its first copy.
            let cache = Cache::new(Some(state.clone()));
            cache.copy(key, "csv", |_| Ok(())).expect("copies")
        };
        let first = copy(&of_file);
        let other = copy(&key(1));
        assert!(first.exists() && other.exists());
        fs::remove_file(&data).expect("removes");
        let last = copy(&key(2));
        assert!(last.exists() && !first.exists() && !other.exists());
        let left = fs::read_dir(state.join("copies")).expect("a directory").count();
        assert_eq!(left, 2, "the last copy, and where it is from");
    }
}
