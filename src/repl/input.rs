//! Reads lines: with editing and history on a terminal, plainly from anything else.
//!
//! Reading blocks, so it happens on a thread for blocking work; the caller only waits.

use std::{
    io::{self, IsTerminal},
    path::Path,
    sync::Arc,
};

use rustyline::{
    Behavior, ColorMode, CompletionType, Config, Editor, error::ReadlineError, history::DefaultHistory,
};
use tokio::task::spawn_blocking;

use super::{
    assemble::Input,
    completion::Vocabulary,
    helper::SqlHelper,
    history::{ENTRIES_MAX, HistoryFile},
};
use crate::{
    console::{Interrupts, Ui},
    engine::Engine,
    error::{Error, ErrorKind, Result},
};

const PROMPT: &str = "marginql> ";
/// As wide as the prompt, so that the lines of a statement stand below each other.
const CONTINUATION: &str = "      -> ";

/// What reading gives.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line, without its line break.
    Text(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D, or the end of the input.
    End,
}

/// Where lines come from.
pub(super) struct Lines {
    source: Source,
    is_interactive: bool,
    ui: Ui,
}

enum Source {
    /// Taken out while a line is read.
    Editor(Option<Box<LineEditor>>, HistoryFile),
    Plain,
}

type LineEditor = Editor<SqlHelper, DefaultHistory>;

impl Lines {
    /// Opens stdin; on a terminal with editing, unless the terminal cannot do it.
    pub(super) fn open(history: Option<&Path>, engine: Arc<Engine>, ui: Ui) -> Self {
        let is_interactive = io::stdin().is_terminal();
        let editor = match is_interactive && !is_dumb() {
            true => editor(engine, ui),
            false => None,
        };
        let source = match editor {
            Some(mut editor) => {
                let history = HistoryFile::load(history, &mut editor);
                Source::Editor(Some(Box::new(editor)), history)
            }
            None => Source::Plain,
        };
        Self { source, is_interactive, ui }
    }

    /// Whether a person types.
    pub(super) fn is_interactive(&self) -> bool {
        self.is_interactive
    }

    /// Reads the next line of `input`.
    ///
    /// # Errors
    /// stdin cannot be read, or is not UTF-8.
    pub(super) async fn read(&mut self, input: &Input, vocabulary: Vocabulary) -> Result<Line> {
        let prompt = if input.pending().is_empty() { PROMPT } else { CONTINUATION };
        let Source::Editor(slot, _) = &mut self.source else {
            if self.is_interactive {
                self.ui.prompt(prompt);
            }
            return read_plainly().await;
        };
        let Some(mut editor) = slot.take() else { return Ok(Line::End) };
        if let Some(helper) = editor.helper_mut() {
            helper.vocabulary = vocabulary;
            helper.pending = input.pending().to_owned();
        }
        let read = spawn_blocking(move || {
            let line = editor.readline(&(prompt, format!("\x1b[1m{prompt}\x1b[0m")));
            (editor, line)
        });
        let (editor, line) = read
            .await
            .map_err(|error| Error::new(ErrorKind::Internal, "the prompt failed").caused_by(error))?;
        *slot = Some(editor);
        match line {
            Ok(line) => Ok(Line::Text(line)),
            Err(ReadlineError::Interrupted) => Ok(Line::Interrupted),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(error) => Err(Error::data("cannot read from the terminal").caused_by(error)),
        }
    }

    /// Adds a statement to the history.
    pub(super) fn remember(&mut self, entry: &str) {
        let Source::Editor(Some(editor), history) = &mut self.source else { return };
        if entry.is_empty() || !matches!(editor.add_history_entry(entry), Ok(true)) {
            return;
        }
        if let Err((path, error)) = history.save(editor) {
            self.ui.note(&format!("what you type is not kept: cannot write `{}`: {error}", path.display()));
        }
    }
}

fn editor(engine: Arc<Engine>, ui: Ui) -> Option<LineEditor> {
    let config = Config::builder()
        .max_history_size(ENTRIES_MAX)
        .and_then(|config| config.history_ignore_dups(true))
        .ok()?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .color_mode(if ui.color_output() { ColorMode::Forced } else { ColorMode::Disabled })
        // Where stdout is data for a file or a program, the prompt goes to the terminal itself.
        .behavior(if io::stdout().is_terminal() { Behavior::Stdio } else { Behavior::PreferTerm })
        .build();
    let mut editor = Editor::with_config(config).ok()?;
    editor.set_helper(Some(SqlHelper {
        engine,
        vocabulary: Vocabulary::default(),
        pending: String::new(),
        color: ui.color_output(),
    }));
    Some(editor)
}

/// Terminals that cannot move the cursor, as in editors and logs.
fn is_dumb() -> bool {
    std::env::var("TERM").is_ok_and(|term| ["dumb", "cons25", "emacs"].contains(&term.as_str()))
}

async fn read_plainly() -> Result<Line> {
    let read = spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|bytes| (bytes, line))
    });
    let mut interrupts = Interrupts::listen();
    let read = tokio::select! {
        read = read => read,
        () = interrupts.pressed() => return Ok(Line::Interrupted),
    };
    match read.unwrap_or_else(|error| Err(io::Error::other(error))) {
        Ok((0, _)) => Ok(Line::End),
        Ok((_, line)) => Ok(Line::Text(line.trim_end_matches(['\n', '\r']).to_owned())),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(Error::data("the SQL on stdin is not UTF-8 text"))
        }
        Err(error) => Err(Error::data("cannot read the SQL on stdin").caused_by(error)),
    }
}
