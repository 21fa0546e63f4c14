//! Zip archives of one file, as many systems send their exports: the file in it is read in its place.

use std::{
    fs::File,
    io::{BufReader, Write},
    path::Path,
};

use zip::{ZipArchive, result::ZipError};

use super::{
    blocking::{Cancel, each_block},
    copy_writer::unwritable,
    locate::DataFile,
};
use crate::error::{Error, Result, file_error};

/// Names of files that a message lists.
const NAMES_SHOWN_MAX: usize = 5;

/// What a zip archive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Archive {
    /// A workbook of Excel or OpenDocument.
    Workbook,
    /// The wrapping of one file, of this name.
    One(String),
    /// Any other number of files.
    Several(Vec<String>),
}

/// Looks into the list of a zip archive; none if it has no list that can be read.
pub(super) fn look(path: &Path) -> Option<Archive> {
    let archive = ZipArchive::new(BufReader::new(File::open(path).ok()?)).ok()?;
    let is_part = |name: &str| archive.index_for_name(name).is_some();
    if is_part("[Content_Types].xml") || is_part("mimetype") || is_part("content.xml") {
        return Some(Archive::Workbook);
    }
    let mut names: Vec<String> =
        archive.file_names().flatten().filter(|name| is_data(name)).map(|name| name.into_owned()).collect();
    Some(match names.len() {
        1 => Archive::One(names.remove(0)),
        _ => Archive::Several(names),
    })
}

/// Whether an entry is no directory, and nothing that the system put beside the files.
fn is_data(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    !last.is_empty() && !name.starts_with("__MACOSX/") && last != ".DS_Store"
}

/// The error for an archive that is not the wrapping of one file.
pub(super) fn refuse(file: &DataFile, names: &[String]) -> Error {
    if names.is_empty() {
        return Error::data(format!("`{}` is a zip archive without a file in it", file.shown))
            .hint("export the file again");
    }
    let shown: Vec<_> = names.iter().take(NAMES_SHOWN_MAX).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > shown.len() { ", …" } else { "" };
    Error::data(format!(
        "`{}` is a zip archive of {} files: {}{more}",
        file.shown,
        names.len(),
        shown.join(", ")
    ))
    .hint("unpack it, and read the files; an archive of one file is read as it is")
}

/// Writes the file of this name out of an archive.
pub(super) fn unpack(file: &DataFile, name: &str, cancel: &Cancel, out: &mut dyn Write) -> Result<()> {
    let opened = File::open(&file.path).map_err(|error| file_error("read", Path::new(&file.shown), error))?;
    let damaged = |error: ZipError| damaged(file, name, error);
    let mut archive = ZipArchive::new(BufReader::new(opened)).map_err(damaged)?;
    let member = archive.by_name(name).map_err(damaged)?;
    each_block(
        member,
        cancel,
        |error| damaged(error.into()),
        |block| out.write_all(block).map_err(unwritable),
    )
}

fn damaged(file: &DataFile, name: &str, error: ZipError) -> Error {
    let shown = &file.shown;
    let (message, hint) = match &error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => (
            format!("`{name}` in `{shown}` is encrypted: it opens only with a password"),
            "pack it without a password, or unpack it",
        ),
        ZipError::UnsupportedArchive(what) => {
            (format!("`{name}` cannot be read from `{shown}`: {what}"), "unpack it with another program")
        }
        _ => (
            format!("`{shown}` is damaged: `{name}` cannot be unpacked from it"),
            "copy or export the file again",
        ),
    };
    Error::data(message).hint(hint).caused_by(error)
}
