//! The command line: one file per command. `args` holds no logic, `ui` alone prints.

mod args;
mod functions;
mod query;
mod render;
mod run;
mod sample;
mod session;
mod signals;
mod tables;
mod ui;

use std::{any::Any, ffi::OsString, io::IsTerminal, panic::AssertUnwindSafe, process::ExitCode};

use args::{Arguments, Command};
use clap::Parser;
use futures::FutureExt;
pub use render::{Destination, Rendered, render, render_batch};
use signals::Signals;
pub use ui::Ui;

use crate::error::{Error, ErrorKind, Result};

/// A command that is ready to run.
pub struct Invocation {
    arguments: Arguments,
    ui: Ui,
}

impl Invocation {
    /// Reads the command line; `Err` is the exit code when there is nothing more to do.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> std::result::Result<Self, ExitCode> {
        match Arguments::try_parse_from(arguments) {
            Ok(arguments) => {
                let ui = Ui::new(arguments.common.color, arguments.common.quiet);
                Ok(Self { arguments, ui })
            }
            Err(error) => {
                // Help and version are answers and go to stdout; clap decides.
                let code = u8::try_from(error.exit_code()).unwrap_or(2);
                let _ = error.print();
                Err(ExitCode::from(code))
            }
        }
    }

    /// How many threads the user wants; none: one for each core.
    pub fn threads(&self) -> Option<usize> {
        self.arguments.common.threads.map(std::num::NonZeroUsize::get)
    }

    /// Runs the command until it is done or interrupted, and prints what went wrong.
    pub async fn run(self) -> ExitCode {
        let Self { arguments, ui } = self;
        let signals = Signals::listen(ui);
        let result = tokio::select! {
            result = AssertUnwindSafe(dispatch(arguments, ui)).catch_unwind() => {
                result.unwrap_or_else(|panic| Err(defect(panic.as_ref())))
            }
            // The work is dropped where it stands, and removes its temporary files.
            farewell = signals.received() => {
                farewell.say();
                return ExitCode::from(ErrorKind::Interrupted.exit_code());
            }
        };
        match result {
            Ok(code) => code,
            Err(error) => {
                ui.error(&error);
                ExitCode::from(error.kind().exit_code())
            }
        }
    }
}

/// What a panic becomes.
fn defect(panic: &(dyn Any + Send)) -> Error {
    let message = match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
        (Some(message), _) => message.as_str(),
        (None, Some(message)) => message,
        (None, None) => "",
    };
    Error::new(ErrorKind::Internal, "this command hits a defect of marginql")
        .note(message)
        .hint("please report it with the command")
}

async fn dispatch(arguments: Arguments, ui: Ui) -> Result<ExitCode> {
    let Arguments { common, command } = arguments;
    match command {
        Some(Command::Query { sql }) => query::query(&common, &sql, ui).await,
        Some(Command::Run { paths }) => run::run(&common, &paths, ui).await,
        Some(Command::Tables { verbose }) => tables::tables(&common, verbose, ui).await,
        Some(Command::Functions { pattern, all }) => {
            functions::functions(&common, pattern.as_deref(), all, ui).await
        }
        Some(Command::Sample(arguments)) => sample::sample(&common, &arguments, ui).await,
        Some(Command::Repl) => crate::repl::repl(session::engine(&common, ui).await?, ui).await,
        None if std::io::stdin().is_terminal() => {
            crate::repl::repl(session::engine(&common, ui).await?, ui).await
        }
        None => query::query(&common, "-", ui).await,
    }
}
