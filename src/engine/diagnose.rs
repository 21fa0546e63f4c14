//! Turns DataFusion's errors into messages that say what, where and what now. Nothing else translates them.

use std::sync::Arc;

use datafusion::{
    arrow::error::ArrowError,
    common::{Column, Diagnostic, SchemaError, Span},
    error::DataFusionError,
};
use marginql_udfs::FunctionError;

use super::memory::bytes_text;
use crate::{
    error::{Error, ErrorKind},
    query::Text,
    suggest::nearest,
};

/// What is known when an error is explained: the text of the statement, and the names that exist.
#[derive(Debug, Clone)]
pub(super) struct Diagnosis {
    pub(super) text: Text,
    pub(super) tables: Arc<[String]>,
    pub(super) functions: Arc<[String]>,
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
            Some(span) => explained.at(self.place(span)),
            None => explained,
        };
        explained.caused_by(error)
    }

    fn place(&self, span: Span) -> crate::error::Place {
        self.text.place_between((span.start.line, span.start.column), (span.end.line, span.end.column))
    }

    fn explain_root(&self, root: &DataFusionError, diagnostic: Option<&Diagnostic>) -> Error {
        match root {
            DataFusionError::SchemaError(error, _) => self.explain_schema(error),
            DataFusionError::Plan(message) => self.explain_plan(message, diagnostic),
            DataFusionError::ArrowError(error, _) => explain_arrow(error),
            DataFusionError::External(error) => explain_external(error.as_ref()),
            DataFusionError::ResourcesExhausted(message) => self.explain_memory(message),
            DataFusionError::NotImplemented(message) => {
                Error::query(format!("not supported: {}", sentence(message)))
            }
            DataFusionError::Configuration(message) => {
                Error::usage(sentence(message)).hint("`SHOW ALL` lists the options and their values")
            }
            DataFusionError::IoError(error) => Error::data(format!("cannot read or write: {error}")),
            DataFusionError::ObjectStore(error) => explain_object_store(error),
            DataFusionError::ParquetError(error) => Error::data(format!(
                "a Parquet file cannot be read: {}",
                sentence(error.to_string().trim_start_matches("Parquet error: "))
            ))
            .hint("the file may be truncated or still being written; write it again"),
            DataFusionError::Execution(message) => explain_execution(message),
            DataFusionError::SQL(..) => Error::query(format!("syntax error: {root}")),
            DataFusionError::Internal(message) => defect(message),
            DataFusionError::ExecutionJoin(error) => defect(&error.to_string()),
            other => Error::query(sentence(&other.strip_backtrace())),
        }
    }

    fn explain_schema(&self, error: &SchemaError) -> Error {
        match error {
            SchemaError::FieldNotFound { field, valid_fields } => self.column_not_found(field, valid_fields),
            SchemaError::AmbiguousReference { field } => {
                Error::query(format!("column `{}` stands in more than one table", field.name))
                    .hint(format!("say which one: `table.{}`", field.name))
            }
            SchemaError::DuplicateQualifiedField { name, .. }
            | SchemaError::DuplicateUnqualifiedField { name } => {
                Error::query(format!("two columns have the name `{name}`"))
                    .hint("give one of them another name with `AS`")
            }
        }
    }

    fn column_not_found(&self, field: &Column, valid_fields: &[Column]) -> Error {
        let tables: Vec<String> = {
            let mut names: Vec<_> = valid_fields
                .iter()
                .filter_map(|column| column.relation.as_ref().map(|relation| relation.table().to_owned()))
                .collect();
            names.dedup();
            names
        };
        let (owner, columns): (Option<&str>, Vec<&str>) = match &field.relation {
            Some(relation) => {
                let of_table = valid_fields
                    .iter()
                    .filter(|column| {
                        column.relation.as_ref().is_some_and(|other| other.table() == relation.table())
                    })
                    .map(|column| column.name.as_str())
                    .collect();
                (Some(relation.table()), of_table)
            }
            None => {
                let owner = match &tables[..] {
                    [only] => Some(only.as_str()),
                    _ => None,
                };
                (owner, valid_fields.iter().map(|column| column.name.as_str()).collect())
            }
        };
        if let Some(relation) = &field.relation
            && columns.is_empty()
        {
            let error = Error::query(format!("there is no table `{relation}` in this query"));
            return match nearest(relation.table(), tables.iter().map(String::as_str)) {
                Some(table) => error.hint(format!("did you mean `{table}.{}`?", field.name)),
                None => error.hint(format!("its tables are {}", list(tables.iter().map(String::as_str)))),
            };
        }
        let error = Error::query(match owner {
            Some(owner) => format!("column `{}` not found in `{owner}`", field.name),
            None => format!("column `{}` not found", field.name),
        });
        let by_case = columns.iter().find(|name| name.to_lowercase() == field.name.to_lowercase());
        match (by_case, nearest(&field.name, columns.iter().copied())) {
            (Some(name), _) => {
                error.hint(format!("write `\"{name}\"`, in double quotes: its name has upper-case letters"))
            }
            (None, Some(name)) => error.hint(format!("did you mean `{name}`?")),
            (None, None) if columns.is_empty() => error.hint("there is no table in this query; add `FROM`"),
            (None, None) => error.hint(format!("the columns are {}", list(columns))),
        }
    }

    fn explain_plan(&self, message: &str, diagnostic: Option<&Diagnostic>) -> Error {
        let message = message.lines().next().unwrap_or(message);
        if let Some(table) = between(message, "table '", "' not found") {
            return self.table_not_found(table);
        }
        if let Some(name) = between(message, "Invalid function '", "'") {
            let error = Error::query(format!("function `{name}` not found"));
            return match nearest(name, self.functions.iter().map(String::as_str)) {
                Some(function) => error.hint(format!("did you mean `{function}`?")),
                None => error.hint("`marginql functions` lists the functions"),
            };
        }
        if let Some(rest) = message.strip_prefix("Cannot coerce arithmetic expression ")
            && let Some(types) = rest.split(" to valid types").next()
        {
            return Error::query(format!("`{}` cannot be computed", plain_types(types)))
                .hint("convert one side with `CAST(… AS DECIMAL(18,4))`, or text such as `$1,234.50` with `money(…)`");
        }
        if let Some(function) = between(message, "to satisfy a call to '", "'")
            .or_else(|| between(message, "Function '", "'"))
            .or_else(|| between(message, "For function ", " "))
            .or_else(|| between(message, "The function '", "'"))
        {
            let reason = message.split(". No function matches").next().unwrap_or(message);
            let error = refused_arguments(reason).unwrap_or_else(|| {
                Error::query(format!("`{function}` cannot be called like this"))
                    .note(plain_types(&sentence(reason)))
                    .hint(format!("`marginql functions {function}` shows how it is called"))
            });
            return match self.text.find_call(function) {
                Some(place) => error.at(place),
                None => error,
            };
        }
        if message.contains("must appear in GROUP BY") || message.contains("must appear in the GROUP BY") {
            let column = message.split('\'').nth(1).or_else(|| message.split('"').nth(1)).unwrap_or("it");
            let column = column.rsplit('.').next().unwrap_or(column);
            return Error::query(format!("`{column}` is neither grouped nor aggregated"))
                .hint(format!("add it to GROUP BY, or use an aggregate such as `max({column})`"));
        }
        if let Some(diagnostic) = diagnostic {
            let mut error = Error::query(plain_types(&sentence(&diagnostic.message)));
            for note in &diagnostic.notes {
                error = error.note(plain_types(&sentence(&note.message)));
            }
            for help in &diagnostic.helps {
                error = error.hint(sentence(&help.message));
            }
            return error;
        }
        Error::query(plain_types(&sentence(message)))
    }

    fn table_not_found(&self, table: &str) -> Error {
        let name = table.rsplit('.').next().unwrap_or(table);
        let looks_like_path = table.contains('/') || table.contains('*') || false;
        if looks_like_path {
            let path = table.strip_prefix("datafusion.public.").unwrap_or(table);
            return Error::data(format!("cannot read `{path}`: no such file or directory"))
                .hint("check the path; relative paths start at the current directory");
        }
        let error = Error::query(format!("table `{name}` not found"));
        if let Some(table) = nearest(name, self.tables.iter().map(String::as_str)) {
            return error.hint(format!("did you mean `{table}`?"));
        }
        if !self.tables.is_empty() {
            return error.hint(format!("the tables are {}", list(self.tables.iter().map(String::as_str))));
        }
        error.hint(format!(
            "register a file with `--table {name}=PATH`, or read it directly: `FROM 'path/to/{name}.parquet'`"
        ))
    }

    fn explain_memory(&self, message: &str) -> Error {
        if message.contains("disk") || message.contains("spill file") || message.contains("temp") {
            return no_temporary_space(message);
        }
        let operator = between(message, "allocation failed for ", " ")
            .or_else(|| between(message, "allocate additional ", " for "))
            .map(operator_name)
            .unwrap_or("the query");
        let limit = bytes_text(self.memory_bytes as u64);
        Error::query(format!("out of memory in {operator}: the limit is {limit}"))
            .hint("allow more with `--memory-limit 8GB`, use fewer `--threads` so that each gets a larger share, or read fewer columns and rows")
    }
}

/// What a function of ours says about arguments it does not take; of its error, DataFusion keeps only the text.
fn refused_arguments(reason: &str) -> Option<Error> {
    let (_, said) = reason.split_once("user-defined coercion failed with: External error: ")?;
    let (message, help) = said.strip_suffix(')')?.split_once(" (help: ")?;
    Some(Error::query(plain_types(message)).hint(help))
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

/// An error of a function or of a source, which says itself what, where and what now; others keep their text.
fn explain_external(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
    if let Some(error) = error.downcast_ref::<Error>() {
        let mut copy = Error::new(error.kind(), error.message());
        for note in error.notes() {
            copy = copy.note(note);
        }
        for hint in error.hints() {
            copy = copy.hint(hint);
        }
        return match error.place() {
            Some(place) => copy.at(place.clone()),
            None => copy,
        };
    }
    if let Some(error) = error.downcast_ref::<FunctionError>() {
        let explained = Error::query(error.message());
        return match error.help() {
            Some(help) => explained.hint(help),
            None => explained,
        };
    }
    if let Some(error) = error.downcast_ref::<ArrowError>() {
        return explain_arrow(error);
    }
    if let Some(error) = error.downcast_ref::<std::io::Error>() {
        return Error::data(format!("cannot read or write: {error}"));
    }
    Error::query(sentence(&error.to_string()))
}

fn explain_arrow(error: &ArrowError) -> Error {
    match error {
        ArrowError::ExternalError(error) => match error.downcast_ref::<DataFusionError>() {
            Some(DataFusionError::External(inner)) => explain_external(inner.as_ref()),
            _ => explain_external(error.as_ref()),
        },
        ArrowError::DivideByZero => Error::query("division by zero")
            .hint("use `nullif(x, 0)` for the divisor: the result is NULL where it is zero"),
        ArrowError::CastError(message) | ArrowError::ParseError(message) => explain_cast(message),
        ArrowError::ArithmeticOverflow(message) => Error::query(format!("overflow: {}", sentence(message)))
            .hint("cast to a wider type first, such as `DECIMAL(38,4)`"),
        ArrowError::InvalidArgumentError(message) | ArrowError::ComputeError(message) => {
            explain_execution(message)
        }
        ArrowError::CsvError(message) => {
            Error::data(format!("a CSV file cannot be read: {}", sentence(message)))
        }
        ArrowError::JsonError(message) => {
            Error::data(format!("a JSON file cannot be read: {}", sentence(message)))
        }
        ArrowError::IoError(message, error) => match error.kind() {
            std::io::ErrorKind::BrokenPipe => {
                Error::new(ErrorKind::BrokenPipe, "the reader of the output went away")
            }
            _ if message.contains("during the spilling process") => no_temporary_space(message),
            _ => Error::data(format!("cannot read or write: {}", sentence(message))),
        },
        other => Error::query(plain_types(&sentence(&other.to_string()))),
    }
}

fn explain_cast(message: &str) -> Error {
    if let Some((value, data_type)) = message
        .strip_prefix("Cannot cast string '")
        .and_then(|rest| rest.split_once("' to value of "))
        .map(|(value, rest)| (value, rest.trim_end_matches(" type")))
    {
        return Error::query(format!("`{value}` cannot be read as {}", plain_types(data_type))).hint(
            "use `TRY_CAST` to get NULL for such values, or `money(…)` for amounts such as `$1,234.50`",
        );
    }
    Error::query(plain_types(&sentence(message)))
        .hint("use `TRY_CAST` to get NULL for values that do not fit")
}

fn explain_execution(message: &str) -> Error {
    let message = message.strip_prefix("External error: ").unwrap_or(message);
    if message.contains("Cannot cast string") {
        return explain_cast(message);
    }
    if message.contains("is too large to store in a Decimal") || message.contains("is greater than max") {
        return Error::query(format!("overflow: {}", plain_types(&sentence(message))))
            .hint("cast to a wider type, such as `DECIMAL(38,4)`, or use `TRY_CAST` to get NULL");
    }
    Error::query(plain_types(&sentence(message)))
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

fn no_temporary_space(message: &str) -> Error {
    Error::query("the space for temporary files is used up")
        .note(sentence(message))
        .hint("allow more with `--temp-limit 200GB`, or choose a larger disk with `--temp-dir PATH`")
}

/// What the user knows an operator as.
fn operator_name(consumer: &str) -> &'static str {
    let starts = |prefix: &str| consumer.starts_with(prefix);
    if consumer.contains("Aggregate") || starts("GroupedHash") || starts("DistinctHash") {
        "an aggregation (GROUP BY, DISTINCT)"
    } else if starts("ExternalSorter") || starts("TopK") || consumer.contains("Sort") {
        "a sort (ORDER BY, window)"
    } else if consumer.contains("Join") {
        "a join"
    } else if starts("Repartition") {
        "the exchange of rows between threads"
    } else if consumer.contains("Window") {
        "a window function"
    } else {
        "the query"
    }
}

/// Arrow's names of types, as SQL writes them.
fn plain_types(text: &str) -> String {
    [
        ("Utf8View", "text"),
        ("LargeUtf8", "text"),
        ("Utf8", "text"),
        ("Int64", "BIGINT"),
        ("Int32", "INT"),
        ("Float64", "DOUBLE"),
        ("Decimal128(", "DECIMAL("),
        ("Decimal256(", "DECIMAL("),
        ("Decimal64(", "DECIMAL("),
        ("Decimal32(", "DECIMAL("),
        ("Date32", "DATE"),
        ("Boolean", "BOOLEAN"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (arrow, sql)| text.replace(arrow, sql))
}

/// One line without the library's own prefixes and calls for reports.
fn sentence(message: &str) -> String {
    const PREFIXES: [&str; 8] = [
        "DataFusion error: ",
        "Error during planning: ",
        "Execution error: ",
        "Arrow error: ",
        "External error: ",
        "Schema error: ",
        "Compute error: ",
        "Invalid argument error: ",
    ];
    let mut line = message.lines().next().unwrap_or_default().trim();
    while let Some(rest) = PREFIXES.iter().find_map(|prefix| line.strip_prefix(prefix)) {
        line = rest;
    }
    let line = line.split("This issue was likely caused by a bug").next().unwrap_or(line);
    let line = line.trim().trim_end_matches('.').replace("datafusion.public.", "");
    let line = backticks(&line);
    let mut characters = line.chars();
    match (characters.next(), characters.clone().next()) {
        // An abbreviation or a type's name keeps its capitals.
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().collect::<String>() + characters.as_str()
        }
        _ => line,
    }
}

/// Quotes around a name become backticks; an apostrophe stays.
fn backticks(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('\'') {
        let (before, quoted) = (&rest[..start], &rest[start + 1..]);
        result.push_str(before);
        match quoted.find('\'') {
            Some(length) if !before.ends_with(char::is_alphanumeric) => {
                result.push_str(&format!("`{}`", &quoted[..length]));
                rest = &quoted[length + 1..];
            }
            _ => {
                result.push('\'');
                rest = quoted;
            }
        }
    }
    result + rest
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let rest = &text[text.find(start)? + start.len()..];
    rest.find(end).map(|length| &rest[..length])
}

fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const NAMES_MAX: usize = 12;
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.len() {
        0..=NAMES_MAX => names.join(", "),
        count => format!("{} and {} more", names[..NAMES_MAX].join(", "), count - NAMES_MAX),
    }
}
