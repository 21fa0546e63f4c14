//! Cells of workbooks that say that their text stands in them, and have it where the value of other cells is.
//!
//! Some programs write `<c t="inlineStr"><v>Acme</v></c>`, which Excel shows, and the reader of workbooks passes over. Such a
//! workbook is read from a copy in which these cells are plain texts.

use std::{
    fs::File,
    io::{BufReader, Read, Write},
};

use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{Sources, cache::Key, copy_writer::unwritable, inflation, locate::DataFile};
use crate::error::Result;

/// Sheets beyond this size come from programs that know their format.
const SHEET_BYTES_MAX: u64 = 64 << 20;

const INLINE: &[u8] = b"t=\"inlineStr\"";
const PLAIN: &[u8] = b"t=\"str\"";

/// The workbook to read in place of one: itself, or a copy that is mended.
pub(super) fn mended(sources: &Sources, file: &DataFile) -> Result<DataFile> {
    let key = Key::new(file, "inline strings".to_owned());
    let is_odd = match sources.0.cache.load(&key) {
        Some(known) => known,
        None => {
            inflation::refuse_endless(file)?;
            let is_odd = is_odd(file).unwrap_or(false);
            sources.0.cache.store(&key, &is_odd);
            is_odd
        }
    };
    if !is_odd {
        return Ok(file.clone());
    }
    let copied = sources
        .0
        .cache
        .copy(&key, "xlsx", |out| out.write_all(&rewritten(file).map_err(unwritable)?).map_err(unwritable))?;
    DataFile::at(copied, file)
}

/// Whether a sheet has such a cell; what is no workbook of today has none.
fn is_odd(file: &DataFile) -> std::io::Result<bool> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(&file.path)?))?;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index)?;
        if !is_sheet(&part.name().map_err(std::io::Error::from)?) || part.size() > SHEET_BYTES_MAX {
            continue;
        }
        let mut text = Vec::new();
        part.by_ref().take(SHEET_BYTES_MAX).read_to_end(&mut text)?;
        if plain(&text).is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_sheet(name: &str) -> bool {
    name.starts_with("xl/worksheets/") && name.ends_with(".xml")
}

/// The workbook with plain texts.
fn rewritten(file: &DataFile) -> std::io::Result<Vec<u8>> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(&file.path)?))?;
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index)?;
        let name = part.name().map_err(std::io::Error::from)?.into_owned();
        let mut text = Vec::new();
        part.read_to_end(&mut text)?;
        if is_sheet(&name) {
            text = plain(&text).unwrap_or(text);
        }
        writer.start_file(name, SimpleFileOptions::default())?;
        writer.write_all(&text)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The text of a sheet in which cells with a value in place of their text are plain texts; none if there are none.
fn plain(sheet: &[u8]) -> Option<Vec<u8>> {
    let mut mended = Vec::new();
    let mut rest = sheet;
    let mut is_mended = false;
    while let Some(at) = find(rest, INLINE) {
        let (before, from) = rest.split_at(at);
        let after = &from[INLINE.len()..];
        let content = after.iter().position(|byte| *byte == b'>').map_or(&[][..], |end| &after[end + 1..]);
        let has_value = content.trim_ascii_start().starts_with(b"<v>");
        mended.extend_from_slice(before);
        mended.extend_from_slice(if has_value { PLAIN } else { INLINE });
        is_mended |= has_value;
        rest = after;
    }
    mended.extend_from_slice(rest);
    is_mended.then_some(mended)
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_with_a_value_become_plain_texts_and_others_stay() {
        let mended = |text: &str| plain(text.as_bytes()).map(|text| String::from_utf8(text).expect("text"));
        assert_eq!(
            mended(r#"<c r="A1" t="inlineStr"><v>a</v></c><c t="inlineStr"><is><t>b</t></is></c>"#)
                .as_deref(),
            Some(r#"<c r="A1" t="str"><v>a</v></c><c t="inlineStr"><is><t>b</t></is></c>"#)
        );
        assert_eq!(mended(r#"<c t="inlineStr"><is><t>b</t></is></c><c t="n"><v>1</v></c>"#), None);
        assert_eq!(mended(r#"<c t="inlineStr""#), None);
    }
}
