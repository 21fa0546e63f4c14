//! Turns DataFusion's errors into messages that say what, where and what now. Nothing else translates them.
//!
//! Here an error is taken apart by its kind: `names` knows what is not there, `call` functions that are called
//! wrongly, `plan` everything else about a statement, `running` values that fail, `memory` limits; `wording` puts
//! the library's words into the user's.

mod call;
mod memory;
mod names;
mod plan;
mod running;
mod wording;

use datafusion::{
    common::{Diagnostic, Span},
    error::DataFusionError,
};

pub(super) use memory::is_about_disk;
pub(super) use wording::plain_types;
use wording::{between, sentence};

use super::catalog::Catalog;
use crate::{
    error::{Error, ErrorKind},
    query::Text,
};

/// What is known when an error is explained: the text of the statement, and the names that exist then.
#[derive(Clone)]
pub(super) struct Diagnosis {
    pub(super) text: Text,
    pub(super) catalog: Catalog,
    pub(super) memory_bytes: usize,
}

impl Diagnosis {
    /// Explains an error of planning or of running.
    pub(super) fn explain(&self, error: DataFusionError) -> Error {
        // A worker's failure arrives before its siblings': the first is the cause.
        if let DataFusionError::Collection(errors) = error {
            let mut errors = errors.into_iter();
            return match errors.next() {
                Some(first) => {
                    let others = errors.len();
                    let explained = self.explain(first);
                    match others {
                        0 => explained,
                        1 => explained.note("there is one more error in this statement"),
                        others => explained.note(format!("there are {others} more errors in this statement")),
                    }
                }
                None => Error::query("the statement failed"),
            };
        }
        let diagnostic = find_diagnostic(&error);
        let explained = self.explain_root(error.find_root(), diagnostic);
        let explained = match diagnostic.and_then(first_span) {
            Some(span) if self.stands_here(&error, diagnostic, span) => explained.at(self.place(span)),
            _ => explained,
        };
        explained.caused_by(error)
    }

    /// Whether a column stands at a place of this text, not of that of a view, as far as the error tells its name.
    fn stands_here(&self, error: &DataFusionError, diagnostic: Option<&Diagnostic>, span: Span) -> bool {
        let (DataFusionError::External(_), Some(diagnostic)) = (error.find_root(), diagnostic) else {
            return true;
        };
        let place = self.place(span);
        let text = place.text[place.span].to_lowercase();
        text.contains(&diagnostic.message.to_lowercase())
    }

    fn place(&self, span: Span) -> crate::error::Place {
        self.text.place_between((span.start.line, span.start.column), (span.end.line, span.end.column))
    }

    fn explain_root(&self, root: &DataFusionError, diagnostic: Option<&Diagnostic>) -> Error {
        match root {
            DataFusionError::SchemaError(error, _) => self.explain_schema(error),
            DataFusionError::Plan(message) => self.explain_plan(message, diagnostic),
            DataFusionError::ArrowError(error, _) => self.explain_arrow(error),
            DataFusionError::External(error) => self.explain_external(error.as_ref()),
            DataFusionError::ResourcesExhausted(message) => self.explain_memory(message),
            DataFusionError::NotImplemented(message) => self.explain_not_supported(message),
            DataFusionError::Configuration(message) => explain_configuration(message),
            DataFusionError::IoError(error) => self.explain_io(error),
            DataFusionError::ObjectStore(error) => match error.as_ref() {
                datafusion::object_store::Error::Generic { source, .. } if source.is::<Error>() => {
                    self.explain_external(source.as_ref())
                }
                error => explain_object_store(error),
            },
            DataFusionError::ParquetError(error) => Error::data(format!(
                "a Parquet file cannot be read: {}",
                sentence(error.to_string().trim_start_matches("Parquet error: "))
            ))
            .hint("the file may be truncated or still being written; write it again"),
            DataFusionError::Execution(message) => {
                match between(message, "Placeholder '", "' was not provided") {
                    Some(placeholder) => plan::no_value(placeholder),
                    None => self.explain_execution(message),
                }
            }
            DataFusionError::SQL(..) => Error::query(format!("syntax error: {root}")),
            DataFusionError::Internal(message) => match self.explain_call(message) {
                Some(error) => error,
                None => defect(message),
            },
            DataFusionError::ExecutionJoin(error) => defect(&error.to_string()),
            other => Error::query(plain_types(&sentence(&other.strip_backtrace()))),
        }
    }
}

/// Where a diagnostic points; one about two sides points at the first of them that has a place.
fn first_span(diagnostic: &Diagnostic) -> Option<Span> {
    diagnostic.span.or_else(|| diagnostic.notes.iter().find_map(|note| note.span))
}

fn find_diagnostic(error: &DataFusionError) -> Option<&Diagnostic> {
    match error {
        DataFusionError::Diagnostic(diagnostic, inner) => find_diagnostic(inner).or(Some(diagnostic)),
        DataFusionError::Context(_, inner) => find_diagnostic(inner),
        DataFusionError::Shared(inner) => find_diagnostic(inner),
        DataFusionError::Collection(errors) => errors.first().and_then(find_diagnostic),
        _ => None,
    }
}

fn explain_configuration(message: &str) -> Error {
    if message.starts_with("Function factory has not been configured") {
        return Error::query("not supported: `CREATE FUNCTION`")
            .hint("put the expression into a view with `CREATE VIEW`");
    }
    let unknown = ["namespace for key \"", "field \"", "value for key \""]
        .iter()
        .find_map(|start| between(message, start, "\""));
    let error = match unknown {
        Some(key) => Error::usage(format!("unknown option `{key}`")),
        None => Error::usage(plain_types(&sentence(message))),
    };
    error.hint("`SHOW ALL` lists the options and their values")
}

fn explain_object_store(error: &datafusion::object_store::Error) -> Error {
    match error {
        datafusion::object_store::Error::NotFound { path, .. } => {
            Error::data(format!("cannot read `/{path}`: no such file"))
                .hint("was it moved or deleted while the query ran?")
        }
        other => Error::data(format!("cannot read or write: {}", sentence(&other.to_string()))),
    }
}

fn defect(message: &str) -> Error {
    let first = message.lines().next().unwrap_or_default();
    Error::new(ErrorKind::Internal, "this statement hits a defect of the engine").note(sentence(first)).hint(
        "please report it with the statement; writing it another way, for instance with `WITH`, may help",
    )
}
