//! Runs the reading of whole files beside the async runtime, and lets it be cancelled.

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::error::{Error, ErrorKind, Result};

/// Asked now and then by long loops: has the caller gone away?
#[derive(Debug, Clone, Default)]
pub(super) struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// An error once the work is no longer wanted.
    pub(super) fn check(&self) -> Result<()> {
        if self.0.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Interrupted, "reading was cancelled"));
        }
        Ok(())
    }
}

/// Bytes read between two looks at the cancel flag.
const BLOCK_BYTES: usize = 256 * 1024;

/// Reads to the end, block by block, as long as the work is wanted.
pub(super) fn each_block(
    mut reader: impl Read,
    cancel: &Cancel,
    unreadable: impl Fn(io::Error) -> Error,
    mut each: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut block = vec![0; BLOCK_BYTES];
    loop {
        cancel.check()?;
        match reader.read(&mut block).map_err(&unreadable)? {
            0 => return Ok(()),
            length => each(&block[..length])?,
        }
    }
}

/// Sets the flag when the future that waits for the work is dropped.
struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// Runs `work` on a thread that may block; dropping the future cancels it.
pub(super) async fn run<T: Send + 'static>(
    work: impl FnOnce(&Cancel) -> Result<T> + Send + 'static,
) -> Result<T> {
    let cancel = Cancel::default();
    let _guard = CancelOnDrop(cancel.clone());
    tokio::task::spawn_blocking(move || work(&cancel)).await.unwrap_or_else(|error| {
        Err(Error::new(ErrorKind::Internal, "reading a file stopped unexpectedly").caused_by(error))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn dropping_the_future_stops_the_work() {
        let (started, wait_started) = std::sync::mpsc::channel();
        let (stopped, wait_stopped) = std::sync::mpsc::channel();
        let work = run(move |cancel| {
            started.send(()).expect("the test waits");
            while cancel.check().is_ok() {
                std::thread::yield_now();
            }
            stopped.send(()).expect("the test waits");
            Ok(())
        });
        let mut work = Box::pin(work);
        assert!(futures::poll!(&mut work).is_pending());
        wait_started.recv().expect("the work starts");
        drop(work);
        wait_stopped.recv().expect("the work stops");
    }
}
