//! The prompt: reading statements, completing them, backslash commands, running them one after the other.
//!
//! `input` reads lines and keeps the history, `assemble` finds the statements in them, `session` runs
//! them and remembers what the commands set, `commands` is the one list of backslash commands.
//! `completion` and `highlight` work on the tokens of `tokens`. `docs/repl.md` is the user's page.

mod assemble;
mod commands;
mod completion;
mod completion_context;
mod describe;
mod helper;
mod highlight;
mod history;
mod input;
mod keywords;
mod paths;
mod session;
mod settings;
mod tokens;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use assemble::Input;
use input::{Line, Lines};
use session::{Flow, Session};

use crate::{
    console::Ui,
    engine::Engine,
    error::{Error, ErrorKind, Result},
    output::Format,
    query::{Argument, Text},
};

/// The name of the typed text in messages.
const ORIGIN: &str = "<prompt>";

/// What the command line says about a session at the prompt.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The values of parameters.
    pub parameters: Vec<Argument>,
    /// How results are shown; a table if nothing is said.
    pub format: Option<Format>,
    /// The file for the first result, instead of stdout.
    pub output: Option<PathBuf>,
    /// How many rows of a result are shown, 0 for all.
    pub rows_max: Option<usize>,
    /// The file in which typed statements are kept; none: nowhere.
    pub history: Option<PathBuf>,
}

/// Reads and runs statements until the user leaves or the input ends.
///
/// On a terminal the exit code is 0; otherwise it is that of the last statement that failed.
///
/// # Errors
/// Input that cannot be read, a reader of stdout that went away, or Ctrl-C when there is no terminal.
pub async fn repl(engine: Engine, options: Options, ui: Ui) -> Result<ExitCode> {
    let engine = Arc::new(engine);
    let mut lines = Lines::open(options.history.as_deref(), Arc::clone(&engine), ui);
    if lines.is_interactive() {
        let version = env!("CARGO_PKG_VERSION");
        ui.note(&format!("marginql {version}: SQL for customer profitability, \\? for help, \\q to leave"));
    }
    let mut session = Session::new(engine, &options, lines.is_interactive(), ui);
    let mut input = Input::default();
    let mut failure = None;
    loop {
        let line = lines.read(&input, session.vocabulary().await).await?;
        let is_last = line == Line::End;
        if lines.is_interactive() {
            session.begin_line();
        }
        match line {
            Line::Text(line) => input.push(&line, session.dialect().as_ref()),
            // What was typed so far is given up; the history keeps it.
            Line::Interrupted if lines.is_interactive() => lines.remember(&input.clear()),
            Line::Interrupted => return Err(Error::new(ErrorKind::Interrupted, "interrupted")),
            Line::End if lines.is_interactive() => break,
            // A script need not end with a semicolon.
            Line::End => input.finish(),
        }
        if let Some(ready) = input.take_ready() {
            lines.remember(&ready.entry);
            let text = Text::new(ORIGIN, ready.text);
            for piece in &ready.pieces {
                match session.execute(&text, piece).await {
                    Ok(Flow::Continue) => {}
                    Ok(Flow::Leave) => return Ok(exit_code(failure)),
                    Err(error) if ends_session(&error, lines.is_interactive()) => return Err(error),
                    Err(error) => {
                        ui.error(&error);
                        failure = Some(error.kind()).filter(|_| !lines.is_interactive());
                        if lines.is_interactive() {
                            // What follows on the same line was meant to build on it.
                            break;
                        }
                    }
                }
            }
        }
        if is_last {
            break;
        }
    }
    Ok(exit_code(failure))
}

fn ends_session(error: &Error, is_interactive: bool) -> bool {
    match error.kind() {
        ErrorKind::BrokenPipe => true,
        ErrorKind::Interrupted => !is_interactive,
        _ => false,
    }
}

fn exit_code(failure: Option<ErrorKind>) -> ExitCode {
    failure.map_or(ExitCode::SUCCESS, |kind| ExitCode::from(kind.exit_code()))
}
