//! What a copy of a file is written with: it knows why writing failed, and ends before the copy fills the disk.

use std::io::{self, Write};

use crate::error::Error;

/// No copy becomes larger, as little as what a query may spill unless it is told otherwise: a small archive may unpack to
/// more than any disk holds.
pub(super) const COPY_BYTES_MAX: u64 = 100 << 30;

/// What stops whoever writes a copy; in its place [`CopyWriter::failed`] is told, with the path.
pub(super) fn unwritable(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::data("cannot write a copy").caused_by(error)
}

/// Passes bytes on, as many as are allowed.
pub(super) struct CopyWriter<W> {
    out: W,
    left: u64,
    failed: Option<io::Error>,
}

impl<W: Write> CopyWriter<W> {
    pub(super) fn new(out: W, bytes_max: u64) -> Self {
        Self { out, left: bytes_max, failed: None }
    }

    /// Why a write failed, if one did.
    pub(super) fn failed(&mut self) -> Option<io::Error> {
        self.failed.take()
    }

    fn noted<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            // The writer above passes on the kind; the error itself is told with the path of the copy.
            let kind = error.kind();
            // Whoever was interrupted writes again.
            if kind != io::ErrorKind::Interrupted {
                self.failed = Some(error);
            }
            kind.into()
        })
    }
}

impl<W: Write> Write for CopyWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let allowed = bytes.len() as u64 <= self.left;
        let result = match allowed {
            true => self.out.write(bytes),
            false => {
                Err(io::Error::new(io::ErrorKind::FileTooLarge, "it would be larger than a copy may become"))
            }
        };
        let written = self.noted(result)?;
        self.left -= written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.out.flush();
        self.noted(result)
    }
}
