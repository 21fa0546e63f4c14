//! The command line: one file per command. `args` holds no logic, `console` talks to the user.

mod args;
mod check;
mod functions;
mod init;
mod query;
mod run;
mod sample;
mod session;
mod tables;

use std::{ffi::OsString, io::IsTerminal, panic::AssertUnwindSafe, process::ExitCode};

use args::{Arguments, Command, Common};
use clap::Parser;
use futures::{FutureExt, future::BoxFuture};

use crate::console::{Ui, defect, terminated, until_interrupted};
use crate::error::{Error, ErrorKind, Result};
use crate::leftovers;

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
                let ui = Ui::new(arguments.common.color, arguments.common.quiet)
                    .with_formulas_as_text(arguments.common.csv_safe);
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

    /// Says that the machine gives no threads to run on.
    pub fn refuse(&self, error: &std::io::Error) -> ExitCode {
        let error = Error::new(ErrorKind::Usage, format!("no threads can be started: {error}"))
            .hint("ask for fewer with `--threads`, or raise the limit of processes");
        self.ui.error(&error);
        ExitCode::FAILURE
    }

    /// Runs the command until it is done or interrupted, and prints what went wrong.
    pub async fn run(self) -> ExitCode {
        let Self { arguments, ui } = self;
        // Not a task of its own: this thread must hear of signals even when all workers are busy.
        let terminated = terminated();
        let work = AssertUnwindSafe(dispatch(arguments, ui)).catch_unwind();
        let result = tokio::select! {
            result = work => result.unwrap_or_else(|panic| Err(defect(panic))),
            () = terminated => Err(Error::new(ErrorKind::Interrupted, "interrupted")),
        };
        match result {
            Ok(code) => code,
            Err(error) => {
                ui.error(&error);
                if error.kind() == ErrorKind::Interrupted {
                    leftovers::remove_all();
                }
                ExitCode::from(error.kind().exit_code())
            }
        }
    }
}

async fn dispatch(arguments: Arguments, ui: Ui) -> Result<ExitCode> {
    let Arguments { common, command } = arguments;
    let work: BoxFuture<'static, Result<ExitCode>> = match command {
        // At the prompt, Ctrl-C ends a query and not the process.
        Some(Command::Repl) => return prompt(common, ui).await,
        None if std::io::stdin().is_terminal() => return prompt(common, ui).await,
        None => Box::pin(async move { query::query(&common, "-", ui).await }),
        Some(Command::Query { sql }) => Box::pin(async move { query::query(&common, &sql, ui).await }),
        Some(Command::Run { paths }) => Box::pin(async move { run::run(&common, &paths, ui).await }),
        Some(Command::Tables { verbose }) => {
            Box::pin(async move { tables::tables(&common, verbose, ui).await })
        }
        Some(Command::Functions { pattern, all }) => {
            Box::pin(async move { functions::functions(&common, pattern.as_deref(), all, ui).await })
        }
        Some(Command::Init { directory }) => {
            Box::pin(async move { init::init(&common, &directory, ui).await })
        }
        Some(Command::Check(arguments)) => {
            Box::pin(async move { check::check(&common, &arguments, ui).await })
        }
        Some(Command::Sample(arguments)) => {
            Box::pin(async move { sample::sample(&common, &arguments, ui).await })
        }
    };
    until_interrupted(work).await
}

async fn prompt(common: Common, ui: Ui) -> Result<ExitCode> {
    crate::sources::take_standard_input();
    let options = crate::repl::Options {
        parameters: common.param.clone(),
        format: common.format,
        output: common.output.clone(),
        rows_max: common.rows_max,
        history: session::state_directory().map(|directory| directory.join("history")),
    };
    // Files may take long to look at; until there is a prompt, Ctrl-C ends the process.
    let engine = until_interrupted(async move { session::engine(&common, ui).await }).await?;
    crate::repl::repl(engine, options, ui).await
}
