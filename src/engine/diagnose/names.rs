//! Names that are not there, or there twice: columns, tables, functions.

use datafusion::common::{Column, SchemaError};

use super::{
    Diagnosis,
    wording::{between, list},
};
use crate::{engine::catalog::FunctionKind, error::Error, suggest::nearest};

impl Diagnosis {
    pub(super) fn explain_schema(&self, error: &SchemaError) -> Error {
        match error {
            SchemaError::FieldNotFound { field, valid_fields } => self.column_not_found(field, valid_fields),
            SchemaError::AmbiguousReference { field } => self.ambiguous(&field.name),
            SchemaError::DuplicateQualifiedField { qualifier, name } => Error::query(format!(
                "two columns are called `{}.{name}`",
                qualifier.table()
            ))
            .hint(
                "give one of them another name with `AS`; if a table is joined with itself, name each side: \
                     `FROM sales AS a JOIN sales AS b`",
            ),
            SchemaError::DuplicateUnqualifiedField { name } => self.twice(name),
        }
    }

    /// DataFusion plans `unnest` with the columns of the table beside those of the SELECT, and cannot tell them apart: then
    /// a column that is called like one of the table is ambiguous to DataFusion, though the user has named each.
    fn ambiguous(&self, name: &str) -> Error {
        let beside_unnest = self.text.content().to_lowercase().contains("unnest");
        let error = Error::query(match beside_unnest {
            false => format!("column `{name}` stands in more than one table"),
            true => format!("column `{name}` stands in more than one table, or beside `unnest` twice"),
        });
        let which = format!("say which one: `table.{name}`");
        error.hint(match beside_unnest {
            false => which,
            true => format!(
                "{which}; beside `unnest`, an expression that is called like a column of the table needs another name"
            ),
        })
    }

    fn column_not_found(&self, field: &Column, valid_fields: &[Column]) -> Error {
        let tables = tables_of(valid_fields);
        if let Some(relation) = &field.relation {
            let relation = relation.table();
            let columns: Vec<_> = valid_fields
                .iter()
                .filter(|column| column.relation.as_ref().is_some_and(|other| other.table() == relation))
                .map(|column| column.name.as_str())
                .collect();
            return match columns.is_empty() {
                false => self.not_among(&field.name, Some(relation), &columns),
                true => self.relation_not_found(relation, &field.name, &tables),
            };
        }
        let owner = match &tables[..] {
            [only] => Some(*only),
            _ => None,
        };
        let columns: Vec<_> = valid_fields.iter().map(|column| column.name.as_str()).collect();
        self.not_among(&field.name, owner, &columns)
    }

    fn not_among(&self, name: &str, owner: Option<&str>, columns: &[&str]) -> Error {
        let error = Error::query(match owner {
            Some(owner) => format!("column `{name}` not found in `{owner}`"),
            None => format!("column `{name}` not found"),
        });
        let by_case = columns.iter().find(|column| column.to_lowercase() == name.to_lowercase());
        match (by_case, nearest(name, columns.iter().copied())) {
            (Some(column), _) => {
                error.hint(format!("write `\"{column}\"`, in double quotes: its name has upper-case letters"))
            }
            (None, Some(column)) => error.hint(format!("did you mean `{column}`?")),
            (None, None) if !columns.is_empty() => {
                error.hint(format!("the columns are {}", list(columns.iter().copied())))
            }
            (None, None) if self.text.has_word("from") => error.hint("no column can be used at this place"),
            (None, None) => error
                .hint(format!("there is no table in this query; add `FROM`, or write `'{name}'` for a text")),
        }
    }

    fn relation_not_found(&self, relation: &str, column: &str, tables: &[&str]) -> Error {
        // A table of the outer query is not among those told here; the column is what is wrong then.
        if self.text.names_table(relation) {
            return Error::query(format!("column `{column}` not found in `{relation}`"))
                .hint("`DESCRIBE table` lists the columns of a table");
        }
        let error = Error::query(format!("there is no table `{relation}` in this query"));
        match (nearest(relation, tables.iter().copied()), tables) {
            (Some(table), _) => error.hint(format!("did you mean `{table}.{column}`?")),
            (None, []) => error.hint("add it with `FROM`"),
            (None, tables) => error.hint(format!("its tables are {}", list(tables.iter().copied()))),
        }
    }

    /// A name that two columns of one result have.
    pub(super) fn twice(&self, name: &str) -> Error {
        let error = Error::query(format!("two columns are called `{name}`"))
            .hint(format!("give one of them another name with `AS`, as in `{name} AS {}`", other_name(name)));
        match self.text.second_name(name) {
            Some(place) => error.at(place),
            None => error,
        }
    }

    pub(super) fn table_not_found(&self, table: &str) -> Error {
        let name = table.rsplit('.').next().unwrap_or(table);
        if table.contains('/') || table.contains('*') {
            let path = table.strip_prefix("datafusion.public.").unwrap_or(table);
            return Error::data(format!("cannot read `{path}`: no such file or directory"))
                .hint("check the path; relative paths start at the current directory");
        }
        // Only another schema's name matters to users; there is one catalog.
        let shown = table.strip_prefix("datafusion.").unwrap_or(table);
        let shown = shown.strip_prefix("public.").unwrap_or(shown);
        let error = Error::query(format!("table `{shown}` not found"));
        let tables = self.catalog.table_names();
        if let Some(table) = nearest(name, tables.iter().map(String::as_str)) {
            return error.hint(format!("did you mean `{table}`?"));
        }
        if !tables.is_empty() {
            return error.hint(format!("the tables are {}", list(tables.iter().map(String::as_str))));
        }
        error.hint(format!(
            "register a file with `--table {name}=PATH`, or read it directly: `FROM 'path/to/{name}.parquet'`"
        ))
    }

    pub(super) fn function_not_found(&self, name: &str) -> Error {
        let functions = self.catalog.functions();
        let is_window =
            functions.iter().any(|function| function.name == name && function.kind == FunctionKind::Window);
        let error = if is_window {
            let error = Error::query(format!("window function `{name}` is called without OVER"));
            match self.syntax(name) {
                Some(syntax) if syntax.to_lowercase().contains("over") => {
                    error.hint(format!("call it as `{syntax}`"))
                }
                Some(syntax) => error.hint(format!("call it as `{syntax} OVER (ORDER BY …)`")),
                None => error.hint(format!("call it as `{name}(…) OVER (ORDER BY …)`")),
            }
        } else {
            let error = Error::query(format!("function `{name}` not found"));
            let names = functions.iter().map(|function| function.name.as_str());
            match nearest(name, names) {
                Some(function) => error.hint(format!("did you mean `{function}`?")),
                None => error.hint("`marginql functions --all` lists the functions"),
            }
        };
        match self.text.find_call(name) {
            Some(place) => error.at(place),
            None => error,
        }
    }

    pub(super) fn table_function_not_found(&self, name: &str) -> Error {
        let error = Error::query(format!("table function `{name}` not found"));
        let functions = self.catalog.table_function_names();
        match nearest(name, functions.iter().map(String::as_str)) {
            Some(function) => error.hint(format!("did you mean `{function}`?")),
            None => error.hint(format!(
                "functions that can stand in FROM are {}",
                list(functions.iter().map(String::as_str))
            )),
        }
    }

    /// Names told in a planner's sentence.
    pub(super) fn explain_missing_name(&self, message: &str) -> Option<Error> {
        if let Some(table) = between(message, "table '", "' not found") {
            return Some(self.table_not_found(table));
        }
        if let Some(name) = between(message, "Invalid function '", "'") {
            return Some(self.function_not_found(name));
        }
        if let Some(name) = between(message, "table function '", "' not found") {
            return Some(self.table_function_not_found(name));
        }
        if message.starts_with("Projections require unique expression names")
            && let Some(expression) = between(message, "\" at position", "\" at position")
            && let Some((_, expression)) = expression.split_once(" and \"")
        {
            // An alias, or else the column without its table.
            let name = match expression.rsplit_once(" AS ") {
                Some((_, alias)) => alias,
                None => expression.rsplit('.').next().unwrap_or(expression),
            };
            return Some(self.twice(name));
        }
        let window = between(message, "The window ", " is not defined")?;
        Some(
            Error::query(format!("window `{window}` is not defined"))
                .hint(format!("define it after FROM and WHERE: `WINDOW {window} AS (PARTITION BY …)`")),
        )
    }
}

fn tables_of(columns: &[Column]) -> Vec<&str> {
    let mut tables: Vec<_> = columns
        .iter()
        .filter_map(|column| column.relation.as_ref().map(|relation| relation.table()))
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    tables.retain(|table| seen.insert(*table));
    tables
}

/// A name to propose beside another.
fn other_name(name: &str) -> String {
    match name.chars().all(|c| c.is_alphanumeric() || c == '_') && name.starts_with(char::is_alphabetic) {
        true => format!("{name}_2"),
        false => "another_name".to_owned(),
    }
}
