//! Expressions whose parts planning drops, and operators that mean something else here than where they come from.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, DataType, Expr, Function, FunctionArgumentList, FunctionArguments, Spanned, TypedString,
    WindowSpec, WindowType,
};

use super::{clauses, not_supported, types};
use crate::{
    error::{Error, Result},
    query::words::Words,
};

/// Refuses what planning drops from an expression, or reads otherwise.
pub(super) fn expression(expr: &Expr, words: &Words<'_>) -> Result<()> {
    let refused = |error: Error| Err(words.point_at(error, expr.span()));
    match expr {
        Expr::BinaryOp { left, op: BinaryOperator::BitwiseXor, right } => refused(
            Error::query("`^` is read as a power by some and as XOR by others")
                .hint(format!("write `power({left}, {right})`")),
        ),
        Expr::BinaryOp { left, op: BinaryOperator::Xor, right } => {
            refused(not_supported("XOR", format!("write `({left}) <> ({right})`")))
        }
        // Planned as a regular expression that may match anywhere, which is not what the words say.
        Expr::SimilarTo { negated, expr: value, pattern: _, escape_char: _ } => {
            let (not, like, matches) = if *negated { ("NOT ", "NOT LIKE", "!~") } else { ("", "LIKE", "~") };
            refused(not_supported(
                &format!("{not}SIMILAR TO"),
                format!(
                    "write `{value} {like} 'a%'`, or `{value} {matches} '^(a|b)'` for a regular expression"
                ),
            ))
        }
        Expr::Like { negated: _, any, expr: _, pattern: _, escape_char }
        | Expr::ILike { negated: _, any, expr: _, pattern: _, escape_char } => {
            if *any {
                return refused(not_supported("LIKE ANY", "write `x LIKE 'a%' OR x LIKE 'b%'`"));
            }
            match escape_char.as_ref().map(|escape| escape.value.to_string()) {
                Some(escape) if escape != r"'\'" => refused(not_supported(
                    &format!("ESCAPE {escape}"),
                    r"put `\` before a `%` or `_` that stands for itself, without ESCAPE",
                )),
                _ => Ok(()),
            }
        }
        Expr::Trim { trim_where: _, trim_what: _, expr: _, trim_characters: Some(characters) }
            if characters.len() > 1 =>
        {
            refused(
                Error::query("`trim` takes one text with the characters to trim")
                    .hint("write `trim(x, 'ab')`"),
            )
        }
        Expr::Collate { expr: value, collation: _ } => refused(not_supported(
            "COLLATE",
            format!(
                "texts are compared by their bytes; write `lower({value})` to ignore upper and lower case"
            ),
        )),
        Expr::RLike { negated, expr: value, pattern, regexp: _ } => refused(not_supported(
            "RLIKE",
            format!("write `{value} {} {pattern}`", if *negated { "!~" } else { "~" }),
        )),
        Expr::InUnnest { expr: value, array_expr, negated } => refused(not_supported(
            "IN UNNEST",
            format!("write `{}array_has({array_expr}, {value})`", if *negated { "NOT " } else { "" }),
        )),
        Expr::Convert { .. } => refused(not_supported("CONVERT", "write `CAST(x AS type)`")),
        Expr::MatchAgainst { .. } => refused(not_supported("MATCH … AGAINST", "write `x ILIKE '%word%'`")),
        Expr::MemberOf(_) => refused(not_supported("MEMBER OF", "write `array_has(array, x)`")),
        Expr::IsNormalized { .. } => {
            refused(not_supported("IS NORMALIZED", "leave it out; texts are compared by their bytes"))
        }
        Expr::OuterJoin(_) => refused(not_supported("(+)", "write `LEFT JOIN … ON …`")),
        Expr::Prior(_) => refused(not_supported("PRIOR", "write a recursive query: `WITH RECURSIVE`")),
        Expr::Prefixed { prefix, value } => {
            refused(not_supported(&prefix.value, format!("write the text alone: `{value}`")))
        }
        Expr::Cast { kind: _, expr: _, data_type, array: _, format: _ } => length(data_type, expr, words),
        Expr::TypedString(TypedString { data_type, value: _, uses_odbc_syntax: _ }) => {
            length(data_type, expr, words)
        }
        Expr::Function(function) => call(function, expr, words),
        _ => Ok(()),
    }
}

fn length(data_type: &DataType, expr: &Expr, words: &Words<'_>) -> Result<()> {
    types::ignored(data_type).map_or(Ok(()), |error| Err(words.point_at(error, expr.span())))
}

fn call(function: &Function, expr: &Expr, words: &Words<'_>) -> Result<()> {
    // FILTER, OVER, WITHIN GROUP, DISTINCT and the treatment of NULLs depend on the kind of the function: see `calls`.
    let Function {
        name,
        uses_odbc_syntax: _,
        parameters,
        args,
        filter: _,
        null_treatment: _,
        over,
        within_group,
    } = function;
    let refused = |error: Error| Err(words.point_at(error, expr.span()));
    if !matches!(parameters, FunctionArguments::None) {
        return refused(
            Error::query(format!("`{name}` has two lists of arguments"))
                .hint("give all arguments in one pair of parentheses"),
        );
    }
    match args {
        FunctionArguments::None => {}
        FunctionArguments::Subquery(query) => {
            return refused(
                Error::query(format!("the argument of `{name}` is a query"))
                    .hint(format!("put it into parentheses of its own: `{name}(({query}))`")),
            );
        }
        // What is in the clauses but is not planned is refused by the planner.
        FunctionArguments::List(FunctionArgumentList { duplicate_treatment: _, args: _, clauses: _ }) => {}
    }
    clauses::sort_keys(within_group, words)?;
    match over {
        Some(WindowType::WindowSpec(WindowSpec {
            window_name: _,
            partition_by: _,
            order_by,
            window_frame: _,
        })) => clauses::sort_keys(order_by, words),
        Some(WindowType::NamedWindow(_)) | None => Ok(()),
    }
}
