//! The errors of this room: what meets what, where, and the two ways out.

use datafusion::{
    arrow::datatypes::DataType,
    common::{
        Column, Diagnostic, Span,
        tree_node::{TreeNode, TreeNodeRecursion},
        utils::quote_identifier,
    },
    error::DataFusionError,
    logical_expr::Expr,
};

use super::{
    kind::{Kind, kind, values},
    quoted::{exact_value, number, quoted},
};
use crate::{engine::diagnose::plain_types, error::Error};

/// Longer expressions are told by what they are.
const NAME_LENGTH_MAX: usize = 60;

/// Two expressions of different kinds meet.
pub(super) fn unlike(one: (&Expr, &DataType), other: (&Expr, &DataType)) -> DataFusionError {
    let (mut names, places) = ([name(one.0), name(other.0)], [one.0, other.0]);
    if names[0] == names[1] {
        names = places.map(|expr| match expr {
            Expr::Column(column) => column.quoted_flat_name(),
            expr => name(expr),
        });
    }
    let told = |place: usize| match places[place] {
        Expr::ScalarSubquery(_) => told(places[place]),
        _ => format!("`{}`", names[place]),
    };
    let message = format!("{} is {} and {} is {}", told(0), noun(one.1), told(1), noun(other.1));
    let [one_name, other_name] = &names;
    refuse(message, ways_out((one.0, one_name, one.1), (other.0, other_name, other.1)), &places)
}

/// Two lists or structures meet that hold values of different kinds.
pub(super) fn unlike_within(one: (&Expr, &DataType), other: (&Expr, &DataType)) -> DataFusionError {
    let message =
        format!("{} holds {} where {} holds {}", told(one.0), nouns(one.1), told(other.0), nouns(other.1));
    refuse(
        message,
        "convert the values with `CAST(… AS …)` before they are put together".to_owned(),
        &[one.0, other.0],
    )
}

/// An expression meets rows of a subquery that are of another kind.
pub(super) fn unlike_rows(one: (&Expr, &DataType), rows: &DataType) -> DataFusionError {
    let message = format!("{} is {} and the subquery gives {}", told(one.0), noun(one.1), nouns(rows));
    let hint = match kind(one.1) {
        Some(Kind::Text) => {
            format!("write `CAST({} AS {})`, or give text in the subquery", name(one.0), sql_type(rows))
        }
        _ => format!("convert one of them, for instance with `CAST({} AS {})`", name(one.0), sql_type(rows)),
    };
    refuse(message, hint, &[one.0])
}

/// A quoted literal does not plainly spell what it meets, or may not stand here at all.
pub(super) fn not_plain(
    literal: &Expr,
    beside: &Expr,
    data_type: &DataType,
    may_spell: bool,
) -> DataFusionError {
    let message = match may_spell {
        true => format!(
            "{} is {}, and {} is not the plain spelling of one",
            told(beside),
            noun(data_type),
            told(literal)
        ),
        false => format!("{} is {} and {} is text", told(beside), noun(data_type), told(literal)),
    };
    let as_text = match kind(data_type) {
        Some(Kind::Number) => {
            format!(", or `{}` to have text on both sides", as_text(beside, &name(beside)))
        }
        _ => String::new(),
    };
    refuse(message, format!("{}{as_text}", spelling(literal, data_type)), &[beside])
}

/// As `not_plain`, beside the rows of a subquery.
pub(super) fn not_plain_beside_rows(literal: &Expr, rows: &DataType) -> DataFusionError {
    let message =
        format!("the subquery gives {}, and {} is not the plain spelling of one", nouns(rows), told(literal));
    refuse(message, spelling(literal, rows), &[])
}

/// A function or operator would convert what it is given.
pub(super) fn argument(function: &str, operand: &Expr, from: &DataType, to: &DataType) -> DataFusionError {
    let message = match (quoted(operand), kind(to)) {
        (Some(_), Some(Kind::Moment | Kind::Boolean)) => {
            format!("`{function}` takes {}, and {} is not the plain spelling of one", noun(to), told(operand))
        }
        _ => format!("`{function}` takes {}, and {} is {}", noun(to), told(operand), noun(from)),
    };
    refuse(message, conversion(operand, to), &[operand])
}

/// A function would convert what is in a list or a structure.
pub(super) fn argument_within(
    function: &str,
    operand: &Expr,
    from: &DataType,
    to: &DataType,
) -> DataFusionError {
    let message =
        format!("`{function}` takes {} here, and {} holds {}", nouns(to), told(operand), nouns(from));
    let hint =
        "convert the values with `CAST(… AS …)`, so that those in the list and beside it are of one kind";
    refuse(message, hint.to_owned(), &[operand])
}

/// Something else than true or false stands where a condition is expected.
pub(super) fn condition(operand: &Expr, from: &DataType) -> DataFusionError {
    let message = format!("{} is {}, where a condition is expected", told(operand), noun(from));
    refuse(message, format!("compare it with something, as in `{} = …`", name(operand)), &[operand])
}

/// The sides of a set operation have a column of different kinds.
pub(super) fn union(place: usize, column: &str, one: &DataType, other: &DataType) -> DataFusionError {
    let message = format!(
        "column {} of UNION, `{column}`, is {} on one side and {} on another",
        place + 1,
        noun(one),
        noun(other)
    );
    let (text, other) = if kind(one) == Some(Kind::Text) { (one, other) } else { (other, one) };
    let hint = match kind(text) {
        Some(Kind::Text) => {
            format!(
                "convert one side, to text with `CAST(… AS VARCHAR)` or from it with `CAST(… AS {})`",
                sql_type(other)
            )
        }
        _ => {
            "select the columns in the same order on each side, or convert one with `CAST(… AS …)`".to_owned()
        }
    };
    refuse(message, hint, &[])
}

/// A value is put where values are of another kind.
pub(super) fn assigned(target: &str, operand: &Expr, from: &DataType, to: &DataType) -> DataFusionError {
    let (message, hint) = match quoted(operand) {
        Some(_) => (
            format!("{target} is to be {}, and {} is not the plain spelling of one", noun(to), told(operand)),
            spelling(operand, to),
        ),
        None => (
            format!("{target} is to be {}, and {} is {}", noun(to), told(operand), noun(from)),
            conversion(operand, to),
        ),
    };
    refuse(message, hint, &[operand])
}

/// How to get from text to something else and back; each side with its name.
fn ways_out(one: (&Expr, &str, &DataType), other: (&Expr, &str, &DataType)) -> String {
    let (text, other) = match (kind(one.2), kind(other.2)) {
        (Some(Kind::Text), _) => (one, other),
        (_, Some(Kind::Text)) => (other, one),
        _ => return "convert one of them with `CAST(… AS …)`".to_owned(),
    };
    format!(
        "write `{}` to have text on both sides, or `CAST({} AS {})` to have {}",
        as_text(other.0, other.1),
        text.1,
        sql_type(other.2),
        nouns(other.2)
    )
}

fn as_text(expr: &Expr, name: &str) -> String {
    match expr {
        Expr::Literal(..) => format!("'{name}'"),
        _ => format!("CAST({name} AS VARCHAR)"),
    }
}

fn conversion(operand: &Expr, to: &DataType) -> String {
    match quoted(operand).and_then(plain_number).filter(|_| kind(to) == Some(Kind::Number)) {
        Some(number) => format!("write `{number}`"),
        None if quoted(operand).is_some() && matches!(kind(to), Some(Kind::Moment | Kind::Boolean)) => {
            spelling(operand, to)
        }
        None => format!("write `CAST({} AS {})`", name(operand), sql_type(to)),
    }
}

/// How a value of a type is spelled.
fn spelling(literal: &Expr, data_type: &DataType) -> String {
    match (kind(data_type), values(data_type)) {
        (Some(Kind::Number), _) => match quoted(literal).and_then(plain_number) {
            Some(number) if exact_value(&number, data_type).is_some() || quoted(literal) != Some(&number) => {
                format!("write `{number}`")
            }
            Some(number) => format!("`{number}` does not fit into {}; round it", sql_type(data_type)),
            None => "write a number as `-12.50`".to_owned(),
        },
        (Some(Kind::Boolean), _) => "write `true` or `false`".to_owned(),
        (_, DataType::Timestamp(..)) => "write a timestamp as `'2025-01-31 23:59:00'`".to_owned(),
        (_, DataType::Time32(_) | DataType::Time64(_)) => "write a time as `'23:59:00'`".to_owned(),
        (Some(Kind::Moment), _) => {
            "write a date as `'2025-01-31'`; `try_date` reads other ways to write one".to_owned()
        }
        _ => format!("write `CAST({} AS {})`", name(literal), sql_type(data_type)),
    }
}

/// The plain spelling of a number with a sign, zeros or spaces too many.
fn plain_number(text: &str) -> Option<String> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.trim_start_matches('0');
    let zero = if digits.is_empty() || digits.starts_with('.') { "0" } else { "" };
    let plain = format!("{sign}{zero}{digits}");
    (text.contains(|c: char| c.is_ascii_digit()) && number(&plain).is_some()).then_some(plain)
}

fn noun(data_type: &DataType) -> &'static str {
    match (kind(data_type), values(data_type)) {
        (Some(Kind::Text), _) => "text",
        (Some(Kind::Number), _) => "a number",
        (Some(Kind::Boolean), _) => "a boolean",
        (_, DataType::Timestamp(..)) => "a timestamp",
        (_, DataType::Time32(_) | DataType::Time64(_)) => "a time",
        (Some(Kind::Moment), _) => "a date",
        (Some(Kind::Interval), _) => "an interval",
        (Some(Kind::Binary), _) => "binary data",
        (None, _) => "something else",
    }
}

fn nouns(data_type: &DataType) -> &'static str {
    match noun(data_type) {
        "a number" => "numbers",
        "a boolean" => "booleans",
        "a timestamp" => "timestamps",
        "a time" => "times",
        "a date" => "dates",
        "an interval" => "intervals",
        other => other,
    }
}

/// A type of the same kind that takes every value of a text, so that the hint works.
fn sql_type(data_type: &DataType) -> String {
    match values(data_type) {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => format!("DECIMAL(38,{})", (*scale).max(4)),
        integer if integer.is_integer() => "BIGINT".to_owned(),
        DataType::Float16 | DataType::Float32 | DataType::Float64 => "DOUBLE".to_owned(),
        DataType::Timestamp(..) => "TIMESTAMP".to_owned(),
        text if kind(text) == Some(Kind::Text) => "VARCHAR".to_owned(),
        other => plain_types(&other.to_string()),
    }
}

fn told(expr: &Expr) -> String {
    match expr {
        Expr::ScalarSubquery(_) => "the subquery".to_owned(),
        expr => format!("`{}`", name(expr)),
    }
}

/// An expression as the user wrote it, as far as the plan still knows.
fn name(expr: &Expr) -> String {
    let name = match expr {
        Expr::Column(Column { name, .. }) => quote_identifier(name).into_owned(),
        Expr::OuterReferenceColumn(_, column) => quote_identifier(&column.name).into_owned(),
        Expr::ScalarSubquery(_) => "(SELECT …)".to_owned(),
        Expr::Alias(alias) => return self::name(&alias.expr),
        expr => match quoted(expr) {
            Some(text) => format!("'{}'", text.replace('\'', "''")),
            None => plain_types(&expr.human_display().to_string()),
        },
    };
    match name.chars().count() > NAME_LENGTH_MAX {
        true => name.chars().take(NAME_LENGTH_MAX).chain(['…']).collect(),
        false => name,
    }
}

/// The error, pointing at the first column that one of the expressions names.
fn refuse(message: String, hint: String, places: &[&Expr]) -> DataFusionError {
    let error = DataFusionError::External(Box::new(Error::query(message).hint(hint)));
    match places.iter().find_map(|expr| first_column(expr)) {
        // The name lets the reader of the span tell whether it belongs to his text, or to that of a view.
        Some((name, span)) => error.with_diagnostic(Diagnostic::new_error(name, Some(span))),
        None => error,
    }
}

fn first_column(expr: &Expr) -> Option<(String, Span)> {
    let mut found = None;
    let visited = expr.apply(|expr| {
        let column = match expr {
            Expr::Column(column) | Expr::OuterReferenceColumn(_, column) => column,
            _ => return Ok(TreeNodeRecursion::Continue),
        };
        found = column.spans.first().map(|span| (column.name.clone(), span));
        Ok(if found.is_some() { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    visited.ok().and(found)
}
