//! The expressions that meet in an operator, in `CASE`, or in a function that picks one of its arguments.
//!
//! Quoted literals among them become what the others are; then all must be of one kind.

use datafusion::{
    arrow::datatypes::DataType,
    common::{DFSchema, ScalarValue},
    error::Result,
    logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator},
};

use super::{
    kind::{Kind, clash, kind, values},
    quoted::{quoted, value},
    refusal,
};

/// Settles a comparison with a quoted literal or `true` while SQL is planned, if the other side is a boolean or text.
///
/// DataFusion finds no type that text and booleans have in common, and says so before there is a plan to analyze.
pub(super) fn settle_boolean(left: &mut Expr, right: &mut Expr, schema: &DFSchema) -> Result<()> {
    let is_boolean = |expr: &Expr| matches!(expr, Expr::Literal(ScalarValue::Boolean(Some(_)), _));
    let other =
        match (quoted(left).is_some() || is_boolean(left), quoted(right).is_some() || is_boolean(right)) {
            (true, false) => &*right,
            (false, true) => &*left,
            _ => return Ok(()),
        };
    let is_text = |data_type: &DataType| kind(data_type) == Some(Kind::Text);
    let wanted: &dyn Fn(&DataType) -> bool = match is_boolean(left) || is_boolean(right) {
        true => &is_text,
        false => &|data_type| *data_type == DataType::Boolean,
    };
    match other.get_type(schema) {
        Ok(data_type) if wanted(&data_type) => meet(&mut [left, right], Quoted::Value, schema),
        _ => Ok(()),
    }
}

/// What quoted literals may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quoted {
    /// What the others are.
    Value,
    /// That too, but no number: the type of the whole was settled when it was planned, and exact arithmetic with it.
    NoNumber,
}

/// Settles what meets in one expression. What lies below is settled already.
pub(super) fn settle(expr: &mut Expr, schema: &DFSchema) -> Result<()> {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
            Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq
            | Operator::IsDistinctFrom
            | Operator::IsNotDistinctFrom => meet(&mut [&mut **left, &mut **right], Quoted::Value, schema),
            Operator::RegexMatch
            | Operator::RegexIMatch
            | Operator::RegexNotMatch
            | Operator::RegexNotIMatch
            | Operator::LikeMatch
            | Operator::ILikeMatch
            | Operator::NotLikeMatch
            | Operator::NotILikeMatch => are_texts(&op.to_string(), [&**left, &**right], schema),
            _ => Ok(()),
        },
        Expr::Like(like) => {
            let operator = if like.case_insensitive { "ILIKE" } else { "LIKE" };
            are_texts(operator, [&like.expr, &like.pattern], schema)
        }
        Expr::SimilarTo(like) => are_texts("SIMILAR TO", [&like.expr, &like.pattern], schema),
        Expr::Between(between) => {
            let members = &mut [&mut *between.expr, &mut *between.low, &mut *between.high];
            meet(members, Quoted::Value, schema)
        }
        Expr::InList(list) => {
            let mut members: Vec<&mut Expr> =
                std::iter::once(&mut *list.expr).chain(&mut list.list).collect();
            meet(&mut members, Quoted::Value, schema)
        }
        Expr::InSubquery(comparison) => {
            let found = comparison.subquery.subquery.schema().field(0).data_type().clone();
            meet_rows(&mut comparison.expr, &found, schema)
        }
        Expr::SetComparison(comparison) => {
            let found = comparison.subquery.subquery.schema().field(0).data_type().clone();
            meet_rows(&mut comparison.expr, &found, schema)
        }
        Expr::Case(case) => {
            let whens = case.when_then_expr.iter_mut();
            let (mut whens, mut branches): (Vec<&mut Expr>, Vec<&mut Expr>) =
                whens.map(|(when, then)| (&mut **when, &mut **then)).unzip();
            branches.extend(case.else_expr.as_deref_mut());
            if let Some(operand) = case.expr.as_deref_mut() {
                whens.push(operand);
                // The operand decides what the others are compared with.
                whens.rotate_right(1);
                meet(&mut whens, Quoted::Value, schema)?;
            }
            meet(&mut branches, Quoted::NoNumber, schema)
        }
        Expr::ScalarFunction(call) => {
            let (first, literals) = match call.func.name() {
                "coalesce" | "greatest" | "least" | "nvl" | "make_array" => (0, Quoted::Value),
                // The first argument gives the type of the whole.
                "nullif" if call.args.first().is_some_and(|first| quoted(first).is_some()) => {
                    (0, Quoted::NoNumber)
                }
                "nullif" => (0, Quoted::Value),
                "nvl2" => (1, Quoted::NoNumber),
                _ => return Ok(()),
            };
            let mut members: Vec<&mut Expr> = call.args.iter_mut().skip(first).collect();
            meet(&mut members, literals, schema)
        }
        _ => Ok(()),
    }
}

/// Makes values of the quoted literals among expressions that meet, and refuses what is of another kind than the first.
fn meet(members: &mut [&mut Expr], literals: Quoted, schema: &DFSchema) -> Result<()> {
    let mut types = Vec::with_capacity(members.len());
    for member in members.iter() {
        types.push(match quoted(member) {
            Some(_) => None,
            None => Some(member.get_type(schema)?).filter(|data_type| !data_type.is_null()),
        });
    }
    let Some(first) = types.iter().position(Option::is_some) else { return Ok(()) };
    let Some(first_type) = &types[first] else { return Ok(()) };
    let unlike = types
        .iter()
        .enumerate()
        .find_map(|(place, data_type)| clash(first_type, data_type.as_ref()?).map(|clash| (place, clash)));
    if let Some((place, (one, other))) = unlike {
        if kind(first_type).is_none() {
            return Err(refusal::unlike_within((&*members[first], one), (&*members[place], other)));
        }
        return Err(refusal::unlike((&*members[first], one), (&*members[place], other)));
    }
    // Beside a timestamp and a date, a literal is a timestamp.
    let timestamp =
        types.iter().flatten().find(|data_type| matches!(values(data_type), DataType::Timestamp(..)));
    let beside = timestamp.unwrap_or(first_type);
    for place in 0..members.len() {
        if types[place].is_none() {
            let refused = literals == Quoted::NoNumber && kind(beside) == Some(Kind::Number);
            match spelled(members[place], beside) {
                Spelled::Nothing => {}
                Spelled::Value(value) if !refused => *members[place] = value,
                _ => return Err(refusal::not_plain(members[place], members[first], beside, !refused)),
            }
        }
    }
    Ok(())
}

/// An expression that is compared with the rows of a subquery.
fn meet_rows(expr: &mut Expr, found: &DataType, schema: &DFSchema) -> Result<()> {
    match spelled(expr, found) {
        Spelled::Value(value) => {
            *expr = value;
            return Ok(());
        }
        Spelled::Wrong => return Err(refusal::not_plain_beside_rows(expr, found)),
        Spelled::Nothing if quoted(expr).is_some() => return Ok(()),
        Spelled::Nothing => {}
    }
    let data_type = expr.get_type(schema)?;
    match clash(&data_type, found) {
        Some((one, other)) => Err(refusal::unlike_rows((expr, one), other)),
        None => Ok(()),
    }
}

enum Spelled {
    /// Not a quoted literal, or one that stays as it is here.
    Nothing,
    Value(Expr),
    Wrong,
}

fn spelled(expr: &Expr, beside: &DataType) -> Spelled {
    let (Some(text), Some(Kind::Number | Kind::Boolean | Kind::Moment)) = (quoted(expr), kind(beside)) else {
        return Spelled::Nothing;
    };
    match value(text, beside) {
        Some(value) => Spelled::Value(Expr::Literal(value, None)),
        None => Spelled::Wrong,
    }
}

/// The operands of an operator that knows text only.
fn are_texts(operator: &str, operands: [&Expr; 2], schema: &DFSchema) -> Result<()> {
    for operand in operands {
        let data_type = operand.get_type(schema)?;
        if let Some((one, text)) = clash(&data_type, &DataType::Utf8)
            && kind(one) != Some(Kind::Binary)
        {
            return Err(refusal::argument(operator, operand, one, text));
        }
    }
    Ok(())
}
