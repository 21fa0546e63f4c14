//! Workbooks that unpack to more than memory should hold.
//!
//! A megabyte of a zip archive can unpack to a gigabyte. Sheets are read cell by cell, but the parts beside them, such as the
//! table of texts, are read as a whole before the first cell.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use zip::ZipArchive;

use super::locate::DataFile;
use crate::error::{Error, Result};

/// What a part may unpack to. A workbook as large as Excel can make has far smaller ones.
const PART_BYTES_MAX: u64 = 1 << 30;

/// Deflate makes at most so many bytes of one.
const RATIO_MAX: u64 = 1032;

/// An error if a part that is read as a whole is too large; damage is for the reader to tell.
pub(super) fn refuse_endless(file: &DataFile) -> Result<()> {
    match endless_part(&file.path, PART_BYTES_MAX) {
        Ok(Some(part)) => Err(Error::data(format!(
            "`{}` unpacks to more than memory should hold: its part `{part}` to more than 1 GiB",
            file.shown
        ))
        .hint("if the workbook is meant to be that large, save its sheets as CSV")),
        Ok(None) | Err(_) => Ok(()),
    }
}

fn endless_part(path: &Path, bytes_max: u64) -> io::Result<Option<String>> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(path)?))?;
    for index in 0..archive.len() {
        let part = archive.by_index(index)?;
        let name = part.name().map_err(io::Error::from)?.into_owned();
        // The size that the archive claims proves nothing.
        if !is_read_whole(&name) || part.compressed_size() <= bytes_max / RATIO_MAX {
            continue;
        }
        if io::copy(&mut part.take(bytes_max + 1), &mut io::sink())? > bytes_max {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Sheets of `.xlsx` are streamed, and pictures are never opened.
fn is_read_whole(name: &str) -> bool {
    let is_streamed = name.starts_with("xl/worksheets/") && name.ends_with(".xml");
    !is_streamed && !name.contains("media/") && !name.starts_with("Pictures/")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    #[test]
    fn only_a_part_that_is_read_whole_and_really_unpacks_to_too_much_is_named() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.xlsx");
        let mut writer = ZipWriter::new(File::create(&path).expect("creates"));
        for (name, bytes) in [
            ("xl/media/a.png", 3 << 20),
            ("xl/worksheets/sheet1.xml", 3 << 20),
            ("xl/sharedStrings.xml", 2 << 20),
        ] {
            writer.start_file(name, SimpleFileOptions::default()).expect("begins");
            writer.write_all(&vec![b' '; bytes]).expect("writes");
        }
        writer.finish().expect("ends");
        let found = |bytes_max| endless_part(&path, bytes_max).expect("reads");
        assert_eq!(found(1 << 20).as_deref(), Some("xl/sharedStrings.xml"));
        assert_eq!(found(2 << 20), None);
    }
}
