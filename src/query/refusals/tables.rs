//! Tables and joins in FROM.

use datafusion::sql::sqlparser::ast::{
    FunctionArg, Join, JoinConstraint, JoinOperator, Spanned, TableFactor, TableFunctionArgs, TableWithJoins,
};

use super::{names, not_supported};
use crate::{
    error::{Error, Result},
    query::words::Words,
};

const SAMPLE_HINT: &str =
    "filter with `WHERE random() < 0.1`, or with a condition on a key, which is repeatable";
const ORDINALITY_HINT: &str = "number the rows with `row_number() OVER (ORDER BY …)`";

/// Refuses what planning drops from a table in FROM.
pub(super) fn factor(factor: &TableFactor, words: &Words<'_>) -> Result<()> {
    let start = || factor.span().start;
    let refused = |what: &str, at: &str, hint: &str| Err(words.point(not_supported(what, hint), at, start()));
    match factor {
        TableFactor::Table {
            name: _,
            alias,
            args,
            with_hints,
            version,
            with_ordinality,
            partitions,
            json_path,
            sample,
            index_hints,
        } => {
            if let Some(TableFunctionArgs { args: _, settings: Some(_) }) = args {
                refused("SETTINGS", "SETTINGS", "set options with `SET name = value`")?;
            }
            if !with_hints.is_empty() {
                refused(
                    "WITH (…)",
                    "WITH",
                    "leave the hint out; nothing is locked, and the optimizer takes no hints",
                )?;
            }
            if version.is_some() {
                refused("AS OF", "AS OF", "files have one version; name the file that you want")?;
            }
            if *with_ordinality {
                refused("WITH ORDINALITY", "WITH ORDINALITY", ORDINALITY_HINT)?;
            }
            if !partitions.is_empty() {
                refused("PARTITION", "PARTITION", "filter by the column of the partition with `WHERE`")?;
            }
            if json_path.is_some() {
                refused("[…]", "[", "select the field with `table.column['field']`")?;
            }
            if sample.is_some() {
                sampled(words, start())?;
            }
            if !index_hints.is_empty() {
                refused("INDEX", "INDEX", "leave the hint out; files have no indexes")?;
            }
            names::table(alias.as_ref(), words)
        }
        TableFactor::Derived { lateral: _, subquery: _, alias, sample } => {
            if sample.is_some() {
                sampled(words, start())?;
            }
            names::table(alias.as_ref(), words)
        }
        TableFactor::Function { lateral: _, name, args, with_ordinality, alias } => {
            if *with_ordinality {
                refused("WITH ORDINALITY", "WITH ORDINALITY", ORDINALITY_HINT)?;
            }
            if args.iter().any(|arg| !matches!(arg, FunctionArg::Unnamed(_))) {
                return Err(words.point_at(
                    Error::query(format!("`{name}` takes no named arguments"))
                        .hint("give them in their order, without names"),
                    factor.span(),
                ));
            }
            names::table(alias.as_ref(), words)
        }
        TableFactor::NestedJoin { table_with_joins, alias } => {
            let TableWithJoins { relation: _, joins: _ } = table_with_joins.as_ref();
            names::table(alias.as_ref(), words)
        }
        // Offsets and ordinality are refused by the planner.
        TableFactor::UNNEST {
            alias,
            array_exprs: _,
            with_offset: _,
            with_offset_alias: _,
            with_ordinality: _,
        } => names::table(alias.as_ref(), words),
        // The planner has none of these.
        TableFactor::TableFunction { .. }
        | TableFactor::JsonTable { .. }
        | TableFactor::OpenJsonTable { .. }
        | TableFactor::Pivot { .. }
        | TableFactor::Unpivot { .. }
        | TableFactor::MatchRecognize { .. }
        | TableFactor::XmlTable { .. }
        | TableFactor::SemanticView { .. } => Ok(()),
    }
}

fn sampled(words: &Words<'_>, start: datafusion::sql::sqlparser::tokenizer::Location) -> Result<()> {
    let what = match words.find("TABLESAMPLE", start).is_some() {
        true => "TABLESAMPLE",
        false => "SAMPLE",
    };
    Err(words.point(not_supported(what, SAMPLE_HINT), what, start))
}

/// Refuses what planning drops from the joins of a table in FROM.
pub(super) fn joins(table: &TableWithJoins, words: &Words<'_>) -> Result<()> {
    let TableWithJoins { relation: _, joins } = table;
    joins.iter().try_for_each(|join| self::join(join, words))
}

/// Refuses a join whose condition is missing, and what planning drops from one.
pub(super) fn join(join: &Join, words: &Words<'_>) -> Result<()> {
    let Join { relation, global, join_operator } = join;
    let place = || relation.span();
    if *global {
        let error = not_supported("GLOBAL JOIN", "leave `GLOBAL` out; it changes no rows");
        return Err(words.point_at(error, place()));
    }
    let constraint = match join_operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::FullOuter(constraint)
        | JoinOperator::Semi(constraint)
        | JoinOperator::LeftSemi(constraint)
        | JoinOperator::RightSemi(constraint)
        | JoinOperator::Anti(constraint)
        | JoinOperator::LeftAnti(constraint)
        | JoinOperator::RightAnti(constraint) => constraint,
        JoinOperator::CrossJoin(constraint) => {
            return match constraint {
                JoinConstraint::None => Ok(()),
                _ => Err(words.point_at(
                    Error::query("a CROSS JOIN has no condition").hint("write `JOIN … ON …`"),
                    place(),
                )),
            };
        }
        JoinOperator::AsOf { match_condition: _, constraint: _ } => {
            let hint =
                "join the latest row with `QUALIFY row_number() OVER (PARTITION BY … ORDER BY … DESC) = 1`";
            return Err(words.point_at(not_supported("ASOF JOIN", hint), place()));
        }
        JoinOperator::StraightJoin(_) => {
            return Err(words.point_at(not_supported("STRAIGHT_JOIN", "write `JOIN … ON …`"), place()));
        }
        // The planner knows what to do with these, or refuses them.
        JoinOperator::CrossApply
        | JoinOperator::OuterApply
        | JoinOperator::ArrayJoin
        | JoinOperator::LeftArrayJoin
        | JoinOperator::InnerArrayJoin => return Ok(()),
    };
    match constraint {
        JoinConstraint::On(_) | JoinConstraint::Using(_) | JoinConstraint::Natural => Ok(()),
        JoinConstraint::None => Err(words.point_at(
            Error::query("this JOIN has no condition")
                .hint("add `ON a.key = b.key` or `USING (key)`; every row with every row is `CROSS JOIN`"),
            place(),
        )),
    }
}
