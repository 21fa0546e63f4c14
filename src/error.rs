//! The one error of the library: what is wrong, where, and what to do now.
//!
//! It knows nothing of DataFusion (the engine's `diagnose` translates) and does not print itself
//! (the command line's `ui` does).

use std::{fmt, ops::Range, sync::Arc};

/// A result with marginql's own error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Which side a failure comes from; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The command line is wrong: an unknown option, a missing argument, a malformed parameter.
    Usage,
    /// A project file or a saved query's header is wrong.
    Config,
    /// A file cannot be read, or does not hold what it should.
    Data,
    /// The SQL is wrong, or failed while it ran.
    Query,
    /// An expectation of a saved query does not hold.
    Expectation,
    /// The user pressed Ctrl-C.
    Interrupted,
    /// The reader of stdout went away; not a failure.
    BrokenPipe,
    /// A defect of marginql itself.
    Internal,
}

impl ErrorKind {
    /// The process's exit code for an error of this kind.
    pub fn exit_code(self) -> u8 {
        match self {
            ErrorKind::BrokenPipe => 0,
            ErrorKind::Data | ErrorKind::Query | ErrorKind::Expectation | ErrorKind::Internal => 1,
            ErrorKind::Usage | ErrorKind::Config => 2,
            ErrorKind::Interrupted => 130,
        }
    }
}

/// A range of bytes in a text, with the name under which the user knows that text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's path as the user wrote it, or a name such as `<command line>`.
    pub origin: Arc<str>,
    /// The whole text, so that the line can be shown.
    pub text: Arc<str>,
    /// The bytes of `text` that the message is about.
    pub span: Range<usize>,
}

/// What went wrong, where, and what to do now.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    place: Option<Place>,
    notes: Vec<String>,
    hints: Vec<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// Makes an error; the message is lower case, without a trailing period, with names and values in backticks.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            place: None,
            notes: Vec::new(),
            hints: Vec::new(),
            source: None,
        }))
    }

    /// The command line is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// A project file or a header is wrong.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// A file cannot be read or does not hold what it should.
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Data, message)
    }

    /// The SQL is wrong, or failed while it ran.
    pub fn query(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Query, message)
    }

    /// Adds what the user can do now.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    /// Adds a circumstance that helps to understand the message.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.0.notes.push(note.into());
        self
    }

    /// Points at the text, unless the error already does.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.0.place.get_or_insert(place);
        self
    }

    /// Keeps the error that caused this one.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Which side the failure comes from.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where, if it is a place in a text.
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// Circumstances.
    pub fn notes(&self) -> &[String] {
        &self.0.notes
    }

    /// What to do now.
    pub fn hints(&self) -> &[String] {
        &self.0.hints
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// Adds the path to an error of the file system, and says what to do.
pub fn file_error(action: &str, path: &std::path::Path, error: std::io::Error) -> Error {
    use std::io::ErrorKind as Io;
    let path = path.display();
    match error.kind() {
        Io::BrokenPipe => Error::new(ErrorKind::BrokenPipe, "the reader of the output went away"),
        Io::NotFound => Error::data(format!("cannot {action} `{path}`: no such file or directory"))
            .hint("check the path; relative paths start at the current directory"),
        Io::PermissionDenied => Error::data(format!("cannot {action} `{path}`: permission denied"))
            .hint("check the permissions of the file and of its directory"),
        Io::NotADirectory => Error::data(format!("cannot {action} `{path}`: a part of the path is a file"))
            .hint("check the path"),
        Io::AlreadyExists => Error::data(format!("cannot {action} `{path}`: there is a file of this name"))
            .hint("choose another path"),
        Io::StorageFull => Error::data(format!("cannot {action} `{path}`: the disk is full"))
            .hint("make room, or write to another disk"),
        _ => Error::data(format!("cannot {action} `{path}`: {error}")),
    }
    .caused_by(error)
}
