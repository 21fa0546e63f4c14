//! Opens a JSON file before its rows, whatever its compression and encoding, and whatever is wrapped around them.

use std::io::{self, Read};

use encoding_rs::{Encoding, UTF_8};

use super::{
    SourceOptions, Warning,
    compression::{self, Compression, read_error},
    encoding::{self, DecodingReader},
    envelope::{self, Envelope},
    json_text::JsonText,
    locate::DataFile,
};
use crate::error::{Error, Result};

/// The text of a file.
pub(super) type Text = JsonText<Box<dyn Read>>;

/// Opens a file before its rows; of an envelope, before the array in it.
pub(super) fn open(file: &DataFile, options: &SourceOptions) -> Result<Opened> {
    let mut whole = open_whole(file, options)?;
    if whole.text.skip_space()? != Some(b'{') {
        return Ok(whole);
    }
    let envelope = envelope::find(&mut whole.text);
    let mut opened = open_whole(file, options)?;
    if let Some(envelope) = &envelope {
        envelope::enter(&mut opened.text, envelope)?;
    }
    Ok(Opened { envelope, ..opened })
}

/// A file that is being read.
pub(super) struct Opened {
    pub(super) text: Text,
    pub(super) compression: Compression,
    pub(super) encoding: &'static Encoding,
    /// Whether it is UTF-8 without a mark.
    pub(super) is_plain: bool,
    pub(super) envelope: Option<Envelope>,
}

fn open_whole(file: &DataFile, options: &SourceOptions) -> Result<Opened> {
    let (compression, reader) = compression::open(&file.path)?;
    let mut first = Vec::new();
    reader.take(4096).read_to_end(&mut first).map_err(|error| read_error(&file.path, compression, error))?;
    let encoding = match &options.encoding {
        Some(name) => encoding::by_name(name)?,
        None => encoding::by_first_bytes(&first),
    };
    let is_plain = encoding == UTF_8 && !first.starts_with(b"\xef\xbb\xbf");
    let (_, reader) = compression::open(&file.path)?;
    let reader: Box<dyn Read> =
        if is_plain { reader } else { Box::new(DecodingReader::new(reader, encoding)) };
    let on_error: fn(&str, io::Error) -> Error = match compression {
        Compression::None => |shown, error| read_error(shown.as_ref(), Compression::None, error),
        Compression::Gzip => |shown, error| read_error(shown.as_ref(), Compression::Gzip, error),
        Compression::Zstd => |shown, error| read_error(shown.as_ref(), Compression::Zstd, error),
        Compression::Bzip2 => |shown, error| read_error(shown.as_ref(), Compression::Bzip2, error),
        Compression::Xz => |shown, error| read_error(shown.as_ref(), Compression::Xz, error),
    };
    let text = JsonText::new(reader, &file.shown, on_error);
    Ok(Opened { text, compression, encoding, is_plain, envelope: None })
}

/// What to say of an envelope in which more stands than the rows.
pub(super) fn left_out(file: &DataFile, envelope: &Envelope) -> Option<Warning> {
    let is_about = |name: &&String| !name.starts_with('@');
    let others: Vec<_> = envelope.others.iter().filter(is_about).map(|name| format!("`{name}`")).collect();
    (!others.is_empty()).then(|| {
        Warning::new(format!(
            "`{}`: the rows are the elements of `{}`; what stands beside them was left out: {}",
            file.shown,
            envelope.shown(),
            others.join(", ")
        ))
    })
}
