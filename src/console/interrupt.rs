//! Work that Ctrl-C ends, and the request to stop that ends everything. Nothing else listens for signals.
//!
//! Signals and timers of a runtime are looked after by its workers, between two steps of their work, and a step
//! of a large sort can take long. What must happen within a second does not wait for them.

use std::{any::Any, future::Future, sync::Once, time::Duration};

use futures::FutureExt;
use tokio::{sync::oneshot, task::JoinSet};

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

/// Hands signals on from a thread of its own, to every listener, even while all workers are busy.
fn stay_attentive() {
    static ATTENTIVE: Once = Once::new();
    ATTENTIVE.call_once(|| {
        let attend = || {
            // Whichever runtime looks first wakes the listeners of all; this one does nothing but look.
            if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() {
                runtime.block_on(async {
                    let mut interrupts = Interrupts::register();
                    loop {
                        interrupts.pressed().await;
                    }
                });
            }
        };
        // Without the thread, signals are heard a little later.
        let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(attend);
    });
}

/// Is over after a time, even while all workers are busy.
async fn farewell() {
    let (over, is_over) = oneshot::channel::<()>();
    let wait = move || {
        std::thread::sleep(FAREWELL);
        drop(over);
    };
    if std::thread::Builder::new().name("farewell".to_owned()).spawn(wait).is_ok() {
        let _ = is_over.await;
    }
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
        stay_attentive();
        Self::register()
    }

    fn register() -> Self {
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
                tokio::select! {
                    () = task.shutdown() => {}
                    () = farewell() => {}
                }
                Err(interruption())
            }
        }
    }
}

fn interruption() -> Error {
    Error::new(ErrorKind::Interrupted, "interrupted")
}

/// The polite request to stop that `kill` and service managers send; it is listened to from the call on.
pub fn terminated() -> impl Future<Output = ()> {
    stay_attentive();
    #[cfg(unix)]
    let mut listener = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
    async move {
        #[cfg(unix)]
        if let Some(listener) = &mut listener
            && listener.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
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
