//! Directories of links that stand in for the files of a table, so that DataFusion reads column values from their names.
//!
//! DataFusion takes the values of partition columns from `name=value` directories. Values that no directory of the user
//! has, such as the path of a file, are given by a directory of links, made once and found again.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use super::{
    cache::{Cache, hash, links_directory},
    cleanup,
    locate::DataFile,
};
use crate::error::{Result, file_error};

/// File systems take names of 255 bytes; `source_file=` and a margin are taken off.
const VALUE_BYTES_MAX: usize = 230;

/// The directory to list for a partitioned table, and the ending of its files.
///
/// DataFusion reads partition values from directory names, and lists everything below. If that is not exactly the
/// files of this table, they are linked into a directory of their own.
pub(super) fn partition_root(
    cache: &Cache,
    base: Option<&Path>,
    names: &[String],
    values: &[Vec<String>],
    files: &[DataFile],
    read: &[PathBuf],
) -> Result<(PathBuf, String)> {
    let ending = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.rfind('.').map_or_else(String::new, |dot| name[dot..].to_owned())
    };
    let common = files.first().map(|file| ending(&file.path)).unwrap_or_default();
    let in_place = files.iter().zip(read).all(|(file, read)| file.path == *read && ending(read) == common);
    if let Some(base) = base.filter(|_| in_place && !common.is_empty())
        && count(base, &common)? == files.len()
    {
        return Ok((base.to_owned(), common));
    }
    let root = links_directory(&cache.copies()?, &(names, values, read));
    for (index, (values, target)) in values.iter().zip(read).enumerate() {
        let mut directory = root.clone();
        for (name, value) in names.iter().zip(values) {
            directory.push(format!("{name}={}", encoded(value)));
        }
        fs::create_dir_all(&directory).map_err(|error| file_error("create", &directory, error))?;
        let link = directory.join(format!("{index:06}-{:016x}", hash(target)));
        match symlink(target, &link) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(file_error("create", &link, error));
            }
            _ => {}
        }
    }
    cleanup::touch(&root);
    Ok((root, String::new()))
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn symlink(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_file(target, link)
}

/// How many files DataFusion would read below a directory.
fn count(directory: &Path, ending: &str) -> Result<usize> {
    let mut files = 0;
    for entry in fs::read_dir(directory).map_err(|error| file_error("read", directory, error))? {
        let path = entry.map_err(|error| file_error("read", directory, error))?.path();
        if path.is_dir() {
            files += count(&path, ending)?;
        } else if path.to_string_lossy().ends_with(ending) {
            files += 1;
        }
    }
    Ok(files)
}

/// A value as a part of a directory's name; only characters that DataFusion would encode too, or it would not find them.
fn encoded(value: &str) -> String {
    let mut name = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '%' | '/') || c.is_ascii_control() {
            let _infallible = write!(name, "%{:02X}", u32::from(c));
        } else {
            name.push(c);
        }
    }
    name
}

/// A value that fits into a directory's name: of a path that is too long, the end.
pub(super) fn shortened(value: &str) -> String {
    if encoded(value).len() <= VALUE_BYTES_MAX {
        return value.to_owned();
    }
    let fits = |(at, _): &(usize, char)| encoded(&value[*at..]).len() + '…'.len_utf8() <= VALUE_BYTES_MAX;
    let start = value.char_indices().find(fits).map_or(value.len(), |(at, _)| at);
    format!("…{}", &value[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_too_long_for_a_name_keeps_its_end() {
        assert_eq!(shortened("exports/a.csv"), "exports/a.csv");
        let long = format!("{}exports/a.csv", "very/long/".repeat(40));
        let short = shortened(&long);
        assert!(short.starts_with('…') && short.ends_with("exports/a.csv"), "{short}");
        assert!(encoded(&short).len() <= VALUE_BYTES_MAX);
    }
}
