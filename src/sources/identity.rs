//! What tells one state of a table's files from another, and a store for what was found out about one state.
//!
//! The model keeps here what is expensive to find out, such as a decision over whole files.

use std::path::PathBuf;

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Source, SourceOptions, Sources,
    cache::{Key, hash},
    locate::{DataFile, Located},
    stamp::Stamp,
};
use crate::error::Result;

impl Source {
    /// A text that is the same as long as the table's files and the options are the same.
    pub fn identity(&self) -> &str {
        &self.identity
    }
}

impl Sources {
    /// The [`Source::identity`] of the table that [`Sources::open_all`] would open, without opening it.
    ///
    /// It depends on paths, sizes, times of change and numbers of files, so a file is not read for it.
    ///
    /// # Errors
    /// The files cannot be found.
    pub async fn identity(&self, paths: &[String], options: &SourceOptions) -> Result<String> {
        let (located, _) = self.find(paths, options).await?;
        Ok(of(&located, options))
    }

    /// What was remembered under `key`, if it was for the same identity.
    pub fn remembered<T: Serialize + DeserializeOwned>(&self, key: &str, identity: &str) -> Option<T> {
        self.0.cache.load(&Key::finding(key, identity))
    }

    /// Remembers a finding, in place of an earlier one under the same key. If it cannot be written, it is found again.
    pub fn remember<T: Serialize + DeserializeOwned>(&self, key: &str, identity: &str, finding: &T) {
        self.0.cache.store(&Key::finding(key, identity), finding);
    }
}

/// The identity of files that were found.
pub(super) fn of(located: &Located, options: &SourceOptions) -> String {
    let state = |file: &DataFile| (file.origin().path.clone(), file.origin().stamp);
    let files: Vec<(PathBuf, Stamp)> = located.files.iter().map(state).collect();
    let options = format!("{options:?}");
    // Two hashes of 64 bits, so that no two states are taken for each other.
    format!("{:016x}{:016x}", hash(&(1, &files, &options)), hash(&(2, &files, &options)))
}
