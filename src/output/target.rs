//! The bytes' way out: a buffer before the target, and what an error on the way means.

use std::{
    error::Error as StdError,
    io::{self, Write},
};

use crate::error::{Error, ErrorKind};

/// Large enough that a pipe or a disk is not the bottleneck, small enough that the first rows come soon.
const BUFFER_BYTES: usize = 64 * 1024;

/// A buffered target that, unlike `BufWriter`, writes nothing more when it is dropped: what a failed query
/// has only buffered must not reach the reader.
pub(super) struct Target {
    inner: Box<dyn Write + Send>,
    buffer: Vec<u8>,
}

impl Target {
    pub(super) fn new(inner: Box<dyn Write + Send>) -> Self {
        Self { inner, buffer: Vec::with_capacity(BUFFER_BYTES) }
    }

    fn pass_on(&mut self) -> io::Result<()> {
        let result = self.inner.write_all(&self.buffer);
        self.buffer.clear();
        result
    }

    /// Writes a piece of text.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Error> {
        self.write_all(text.as_bytes()).map_err(|error| failed("text", error))
    }

    /// Passes on what is buffered.
    pub(super) fn done(&mut self) -> Result<(), Error> {
        self.flush().map_err(|error| failed("text", error))
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() + bytes.len() > BUFFER_BYTES {
            self.pass_on()?;
        }
        if bytes.len() >= BUFFER_BYTES {
            self.inner.write_all(bytes)?;
        } else {
            self.buffer.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_on()?;
        self.inner.flush()
    }
}

/// Translates an error of writing `format`: a closed pipe, a full disk, or what the format cannot hold.
pub(super) fn failed(format: &str, error: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    let error = error.into();
    let translated = match io_kind(error.as_ref()) {
        Some(io::ErrorKind::BrokenPipe) => {
            Error::new(ErrorKind::BrokenPipe, "the reader of the output went away")
        }
        Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
            Error::data("cannot write the output: no space left on the device")
                .hint("free some space, or write to another disk with `-o`")
        }
        Some(_) => Error::data(format!("cannot write the output: {error}")),
        None => Error::data(format!("cannot write the rows as {format}: {error}")),
    };
    translated.caused_by(error)
}

/// The kind of the I/O error somewhere in the chain, since each format wraps it differently.
fn io_kind(error: &(dyn StdError + 'static)) -> Option<io::ErrorKind> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        next = error.source();
    }
    None
}
