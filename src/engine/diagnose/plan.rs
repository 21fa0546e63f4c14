//! Statements that cannot be planned: clauses, conditions, types and sets that do not fit.

use datafusion::common::Diagnostic;

use super::{
    Diagnosis,
    wording::{between, plain_types, sentence},
};
use crate::error::Error;

impl Diagnosis {
    pub(super) fn explain_plan(&self, message: &str, diagnostic: Option<&Diagnostic>) -> Error {
        let first = message.lines().next().unwrap_or(message);
        self.explain_missing_name(first)
            .or_else(|| self.explain_condition(first))
            .or_else(|| explain_operands(first))
            .or_else(|| explain_grouping(first))
            .or_else(|| explain_clause(first))
            .or_else(|| explain_catalog(first))
            .or_else(|| self.explain_call(message))
            .or_else(|| diagnostic.map(explain_diagnostic))
            .unwrap_or_else(|| Error::query(plain_types(&sentence(message))))
    }

    /// Something else than true or false where a condition stands.
    fn explain_condition(&self, message: &str) -> Option<Error> {
        if let Some(expression) = between(message, "non-boolean predicate '", "' returning ") {
            let data_type = plain_types(message.rsplit(" returning ").next().unwrap_or_default());
            let expression = plain_types(expression);
            // The planner adds the table; users mostly write the column alone.
            let column = expression.rsplit('.').next().unwrap_or(&expression);
            let error = Error::query(format!("`{column}` is {data_type}, where a condition is expected"))
                .hint(format!("compare it with something, as in `{column} = …`"));
            return Some(match self.text.find_last_word(column) {
                Some(place) => error.at(place),
                None => error,
            });
        }
        let data_type = message.strip_prefix("Join condition must be boolean type, but got ")?;
        Some(
            Error::query(format!("the condition of a join is {}, not true or false", plain_types(data_type)))
                .hint("compare two columns, as in `ON a.customer_id = b.customer_id`, or write `USING (customer_id)`"),
        )
    }

    /// Something the engine does not do. The sentences tell the library's own structures.
    pub(super) fn explain_not_supported(&self, message: &str) -> Error {
        if message.starts_with("Physical plan does not support logical expression") {
            return match message.contains("expression WindowFunction") {
                true => Error::query("a window function cannot stand in WHERE")
                    .hint("filter with `QUALIFY` after WHERE, or in a query around this one"),
                false => Error::query("not supported: an expression of this kind at this place")
                    .hint("compute it in a query inside this one, for instance with `WITH`"),
            };
        }
        let statement = ["DELETE", "UPDATE", "MERGE INTO", "TRUNCATE"]
            .into_iter()
            .find(|statement| message.starts_with(&format!("{statement} not supported for")));
        if let Some(statement) = statement {
            return Error::query(format!("not supported: `{statement}` on a table of files"))
                .hint("select the rows you want, and write them to another file with `-o FILE`");
        }
        if let Some(node) = message.strip_prefix("Unsupported ast node ") {
            let node = node.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            return Error::query(format!("not supported: `{}`", node.to_uppercase()));
        }
        let words = match message.strip_prefix("Unsupported logical plan: ") {
            Some(plan) => {
                let plan = plan.rsplit('(').next().unwrap_or(plan).trim_end_matches(')');
                format!("`{}`", spaced(plan))
            }
            None => plain_types(&sentence(message)),
        };
        let words = words.strip_suffix(" not supported").map(str::to_owned).unwrap_or(words);
        let words = words.trim_start_matches("unsupported ").to_owned();
        let error = Error::query(format!("not supported: {words}"));
        match message.starts_with("COUNT DISTINCT with multiple arguments") {
            true => {
                error.hint("count rows of a subquery: `SELECT count(*) FROM (SELECT DISTINCT a, b FROM …)`")
            }
            false => error,
        }
    }
}

/// `CreateIndex` is `CREATE INDEX`.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_uppercase());
    }
    words
}

/// Two sides of an operator that do not go together.
fn explain_operands(message: &str) -> Option<Error> {
    if let Some(rest) = message.strip_prefix("Cannot coerce arithmetic expression ") {
        let types = rest.split(" to valid types").next().unwrap_or(rest);
        return Some(Error::query(format!("`{}` cannot be computed", plain_types(types))).hint(
            "convert one side with `CAST(… AS DECIMAL(18,4))`, or text such as `$1,234.50` with `money(…)`",
        ));
    }
    if let Some(types) = message.strip_prefix("Cannot infer common argument type for comparison operation ") {
        return Some(
            Error::query(format!("`{}` cannot be compared", plain_types(types)))
                .hint("convert one side with `CAST(… AS …)`"),
        );
    }
    if let Some(types) = message.strip_prefix("Cannot automatically convert ") {
        return Some(
            Error::query(format!(
                "{} cannot be used here without a conversion",
                plain_types(types).replace(" to ", " as ")
            ))
            .hint("convert with `CAST(… AS …)`, or compare the value with something"),
        );
    }
    if message.starts_with("Incompatible inputs for Union") {
        let first = between(message, "inputs were of type ", ", but")?;
        let other = between(message, "incompatible type ", " on column")?;
        let column = between(message, "on column '", "'")?;
        return Some(
            Error::query(format!(
                "UNION puts {} and {} into one column `{column}`",
                plain_types(first),
                plain_types(other)
            ))
            .hint("select the columns in the same order on each side, or convert one with `CAST(… AS …)`"),
        );
    }
    let types = between(message, "There isn't a common type to coerce ", " in ")?;
    let operator = between(message, " in ", " expression").unwrap_or("this");
    Some(
        Error::query(format!("{operator} cannot be used with {}", plain_types(types)))
            .hint("convert one side with `CAST(… AS VARCHAR)` or `CAST(… AS DECIMAL(18,4))`"),
    )
}

/// What is neither grouped nor aggregated.
fn explain_grouping(message: &str) -> Option<Error> {
    if let Some(expression) = between(message, "HAVING clause references: ", " must appear in") {
        let expression = plain_types(expression);
        return Some(
            Error::query(format!("HAVING uses what is neither grouped nor aggregated: `{expression}`"))
                .hint("a condition on rows stands in WHERE; HAVING takes groups, as in `HAVING sum(x) > 1`"),
        );
    }
    if message.contains("must appear in GROUP BY") || message.contains("must appear in the GROUP BY") {
        let column = message.split('\'').nth(1).or_else(|| message.split('"').nth(1))?;
        let column = column.rsplit('.').next().unwrap_or(column);
        return Some(
            Error::query(format!("`{column}` is neither grouped nor aggregated"))
                .hint(format!("add it to GROUP BY, or use an aggregate such as `max({column})`")),
        );
    }
    if message.starts_with("Aggregate functions are not allowed in the WHERE clause") {
        return Some(
            Error::query("an aggregate cannot stand in WHERE, which comes before grouping")
                .hint("use `HAVING` after GROUP BY"),
        );
    }
    if let Some(position) = between(message, "Cannot find column with position ", " in SELECT") {
        let count = message.rsplit(" to ").next().unwrap_or_default();
        return Some(no_such_position("GROUP BY", position, count));
    }
    let position = between(message, "Order by column out of bounds, specified: ", ", max")?;
    Some(no_such_position("ORDER BY", position, message.rsplit("max: ").next().unwrap_or_default()))
}

fn no_such_position(clause: &str, position: &str, count: &str) -> Error {
    Error::query(format!("`{clause} {position}` means column {position} of SELECT, which has {count}"))
        .hint("name the column instead")
}

pub(super) fn explain_clause(message: &str) -> Option<Error> {
    if let Some(row) = between(message, "values in row ", " but") {
        // The library counts rows from 0.
        let row: u64 = row.parse().ok()?;
        let given = between(message, "got ", " values")?;
        let wanted = message.rsplit(' ').next()?;
        return Some(
            Error::query(format!("row {} of VALUES has {given} values, {wanted} are expected", row + 1))
                .hint("write NULL where there is no value"),
        );
    }
    if let Some(qualifier) = message.strip_prefix("Invalid qualifier ") {
        return Some(
            Error::query(format!("there is no table `{qualifier}` in this query"))
                .hint("add it with `FROM`, or write `*` for all columns"),
        );
    }
    if message.starts_with("SELECT * with no tables specified") {
        return Some(Error::query("`SELECT *` without a table").hint("add `FROM`"));
    }
    if let Some(name) = between(message, "WITH query name \"", "\"") {
        return Some(
            Error::query(format!("`WITH` defines `{name}` more than once"))
                .hint("give each query its own name"),
        );
    }
    let format = message.strip_prefix("Unable to find factory for ")?;
    Some(
        Error::query(format!("unknown file format `{format}`"))
            .hint("the formats are CSV, TSV, PARQUET, JSON and NDJSON"),
    )
}

/// Tables and views that are there already, or not; variables; formats.
pub(super) fn explain_catalog(message: &str) -> Option<Error> {
    let sentence = || plain_types(&sentence(message));
    if message.contains("doesn't exist") && message.contains('\'') {
        return Some(
            Error::query(sentence().replace("doesn't exist", "does not exist"))
                .hint("`SHOW TABLES` lists tables and views; `DROP … IF EXISTS` does not mind"),
        );
    }
    if message.contains("already exists") {
        return Some(
            Error::query(sentence()).hint("use another name, `CREATE OR REPLACE`, or `DROP` it first"),
        );
    }
    if message.contains("is not a variable which can be viewed") {
        return Some(Error::query(sentence()).hint("`SHOW ALL` lists the options and their values"));
    }
    if let Some(variable) = between(message, "variable [\"", "\"]") {
        return Some(
            Error::query(format!("there is no variable `{variable}`"))
                .hint("a parameter is written `$name`, and given by `--param name=VALUE`"),
        );
    }
    if let Some(placeholder) = between(message, "Placeholder '", "' was not provided") {
        return Some(no_value(placeholder));
    }
    let format = message.strip_prefix("There is no registered file format with ext ")?;
    Some(
        Error::query(format!("`COPY` does not write `{format}` files"))
            .hint("it writes csv, json and parquet; `-o FILE` writes every format"),
    )
}

pub(super) fn no_value(placeholder: &str) -> Error {
    Error::query(format!("`{placeholder}` has no value"))
        .hint("parameters have names: write `$name`, and give `--param name=VALUE`")
}

/// The planner's own diagnostic, where nothing better is known.
fn explain_diagnostic(diagnostic: &Diagnostic) -> Error {
    let notes: Vec<_> = diagnostic.notes.iter().map(|note| note.message.as_str()).collect();
    let sides = |start: &str| {
        let sides: Vec<_> = notes.iter().filter_map(|note| note.strip_prefix(start)).collect();
        match sides[..] {
            [left, right] => Some((plain_types(left), plain_types(right))),
            _ => None,
        }
    };
    if let Some((left, right)) = sides("has type ") {
        return Error::query(format!("{left} and {right} do not go together here"))
            .hint("convert one side with `CAST(… AS …)`");
    }
    if let Some((left, right)) = sides("this side has ") {
        let operator = diagnostic.message.split(' ').next().unwrap_or("UNION");
        let count = |side: &str| side.split(' ').next().unwrap_or_default().to_owned();
        return Error::query(format!(
            "the sides of {operator} have {} and {} columns",
            count(&left),
            count(&right)
        ))
        .hint("select as many columns on each side; `NULL AS name` stands for one that is missing");
    }
    if diagnostic.message.starts_with("Too many columns! The subquery") {
        return Error::query("a subquery that stands for one value gives several columns")
            .hint("select only one column in it");
    }
    let mut error = Error::query(plain_types(&sentence(&diagnostic.message)));
    for note in notes {
        error = error.note(plain_types(&sentence(note)));
    }
    for help in &diagnostic.helps {
        error = error.hint(plain_types(&sentence(&help.message)));
    }
    error
}
