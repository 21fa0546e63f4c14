//! Errors of running statements: values that cannot be read or do not fit, functions and sources that refuse.

use datafusion::{arrow::error::ArrowError, error::DataFusionError};
use marginql_udfs::FunctionError;

use super::{
    Diagnosis,
    memory::is_used_up,
    plan,
    wording::{between, plain_types, sentence},
};
use crate::error::{Error, ErrorKind};

impl Diagnosis {
    /// An error of a function or of a source, which says itself what, where and what now; others keep their text.
    pub(super) fn explain_external(&self, error: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
        if let Some(error) = error.downcast_ref::<Error>() {
            return copied(error);
        }
        if let Some(error) = error.downcast_ref::<FunctionError>() {
            return self.explain_function(error);
        }
        if let Some(error) = error.downcast_ref::<ArrowError>() {
            return self.explain_arrow(error);
        }
        if let Some(error) = error.downcast_ref::<DataFusionError>() {
            return self.explain_root(error.find_root(), None);
        }
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return self.explain_io(error);
        }
        if error.is::<std::num::ParseIntError>() || error.is::<std::num::ParseFloatError>() {
            return Error::query(format!("a value is not a number: {error}"));
        }
        if error.is::<std::str::ParseBoolError>() {
            return Error::query("a value is neither `true` nor `false`");
        }
        Error::query(sentence(&error.to_string()))
    }

    fn explain_function(&self, error: &FunctionError) -> Error {
        let explained = Error::query(plain_types(error.message()));
        let explained = match error.help() {
            Some(help) => explained.hint(help),
            None => explained,
        };
        // Functions begin with their own name.
        let name = between(error.message(), "`", "`").and_then(|name| name.split('(').next());
        match name.filter(|_| error.message().starts_with('`')) {
            Some(name) => self.at_call(name, explained),
            None => explained,
        }
    }

    pub(super) fn explain_arrow(&self, error: &ArrowError) -> Error {
        match error {
            ArrowError::ExternalError(error) => self.explain_external(error.as_ref()),
            ArrowError::DivideByZero => division_by_zero(),
            ArrowError::CastError(message) | ArrowError::ParseError(message) => self.explain_cast(message),
            ArrowError::ArithmeticOverflow(message) => {
                Error::query(format!("overflow: {}", plain_types(&sentence(message))))
                    .hint("cast to a wider type first, such as `DECIMAL(38,4)`")
            }
            ArrowError::InvalidArgumentError(message) | ArrowError::ComputeError(message) => {
                self.explain_execution(message)
            }
            ArrowError::CsvError(message) => {
                Error::data(format!("a CSV file cannot be read: {}", sentence(message)))
            }
            ArrowError::JsonError(message) => {
                Error::data(format!("a JSON file cannot be read: {}", sentence(message)))
            }
            ArrowError::IoError(_, error) => self.explain_io(error),
            other => Error::query(plain_types(&sentence(&other.to_string()))),
        }
    }

    /// Files that cannot be read or written; the limit of the disk arrives in the same way.
    pub(super) fn explain_io(&self, error: &std::io::Error) -> Error {
        let message = error.to_string();
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => {
                Error::new(ErrorKind::BrokenPipe, "the reader of the output went away")
            }
            std::io::ErrorKind::StorageFull => Error::data("cannot write: the disk is full")
                .hint("spilled rows go to another disk with `--temp-dir PATH`"),
            _ if is_used_up(&message) => self.explain_memory(&message),
            _ => Error::data(format!("cannot read or write: {}", sentence(&message))),
        }
    }

    pub(super) fn explain_execution(&self, message: &str) -> Error {
        let message = message.strip_prefix("External error: ").unwrap_or(message);
        if let Some(explained) = plan::explain_catalog(message).or_else(|| plan::explain_clause(message)) {
            return explained;
        }
        if message.contains("Cannot cast string") {
            return self.explain_cast(message);
        }
        if let Some((value, precision)) = message.split_once(" is too large to store in a Decimal")
            && let Some(precision) = between(precision, "of precision ", ". ")
        {
            let value = value.rsplit(' ').next().unwrap_or(value);
            let max = message.rsplit("Max is ").next().unwrap_or_default();
            return Error::query(format!(
                "`{value}` does not fit in a DECIMAL of {precision} digits, the largest there is {max}"
            ))
            .hint("cast to a wider type, such as `DECIMAL(38,4)`, or use `TRY_CAST` to get NULL");
        }
        if message.to_lowercase().contains("scalar subquery returned more than one row") {
            let error = Error::query("a subquery that stands for one value gives several rows")
                .hint("aggregate it, as in `(SELECT max(x) FROM …)`, or compare with `IN (SELECT …)`");
            return match self.text.find_only("(select") {
                Some(place) => error.at(place),
                None => error,
            };
        }
        if message.contains("Divide by zero") || message.contains("DivideByZero") {
            return division_by_zero();
        }
        let explained = Error::query(plain_types(&sentence(message)));
        // Functions of DataFusion often begin with their name, in any case of letters.
        let first = message.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        self.at_call(&first.to_lowercase(), explained)
    }

    /// A value that is not what its type wants.
    pub(super) fn explain_cast(&self, message: &str) -> Error {
        if let Some((value, data_type)) = unreadable(message) {
            let error = Error::query(format!("`{value}` cannot be read as {}", plain_types(data_type)));
            let error = error.hint(reading_help(data_type));
            return match self.text.find_only(&format!("'{value}'")) {
                Some(place) => error.at(place),
                None => error,
            };
        }
        if let Some((value, data_type)) =
            message.strip_prefix("Can't cast value ").and_then(|rest| rest.split_once(" to type "))
        {
            return Error::query(format!("`{value}` does not fit in {}", plain_types(data_type))).hint(
                "cast to a wider type, such as `BIGINT` or `DECIMAL(38,4)`, or use `TRY_CAST` to get NULL",
            );
        }
        if message.contains("converting from i64 to i32 failed") {
            return Error::query("a date cannot be read or is out of range")
                .hint("dates are written `2026-01-31`; `to_date(text, '%d.%m.%Y')` reads other forms");
        }
        if message.contains("is too large to store in a Decimal") {
            return self.explain_execution(message);
        }
        Error::query(plain_types(&sentence(message)))
            .hint("use `TRY_CAST` to get NULL for values that do not fit")
    }
}

/// The value and the type of a text that cannot be read as it.
fn unreadable(message: &str) -> Option<(&str, &str)> {
    let quoted = |start: &str, middle: &str| {
        let (value, rest) = message.strip_prefix(start)?.split_once(middle)?;
        Some((value, rest.strip_suffix(" type").unwrap_or(rest)))
    };
    quoted("Cannot cast string '", "' to value of ")
        .or_else(|| quoted("Cannot cast value '", "' to value of "))
        .or_else(|| {
            let value = between(message, "Error parsing timestamp from '", "'")?;
            Some((value, "Timestamp"))
        })
        .or_else(|| {
            let value = between(message, "type interval: \"", "\"")?;
            Some((value, "Interval"))
        })
}

/// How values of a type are written, and what to do with others.
fn reading_help(data_type: &str) -> &'static str {
    let is = |prefixes: &[&str]| prefixes.iter().any(|prefix| data_type.starts_with(prefix));
    if is(&["Interval"]) {
        "intervals are written `INTERVAL '3 months'`"
    } else if is(&["Date", "Time"]) {
        "dates are written `2026-01-31`; `to_date(text, '%d.%m.%Y')` reads other forms, `TRY_CAST` gives NULL"
    } else if is(&["Decimal", "Int", "UInt"]) {
        "use `TRY_CAST` to get NULL for such values, or `money(…)` for amounts such as `$1,234.50`"
    } else {
        "use `TRY_CAST` to get NULL for such values"
    }
}

fn division_by_zero() -> Error {
    Error::query("division by zero")
        .hint("use `nullif(x, 0)` for the divisor: the result is NULL where it is zero")
}

fn copied(error: &Error) -> Error {
    let mut copy = Error::new(error.kind(), error.message());
    for note in error.notes() {
        copy = copy.note(note);
    }
    for hint in error.hints() {
        copy = copy.hint(hint);
    }
    match error.place() {
        Some(place) => copy.at(place.clone()),
        None => copy,
    }
}
