//! What a statement must give, by several ways to know it.

use crate::{
    expression, refusals,
    rows::{Difference, Rows, difference},
    session::{Executor, Failure, Side, World},
    sql::{Body, CommonTable, Dialect, Distinct, Expression, FromClause, Item, Query, Statement},
    value::Type,
};

/// The alias under which a condition sees the rows of a query.
pub const OUTPUT: &str = "q";

/// A statement to be judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The statement.
    pub statement: Statement,
    /// A condition over its rows, which are then called [`OUTPUT`].
    pub condition: Option<Expression>,
}

/// A way to know what a statement must give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Two sides give the same rows.
    Pair(Side, Side),
    /// The rows for which a condition is true, false and NULL are all rows.
    Partition(Side),
    /// The rows that a condition keeps are those for which it is true as a column.
    Column(Side),
    /// A condition keeps the same rows inside a query and above a common table of it.
    Moved(Side),
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The same on both sides.
    Same,
    /// Nothing to compare, and why.
    Skipped(String),
    /// Something is wrong.
    Finding(Box<Finding>),
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// In a few words.
    pub kind: Kind,
    /// What was compared.
    pub sides: [String; 2],
    /// The statements that were compared.
    pub queries: [Query; 2],
    /// The message of an error.
    pub message: String,
    /// How the rows differ.
    pub difference: Option<Difference>,
}

/// The kind of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Other rows.
    Rows,
    /// The right rows in the wrong order.
    Order,
    /// An error where there should be rows.
    Error,
    /// An internal error, or a worker that died.
    Defect,
    /// No end.
    Hang,
}

impl Kind {
    /// Returns the kind in a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rows => "different rows",
            Self::Order => "a different order",
            Self::Error => "an error in place of rows",
            Self::Defect => "a defect",
            Self::Hang => "no end",
        }
    }
}

/// Judges a statement.
pub fn judge(world: &mut World, executor: &mut Executor, check: Check, case: &Case) -> Verdict {
    let Case { statement, condition } = case;
    let of = |query: Query| Statement { views: statement.views.clone(), query };
    let query = &statement.query;
    match (check, condition) {
        (Check::Pair(left, right), _) => {
            let left_rows = world.rows(executor, left, statement);
            let right_rows = world.rows(executor, right, statement);
            compare([(left, query, left_rows), (right, query, right_rows)], !query.order.is_empty())
        }
        (_, None) => Verdict::Skipped("without a condition".to_owned()),
        (Check::Partition(side), Some(condition)) => {
            let whole = Query::over(query.clone(), OUTPUT, query.outputs(OUTPUT), None);
            let parts = [
                condition.clone(),
                expression!(Type::Boolean; "NOT (", condition.clone(), ")"),
                expression!(Type::Boolean; "(", condition.clone(), ") IS NULL"),
            ]
            .map(|condition| Query::over(query.clone(), OUTPUT, query.outputs(OUTPUT), Some(condition)));
            let all = world.rows(executor, side, &of(whole.clone()));
            let mut rows = Ok(Rows::new());
            for part in &parts {
                match (&mut rows, world.rows(executor, side, &of(part.clone()))) {
                    (Ok(rows), Ok(more)) => rows.extend(more),
                    (rows, Err(failure)) => *rows = Err(failure),
                    (Err(_), Ok(_)) => {}
                }
            }
            let [is_true, ..] = parts;
            compare([(side, &whole, all), (side, &is_true, rows)], false)
        }
        (Check::Column(side), Some(condition)) => {
            let kept = Query::over(query.clone(), OUTPUT, query.outputs(OUTPUT), Some(condition.clone()));
            let mut items = query.outputs(OUTPUT);
            items.push(Item { expression: condition.clone(), name: "is_kept".to_owned() });
            let told = Query::over(query.clone(), OUTPUT, items, None);
            let kept_rows = world.rows(executor, side, &of(kept.clone()));
            let told_rows = world.rows(executor, side, &of(told.clone())).map(|rows| {
                let kept = rows.into_iter().filter_map(|mut row| match row.pop() {
                    Some(Some(cell)) if cell == "true" => Some(row),
                    _ => None,
                });
                kept.collect()
            });
            compare([(side, &kept, kept_rows), (side, &told, told_rows)], false)
        }
        (Check::Moved(side), Some(condition)) => {
            let Some(inside) = moved_inside(query, condition) else {
                return Verdict::Skipped("a condition cannot be moved into it".to_owned());
            };
            let outside = above_common_table(query, condition);
            let inside_rows = world.rows(executor, side, &of(inside.clone()));
            let outside_rows = world.rows(executor, side, &of(outside.clone()));
            compare([(side, &inside, inside_rows), (side, &outside, outside_rows)], false)
        }
    }
}

/// The query with the condition in its own WHERE, where that means the same.
fn moved_inside(query: &Query, condition: &Expression) -> Option<Query> {
    let mut query = query.clone();
    let Body::Select(select) = &mut query.body else { return None };
    // What a subquery calls by its name outside has another name inside.
    if condition.has_query() {
        return None;
    }
    let is_open = select.grouping.is_none()
        && select.having.is_none()
        && matches!(select.distinct, Distinct::No | Distinct::Rows)
        && query.limit.is_none()
        && query.offset.is_none();
    // A window sees the rows that a condition inside takes away.
    let has_window = |item: &Item| item.expression.write(Dialect::Ours).sql.contains(" OVER (");
    if !is_open || select.items.iter().any(has_window) {
        return None;
    }
    let mut moved = condition.clone();
    moved.substitute(&|column| {
        let item = select.items.iter().find(|item| item.name == column.name)?;
        (column.relation.as_deref() == Some(OUTPUT)).then(|| item.expression.clone())
    });
    select.filter = Some(match select.filter.take() {
        Some(filter) => expression!(Type::Boolean; "(", filter, " AND ", moved, ")"),
        None => moved,
    });
    Some(query)
}

fn above_common_table(query: &Query, condition: &Expression) -> Query {
    let mut outside = Query::over(query.clone(), OUTPUT, query.outputs(OUTPUT), Some(condition.clone()));
    let name = "whole".to_owned();
    if let Body::Select(select) = &mut outside.body {
        select.from = Some(FromClause::Named { name: name.clone(), alias: OUTPUT.to_owned() });
    }
    outside.common = vec![CommonTable { name, query: query.clone() }];
    outside
}

fn compare(sides: [(Side, &Query, Result<Rows, Failure>); 2], is_ordered: bool) -> Verdict {
    let names = [sides[0].0.name(), sides[1].0.name()];
    let queries = [sides[0].1.clone(), sides[1].1.clone()];
    let finding = |kind, message: &str, difference| {
        let finding = Finding { kind, sides: names, queries, message: message.to_owned(), difference };
        Verdict::Finding(Box::new(finding))
    };
    for (_, _, result) in &sides {
        match result {
            Err(Failure::Panic(message)) => return finding(Kind::Defect, message, None),
            Err(Failure::Hang) => return finding(Kind::Hang, "", None),
            Err(Failure::Error(message)) if refusals::is_defect(message) => {
                return finding(Kind::Defect, message, None);
            }
            _ => {}
        }
    }
    for (_, _, result) in &sides {
        match result {
            Err(Failure::TooLarge) => return Verdict::Skipped("too many rows".to_owned()),
            Err(Failure::Absent(reason)) => return Verdict::Skipped(reason.clone()),
            _ => {}
        }
    }
    for (side, _, result) in &sides {
        if let Err(Failure::Error(message)) = result {
            return match refusals::reason(*side, message) {
                Some(reason) => Verdict::Skipped(reason.to_owned()),
                None => finding(Kind::Error, message, None),
            };
        }
    }
    let [(_, _, Ok(left)), (_, _, Ok(right))] = &sides else {
        return Verdict::Skipped("nothing to compare".to_owned());
    };
    match difference(left, right, is_ordered) {
        None => Verdict::Same,
        Some(Difference::Order) => finding(Kind::Order, "", Some(Difference::Order)),
        Some(rows) => finding(Kind::Rows, "", Some(rows)),
    }
}
