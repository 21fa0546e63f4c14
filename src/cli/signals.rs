//! Ctrl-C and the polite request to stop, heard even while every worker is busy.
//!
//! A runtime's own workers look for signals only between two steps of their work, and a step of a large sort or
//! join can take long. So a thread that does nothing else listens.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::oneshot;

use super::ui::Ui;
use crate::error::{Error, ErrorKind};

/// How long the work may take to give up its files by itself; then the process ends without it.
const FAREWELL: Duration = Duration::from_millis(800);

/// Listens from the moment it is made; from then on Ctrl-C no longer ends the process by itself.
pub(super) struct Signals {
    received: Option<oneshot::Receiver<()>>,
    farewell: Farewell,
}

impl Signals {
    /// Begins to listen. Where that is not possible, the system ends the process.
    pub(super) fn listen(ui: Ui) -> Self {
        let farewell = Farewell { ui, is_said: Arc::default() };
        let last_resort = farewell.clone();
        let (told, receiver) = oneshot::channel();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let listen = move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else {
                return;
            };
            let is_received = runtime.block_on(async move {
                let Ok(signals) = First::register() else { return false };
                let _ = ready.send(());
                signals.wait().await;
                told.send(()).is_ok()
            });
            if is_received {
                // A statement that is being planned, or a workbook that is being closed, cannot be given up.
                std::thread::sleep(FAREWELL);
                last_resort.say();
                std::process::exit(i32::from(ErrorKind::Interrupted.exit_code()));
            }
        };
        let is_listening = std::thread::Builder::new().name("signals".to_owned()).spawn(listen).is_ok()
            // Nothing is begun that a signal would leave half done before somebody listens.
            && is_ready.recv().is_ok();
        Self { received: is_listening.then_some(receiver), farewell }
    }

    /// Waits for the first signal.
    pub(super) async fn received(self) -> Farewell {
        let is_received = match self.received {
            Some(receiver) => receiver.await.is_ok(),
            None => false,
        };
        match is_received {
            true => self.farewell,
            false => std::future::pending().await,
        }
    }
}

/// The message of an interruption, which is told once whoever comes first.
#[derive(Clone)]
pub(super) struct Farewell {
    ui: Ui,
    is_said: Arc<AtomicBool>,
}

impl Farewell {
    pub(super) fn say(&self) {
        if !self.is_said.swap(true, Ordering::SeqCst) {
            self.ui.error(&Error::new(ErrorKind::Interrupted, "interrupted"));
        }
    }
}

#[cfg(unix)]
struct First {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl First {
    fn register() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn wait(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct First(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl First {
    fn register() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn wait(mut self) {
        self.0.recv().await;
    }
}
