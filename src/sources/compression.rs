//! Which compression a file has, found by its first bytes, and reading through it.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use datafusion::{
    common::parsers::CompressionTypeVariant,
    datasource::file_format::file_compression_type::FileCompressionType,
};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, file_error};

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, usually `.gz`
    Gzip,
    /// Zstandard, usually `.zst`
    Zstd,
    /// bzip2, usually `.bz2`
    Bzip2,
    /// LZMA, usually `.xz`
    Xz,
}

impl Compression {
    /// Tells the compression by the first bytes of a file.
    pub(super) fn of(first_bytes: &[u8]) -> Self {
        match first_bytes {
            [0x1f, 0x8b, ..] => Compression::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Compression::Zstd,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Compression::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Compression::Xz,
            _ => Compression::None,
        }
    }

    /// The name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Bzip2 => "bzip2",
            Compression::Xz => "xz",
        }
    }

    /// A file name without the suffix of a compression.
    pub(super) fn strip_suffix(name: &str) -> &str {
        [".gz", ".gzip", ".zst", ".zstd", ".bz2", ".bzip2", ".xz"]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .unwrap_or(name)
    }

    /// The same for DataFusion's readers.
    pub(super) fn for_reader(self) -> FileCompressionType {
        FileCompressionType::from(match self {
            Compression::None => CompressionTypeVariant::UNCOMPRESSED,
            Compression::Gzip => CompressionTypeVariant::GZIP,
            Compression::Zstd => CompressionTypeVariant::ZSTD,
            Compression::Bzip2 => CompressionTypeVariant::BZIP2,
            Compression::Xz => CompressionTypeVariant::XZ,
        })
    }

    fn decode(self, file: File) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Compression::None => Box::new(file),
            Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(file)),
            Compression::Zstd => Box::new(zstd::Decoder::new(file)?),
            Compression::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(file)),
            Compression::Xz => Box::new(liblzma::read::XzDecoder::new_multi_decoder(file)),
        })
    }
}

/// Opens a file and reads through its compression.
pub(super) fn open(path: &Path) -> Result<(Compression, Box<dyn Read + Send>)> {
    let first = first_bytes(path, 6)?;
    let compression = Compression::of(&first);
    let reader = File::open(path)
        .and_then(|file| compression.decode(file))
        .map_err(|error| file_error("open", path, error))?;
    Ok((compression, reader))
}

/// The first bytes of a file as they are stored.
pub(super) fn first_bytes(path: &Path, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .map_err(|error| file_error("read", path, error))?;
    Ok(bytes)
}

/// The message for a failure while reading: a damaged or cut archive, or the disk.
pub(super) fn read_error(path: &Path, compression: Compression, error: io::Error) -> Error {
    let name = compression.name();
    match (compression, error.kind()) {
        (Compression::None, _) => file_error("read", path, error),
        (_, io::ErrorKind::UnexpectedEof) => {
            Error::data(format!("`{}` is truncated: its {name} data ends too early", path.display()))
                .hint("copy or export the file again")
                .caused_by(error)
        }
        _ => Error::data(format!("`{}` is damaged: its {name} data cannot be read", path.display()))
            .hint("copy or export the file again")
            .caused_by(error),
    }
}
