//! Work that Ctrl-C ends, and the request to stop that ends everything. Nothing else listens for signals.

use std::{any::Any, future::Future, time::Duration};

use futures::FutureExt;
use tokio::task::JoinSet;

use crate::error::{Error, ErrorKind, Result};

/// How long cancelled work may take to give up its files and its memory before it is left behind.
const FAREWELL: Duration = Duration::from_millis(400);

/// Does the work until it is done, fails, or the user presses Ctrl-C.
///
/// # Errors
/// Whatever the work returns; `Interrupted` after Ctrl-C.
pub async fn until_interrupted<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    Interrupts::listen().until_pressed(work).await
}

/// Listens for Ctrl-C, which from the first listener on no longer ends the process by itself.
///
/// A Ctrl-C that comes while nobody waits is kept, so that none is lost between two statements.
pub struct Interrupts(Option<Listener>);

#[cfg(unix)]
type Listener = tokio::signal::unix::Signal;
#[cfg(windows)]
type Listener = tokio::signal::windows::CtrlC;

impl Interrupts {
    /// Begins to listen. Where that is not possible, the system ends the process on Ctrl-C.
    pub fn listen() -> Self {
        #[cfg(unix)]
        let listener = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt());
        #[cfg(windows)]
        let listener = tokio::signal::windows::ctrl_c();
        Self(listener.ok())
    }

    /// Forgets a Ctrl-C that came when there was nothing to end.
    pub fn forget(&mut self) {
        if let Some(listener) = &mut self.0 {
            let _ = listener.recv().now_or_never();
        }
    }

    /// Waits for Ctrl-C.
    pub async fn pressed(&mut self) {
        if let Some(listener) = &mut self.0
            && listener.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }

    /// Does the work until it is done, fails, or the user presses Ctrl-C.
    ///
    /// Dropping the work removes its temporary files. A panic becomes an error, so that a session survives it.
    ///
    /// # Errors
    /// Whatever the work returns; `Interrupted` after Ctrl-C.
    pub async fn until_pressed<T: Send + 'static>(
        &mut self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        // Dropping the set ends the work too, when whoever waits here is itself given up.
        let mut task = JoinSet::new();
        task.spawn(work);
        tokio::select! {
            result = task.join_next() => match result {
                Some(Ok(result)) => result,
                Some(Err(error)) if error.is_panic() => Err(defect(error.into_panic())),
                Some(Err(_)) | None => Err(interruption()),
            },
            () = self.pressed() => {
                // What it still writes must not come after the message.
                let _ = tokio::time::timeout(FAREWELL, task.shutdown()).await;
                Err(interruption())
            }
        }
    }
}

fn interruption() -> Error {
    Error::new(ErrorKind::Interrupted, "interrupted")
}

/// Waits for the polite request to stop that `kill` and service managers send.
pub async fn terminated() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate())
            && terminate.recv().await.is_some()
        {
            return;
        }
    }
    std::future::pending::<()>().await;
}

/// What a panic becomes.
pub fn defect(panic: Box<dyn Any + Send>) -> Error {
    let message = match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast_ref::<&str>().map_or_else(String::new, |text| (*text).to_owned()),
    };
    Error::new(ErrorKind::Internal, "this command hits a defect of marginql")
        .note(message)
        .hint("please report it with the command")
}
