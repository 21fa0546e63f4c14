//! The only place that prints. stdout carries data; everything else goes to stderr.

use std::io::{self, IsTerminal, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::{
    error::{Error, ErrorKind, Result, file_error},
    sources::Warning,
};

/// When to colour.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[value(rename_all = "lower")]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Also into files and pipes.
    Always,
    /// Not at all.
    Never,
}

/// How to talk to the user.
#[derive(Debug, Clone, Copy)]
pub struct Ui {
    color_errors: bool,
    color_output: bool,
    quiet: bool,
    formulas_as_text: bool,
}

impl Ui {
    /// What the user chose, and what the terminal can do.
    pub fn new(choice: ColorChoice, quiet: bool) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colored = |is_terminal: bool| match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal && !no_color,
        };
        Self {
            color_errors: colored(io::stderr().is_terminal()),
            color_output: colored(io::stdout().is_terminal()),
            quiet,
            formulas_as_text: false,
        }
    }

    /// The same, writing texts that begin like a formula so that no spreadsheet computes them.
    #[must_use]
    pub fn with_formulas_as_text(self, formulas_as_text: bool) -> Self {
        Self { formulas_as_text, ..self }
    }

    /// Whether a text that begins like a formula gets an apostrophe in CSV.
    pub fn formulas_as_text(self) -> bool {
        self.formulas_as_text
    }

    /// Whether data on stdout is coloured.
    pub fn color_output(self) -> bool {
        self.color_output
    }

    /// Whether data goes to a person's screen; some terminals do not tell their width.
    pub fn is_terminal(self) -> bool {
        io::stdout().is_terminal()
    }

    /// The terminal's width, if stdout is one.
    pub fn width(self) -> Option<usize> {
        match io::stdout().is_terminal() {
            true => terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0)),
            false => None,
        }
    }

    /// Where data goes.
    pub fn data(self) -> Box<dyn Write + Send> {
        Box::new(io::BufWriter::with_capacity(1 << 16, io::stdout()))
    }

    /// Prints a text that the user asked for, such as documentation.
    ///
    /// # Errors
    /// The reader of stdout went away.
    pub fn page(self, text: &str) -> Result<()> {
        let mut data = self.data();
        data.write_all(text.as_bytes())
            .and_then(|()| data.flush())
            .map_err(|error| file_error("write to", std::path::Path::new("<stdout>"), error))
    }

    /// Says what went wrong, where, and what to do.
    pub fn error(self, error: &Error) {
        if error.kind() == ErrorKind::BrokenPipe {
            return;
        }
        self.say(&self.report(Level::ERROR, error));
    }

    /// Says what is suspicious, unless the user wants quiet.
    pub fn warning(self, warning: &Warning) {
        if self.quiet {
            return;
        }
        let error = Error::data(warning.message.as_str());
        let error = match &warning.help {
            Some(help) => error.hint(help.as_str()),
            None => error,
        };
        self.say(&self.report(Level::WARNING, &error));
    }

    /// Says something that is good to know, unless the user wants quiet.
    pub fn note(self, message: &str) {
        if !self.quiet {
            self.say(message);
        }
    }

    /// Asks for a line, on a terminal that cannot edit one.
    pub fn prompt(self, prompt: &str) {
        let mut messages = io::stderr().lock();
        // When stderr is gone there is nobody left to ask.
        let _ = write!(messages, "{prompt}").and_then(|()| messages.flush());
    }

    fn say(self, message: &str) {
        // When stderr is gone there is nobody left to tell.
        let _ = writeln!(io::stderr().lock(), "{message}");
    }

    fn report(self, level: Level<'static>, error: &Error) -> String {
        let title = visible(error.message());
        let notes: Vec<String> = error.notes().iter().map(|note| visible(note)).collect();
        let hints: Vec<String> = error.hints().iter().map(|hint| visible(hint)).collect();
        let main = Group::with_title(level.primary_title(title));
        let titled =
            |level: Level<'static>, text: &str| Group::with_title(level.secondary_title(text.to_owned()));
        let remarks = notes
            .iter()
            .map(|note| titled(Level::NOTE, note))
            .chain(hints.iter().map(|hint| titled(Level::HELP, hint)));
        let renderer = match self.color_errors {
            true => Renderer::styled(),
            false => Renderer::plain(),
        };
        let Some(place) = error.place() else {
            // Without a text to show, each remark is a line of its own.
            let lines: Vec<_> =
                std::iter::once(main).chain(remarks).map(|group| renderer.render(&[group])).collect();
            return lines.join("\n");
        };
        let text = visible_lines(&place.text);
        let snippet = Snippet::source(text)
            .path(&*place.origin)
            .annotation(AnnotationKind::Primary.span(place.span.clone()));
        let groups: Vec<_> = std::iter::once(main.element(snippet)).chain(remarks).collect();
        renderer.render(&groups)
    }
}

/// A message may quote data; what would steer the terminal is shown instead of obeyed.
fn visible(text: &str) -> String {
    text.chars()
        .flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] })
        .collect()
}

/// The same for a whole text, whose bytes must keep their places.
fn visible_lines(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_control() && !matches!(c, '\n' | '\t' | '\r') { '?' } else { c })
        .collect()
}
