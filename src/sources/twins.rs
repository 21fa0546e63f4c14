//! Files of one table with the same content: a file that was downloaded twice counts twice.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    hash::{DefaultHasher, Hasher},
    path::Path,
};

use super::{
    Sources, Warning,
    blocking::{Cancel, each_block},
    cache::Key,
    locate::DataFile,
};
use crate::error::{Result, file_error};

/// Returns a warning for each file whose content an earlier one has. Only files of one size are read, once for each state.
pub(super) fn find(sources: &Sources, files: &[DataFile], cancel: &Cancel) -> Result<Vec<Warning>> {
    let mut sizes: BTreeMap<u64, Vec<&DataFile>> = BTreeMap::new();
    for file in files.iter().map(DataFile::origin).filter(|file| file.bytes > 0) {
        sizes.entry(file.bytes).or_default().push(file);
    }
    let mut warnings = Vec::new();
    for alike in sizes.values().filter(|alike| alike.len() > 1) {
        let mut seen: HashMap<(u64, u64), &DataFile> = HashMap::new();
        for file in alike {
            let content = content(sources, file, cancel)?;
            let Some(first) = seen.get(&content) else {
                seen.insert(content, file);
                continue;
            };
            warnings.push(
                Warning::new(format!(
                    "`{}` has the same content as `{}`: its rows count twice",
                    file.shown, first.shown
                ))
                .with_help("remove one of them, if it is one export that was downloaded twice")
                .into_fault(),
            );
        }
    }
    Ok(warnings)
}

/// Two numbers that are the same for the same content, and for no other that a person meets.
fn content(sources: &Sources, file: &DataFile, cancel: &Cancel) -> Result<(u64, u64)> {
    let key = Key::new(file, "content".to_owned());
    if let Some(known) = sources.0.cache.load(&key) {
        return Ok(known);
    }
    let failed = |error| file_error("read", Path::new(&file.shown), error);
    let opened = File::open(&file.path).map_err(failed)?;
    let (mut first, mut second) = (DefaultHasher::new(), DefaultHasher::new());
    second.write_u8(1);
    each_block(opened, cancel, failed, |block| {
        first.write(block);
        second.write(block);
        Ok(())
    })?;
    let content = (first.finish(), second.finish());
    sources.0.cache.store(&key, &content);
    Ok(content)
}
