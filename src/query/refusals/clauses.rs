//! The clauses of queries.

use datafusion::sql::sqlparser::{
    ast::{
        Cte, CteAsMaterialized, Distinct, Expr, ExprWithAliasAndOrderBy, Fetch, ForClause, GroupByExpr,
        GroupByWithModifier, LimitClause, LockClause, LockType, OrderBy, OrderByExpr, OrderByKind,
        OrderByOptions, PipeOperator, Query, Select, SelectItem, SetExpr, Spanned, WildcardAdditionalOptions,
    },
    tokenizer::Location,
};

use super::{names, not_supported, tables};
use crate::{
    error::{Error, Result},
    query::words::Words,
};

/// Refuses what planning drops from a query around its SELECT.
pub(super) fn query(query: &Query, may_create: bool, words: &Words<'_>) -> Result<()> {
    let Query {
        with,
        body,
        order_by: sorted,
        limit_clause,
        fetch,
        locks,
        for_clause,
        settings,
        format_clause,
        pipe_operators,
    } = query;
    let from = start(body);
    let refused = |what: &str, hint: &str| Err(words.point(not_supported(what, hint), what, from));
    for cte in with.iter().flat_map(|with| &with.cte_tables) {
        common_table(cte, words)?;
    }
    into(body, may_create && pipe_operators.is_empty(), words)?;
    order_by(sorted.as_ref(), body, words)?;
    limit(limit_clause.as_ref(), words, from)?;
    match fetch {
        Some(Fetch { with_ties: true, percent: _, quantity: _ }) => refused(
            "WITH TIES",
            "write `QUALIFY rank() OVER (ORDER BY …) <= n`, which keeps rows that are equal to the last one",
        )?,
        Some(Fetch { with_ties: _, percent: true, quantity: _ }) => refused(
            "PERCENT",
            "write `LIMIT n`, or keep a share with `QUALIFY percent_rank() OVER (ORDER BY …) < 0.1`",
        )?,
        // What is left stands beside LIMIT; else it has become one.
        Some(Fetch { .. }) => refused("FETCH", "write either `LIMIT` or `FETCH`")?,
        None => {}
    }
    if let Some(LockClause { lock_type, of: _, nonblock: _ }) = locks.first() {
        let what = match lock_type {
            LockType::Share => "FOR SHARE",
            LockType::Update => "FOR UPDATE",
        };
        refused(what, "leave it out; nothing is ever locked")?;
    }
    match for_clause {
        Some(ForClause::Json { .. }) => refused("FOR JSON", "write JSON with `--format json`")?,
        Some(ForClause::Xml { .. }) => refused("FOR XML", "leave it out; XML cannot be written")?,
        Some(ForClause::Browse) => refused("FOR BROWSE", "leave it out; nothing is ever locked")?,
        None => {}
    }
    if settings.is_some() {
        refused("SETTINGS", "set options with `SET name = value` or `--set name=value`")?;
    }
    if format_clause.is_some() {
        refused("FORMAT", "choose the format with `--format`, or write a file with `-o FILE`")?;
    }
    pipe_operators.iter().try_for_each(|operator| pipe(operator, words))
}

/// Where a query begins. Its span would be that of everything in it, which is deep.
fn start(body: &SetExpr) -> Location {
    let mut body = body;
    loop {
        match body {
            SetExpr::Select(select) => return select.select_token.0.span.start,
            SetExpr::Query(query) => body = &query.body,
            SetExpr::SetOperation { left, .. } => body = left,
            _ => return Location::empty(),
        }
    }
}

fn common_table(cte: &Cte, words: &Words<'_>) -> Result<()> {
    let Cte { alias, query: _, from, materialized, closing_paren_token: _ } = cte;
    names::columns(alias, words)?;
    if from.is_some() {
        return Err(not_supported("FROM", "write `WITH name AS (SELECT … FROM table)`")
            .at(words.place(alias.name.span)));
    }
    match materialized {
        Some(CteAsMaterialized::Materialized) => Err(words.point(
            not_supported(
                "MATERIALIZED",
                "leave it out; to compute the rows once, write `CREATE TABLE name AS SELECT …` before",
            ),
            "MATERIALIZED",
            alias.name.span.start,
        )),
        // It is what is done anyway.
        Some(CteAsMaterialized::NotMaterialized) | None => Ok(()),
    }
}

/// Refuses INTO where no table would be made.
fn into(body: &SetExpr, may_create: bool, words: &Words<'_>) -> Result<()> {
    match body {
        SetExpr::Select(select) => match &select.into {
            Some(_) if !may_create => Err(words.point(
                not_supported("INTO", "write `CREATE TABLE name AS SELECT …`"),
                "INTO",
                select.select_token.0.span.start,
            )),
            _ => Ok(()),
        },
        SetExpr::SetOperation { op: _, set_quantifier: _, left, right } => {
            into(right, false, words)?;
            into(left, false, words)
        }
        _ => Ok(()),
    }
}

fn order_by(order_by: Option<&OrderBy>, body: &SetExpr, words: &Words<'_>) -> Result<()> {
    let Some(OrderBy { kind, interpolate }) = order_by else { return Ok(()) };
    if interpolate.is_some() {
        let error =
            not_supported("INTERPOLATE", "join a list of all keys, for instance from `generate_series`");
        return Err(words.point(error, "INTERPOLATE", start(body)));
    }
    let all = |from| {
        let hint = "name the columns or their places, as in `ORDER BY 1, 2`";
        Err(words.point(not_supported("ORDER BY ALL", hint), "ALL", from))
    };
    match kind {
        OrderByKind::All(OrderByOptions { asc: _, nulls_first: _ }) => match body {
            SetExpr::Select(_) => Ok(()),
            _ => all(start(body)),
        },
        // Some dialects read the word as the name of a column.
        OrderByKind::Expressions(keys) => match &keys[..] {
            [OrderByExpr { expr: Expr::Identifier(name), .. }]
                if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("all") =>
            {
                all(name.span.start)
            }
            keys => sort_keys(keys, words),
        },
    }
}

/// Refuses what planning drops from the keys of an ORDER BY.
pub(super) fn sort_keys(keys: &[OrderByExpr], words: &Words<'_>) -> Result<()> {
    for OrderByExpr { expr, options: OrderByOptions { asc: _, nulls_first: _ }, with_fill } in keys {
        if with_fill.is_some() {
            let error =
                not_supported("WITH FILL", "join a list of all keys, for instance from `generate_series`");
            return Err(words.point(error, "WITH FILL", expr.span().start));
        }
    }
    Ok(())
}

fn limit(limit: Option<&LimitClause>, words: &Words<'_>, from: Location) -> Result<()> {
    match limit {
        Some(LimitClause::LimitOffset { limit, offset: _, limit_by }) if !limit_by.is_empty() => {
            let keys: Vec<_> = limit_by.iter().map(Expr::to_string).collect();
            let count = limit.as_ref().map_or_else(|| "1".to_owned(), Expr::to_string);
            let keys = keys.join(", ");
            let hint =
                format!("write `QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY …) <= {count}`");
            Err(words.point(not_supported("LIMIT BY", hint), "LIMIT", from))
        }
        Some(LimitClause::LimitOffset { .. } | LimitClause::OffsetCommaLimit { offset: _, limit: _ })
        | None => Ok(()),
    }
}

fn pipe(operator: &PipeOperator, words: &Words<'_>) -> Result<()> {
    match operator {
        PipeOperator::Select { exprs } | PipeOperator::Extend { exprs } => {
            exprs.iter().try_for_each(|item| select_item(item, words))
        }
        PipeOperator::Aggregate { full_table_exprs, group_by_expr } => {
            for ExprWithAliasAndOrderBy { expr, order_by } in full_table_exprs.iter().chain(group_by_expr) {
                let OrderByOptions { asc, nulls_first } = order_by;
                if asc.is_some() || nulls_first.is_some() {
                    let error = not_supported("AGGREGATE … ASC or DESC", "sort with `|> ORDER BY` behind it");
                    return Err(words.point_at(error, expr.expr.span()));
                }
            }
            Ok(())
        }
        PipeOperator::OrderBy { exprs } => sort_keys(exprs, words),
        PipeOperator::Join(join) => tables::join(join, words),
        // The others are planned as they stand, or refused by the planner.
        PipeOperator::Limit { .. }
        | PipeOperator::Where { .. }
        | PipeOperator::As { .. }
        | PipeOperator::Union { .. }
        | PipeOperator::Intersect { .. }
        | PipeOperator::Except { .. }
        | PipeOperator::Set { .. }
        | PipeOperator::Drop { .. }
        | PipeOperator::TableSample { .. }
        | PipeOperator::Rename { .. }
        | PipeOperator::Call { .. }
        | PipeOperator::Pivot { .. }
        | PipeOperator::Unpivot { .. } => Ok(()),
    }
}

/// Refuses what planning drops from a SELECT.
pub(super) fn select(select: &Select, words: &Words<'_>) -> Result<()> {
    let Select {
        select_token,
        optimizer_hints,
        distinct,
        select_modifiers,
        top,
        top_before_distinct: _,
        projection,
        exclude,
        into: _,
        from: _,
        lateral_views,
        prewhere,
        selection: _,
        connect_by,
        group_by: groups,
        cluster_by,
        distribute_by,
        sort_by,
        having: _,
        named_window: _,
        qualify: _,
        window_before_qualify: _,
        value_table_mode,
        flavor: _,
    } = select;
    let start = select_token.0.span.start;
    let refused = |what: &str, hint: &str| Err(words.point(not_supported(what, hint), what, start));
    if !optimizer_hints.is_empty() {
        return Err(words.point(
            not_supported("/*+ … */", "leave the hint out; the optimizer takes none"),
            "SELECT",
            start,
        ));
    }
    if let Some(modifiers) = select_modifiers {
        let what = modifiers.to_string();
        refused(what.trim(), "leave it out; the optimizer decides")?;
    }
    if top.is_some() {
        refused("TOP", "write `LIMIT n` at the end of the query")?;
    }
    if value_table_mode.is_some() {
        refused("SELECT AS", "name the fields, as in `named_struct('a', a)`")?;
    }
    match distinct {
        Some(Distinct::All | Distinct::Distinct | Distinct::On(_)) | None => {}
    }
    if projection.is_empty() {
        return Err(words.point(
            Error::query("the SELECT names no columns").hint("write `SELECT *` for all of them"),
            "SELECT",
            start,
        ));
    }
    projection.iter().try_for_each(|item| select_item(item, words))?;
    if exclude.is_some() {
        refused("EXCLUDE", "write it directly behind the star: `* EXCLUDE (column)`")?;
    }
    if !lateral_views.is_empty() {
        refused("LATERAL VIEW", "write `CROSS JOIN LATERAL unnest(…)`, or `unnest(…)` in the SELECT list")?;
    }
    if prewhere.is_some() {
        refused("PREWHERE", "write `WHERE`")?;
    }
    if !connect_by.is_empty() {
        refused("CONNECT BY", "write a recursive query: `WITH RECURSIVE tree AS (… UNION ALL …)`")?;
    }
    group_by(groups, words, start)?;
    if !cluster_by.is_empty() {
        refused("CLUSTER BY", "write `ORDER BY`")?;
    }
    if !distribute_by.is_empty() {
        refused("DISTRIBUTE BY", "leave it out; rows are distributed as needed")?;
    }
    if !sort_by.is_empty() {
        refused("SORT BY", "write `ORDER BY`")?;
    }
    Ok(())
}

fn select_item(item: &SelectItem, words: &Words<'_>) -> Result<()> {
    names::column(item, words)?;
    let (SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options)) = item else {
        return Ok(());
    };
    let WildcardAdditionalOptions {
        wildcard_token,
        opt_ilike,
        opt_exclude: _,
        opt_except: _,
        opt_replace: _,
        opt_rename,
        opt_alias,
    } = options;
    let start = wildcard_token.0.span.start;
    let refused = |what: &str, at: &str, hint: &str| Err(words.point(not_supported(what, hint), at, start));
    if opt_ilike.is_some() {
        refused("* ILIKE", "ILIKE", "name the columns, or leave some out with `* EXCLUDE (…)`")?;
    }
    if opt_rename.is_some() {
        refused("* RENAME", "RENAME", "write `* EXCLUDE (column), column AS name`")?;
    }
    if opt_alias.is_some() {
        refused("* AS", "AS", "name the columns, as in `a AS x, b AS y`")?;
    }
    Ok(())
}

fn group_by(group_by: &GroupByExpr, words: &Words<'_>, from: Location) -> Result<()> {
    let (keys, modifiers) = match group_by {
        GroupByExpr::All(modifiers) => (None, modifiers),
        GroupByExpr::Expressions(keys, modifiers) => (Some(keys), modifiers),
    };
    let keys = keys.map_or_else(
        || "…".to_owned(),
        |keys| keys.iter().map(Expr::to_string).collect::<Vec<_>>().join(", "),
    );
    let (what, hint) = match modifiers.first() {
        None => return Ok(()),
        Some(GroupByWithModifier::Rollup) => ("WITH ROLLUP", format!("write `GROUP BY ROLLUP ({keys})`")),
        Some(GroupByWithModifier::Cube) => ("WITH CUBE", format!("write `GROUP BY CUBE ({keys})`")),
        Some(GroupByWithModifier::Totals) => {
            ("WITH TOTALS", format!("write `GROUP BY GROUPING SETS (({keys}), ())`"))
        }
        Some(GroupByWithModifier::GroupingSets(_)) => {
            ("GROUPING SETS", "write `GROUP BY GROUPING SETS (…)` without keys before it".to_owned())
        }
    };
    Err(words.point(not_supported(what, hint), what, from))
}
