//! Columns that meet in a plan without an expression: in joins and set operations, VALUES, INSERT and recursion.
//!
//! DataFusion puts the casts of VALUES, INSERT, UPDATE and recursive queries into the plan while it reads the SQL. Those
//! that the user wrote there stand twice (`query::own_casts`), so one that changes the kind is not the user's.

use datafusion::{
    arrow::datatypes::DataType,
    common::DFSchema,
    error::Result,
    logical_expr::{Expr, ExprSchemable, Join, LogicalPlan, Projection, Union, WriteOp},
};

use super::{
    kind::{Kind, clash, kind},
    quoted::{exact_value, quoted},
    refusal,
};

/// Refuses what meets in one node. Its inputs are coerced already.
pub(super) fn judge(plan: &LogicalPlan) -> Result<()> {
    match plan {
        LogicalPlan::Join(join) => judge_join(join),
        LogicalPlan::Union(union) => judge_union(union),
        LogicalPlan::Values(values) => {
            let empty = DFSchema::empty();
            for (place, row) in values.values.iter().enumerate() {
                for cell in row {
                    if let Some((cell, from, to)) = converted(cell, &empty)? {
                        return Err(refusal::assigned(
                            &format!("row {} of VALUES", place + 1),
                            cell,
                            &from,
                            &to,
                        ));
                    }
                }
            }
            Ok(())
        }
        LogicalPlan::RecursiveQuery(query) => {
            judge_projection(&query.recursive_term, |_| format!("the recursive part of `{}`", query.name))
        }
        LogicalPlan::Dml(change) if matches!(change.op, WriteOp::Insert(_) | WriteOp::Update) => {
            judge_projection(&change.input, |column| {
                format!("the column `{column}` of `{}`", change.table_name)
            })
        }
        _ => Ok(()),
    }
}

fn judge_join(join: &Join) -> Result<()> {
    for (left, right) in &join.on {
        let left_type = left.get_type(join.left.schema())?;
        let right_type = right.get_type(join.right.schema())?;
        if let Some((one, other)) = clash(&left_type, &right_type) {
            return Err(refusal::unlike((left, one), (right, other)));
        }
    }
    Ok(())
}

fn judge_union(union: &Union) -> Result<()> {
    let Some((first, others)) = union.inputs.split_first() else { return Ok(()) };
    for (place, field) in first.schema().fields().iter().enumerate() {
        let of_input =
            |input: &LogicalPlan| input.schema().fields().get(place).map(|field| field.data_type().clone());
        let mut data_type = field.data_type().clone();
        for other in others.iter().filter_map(|input| of_input(input)) {
            if let Some((one, other)) = clash(&data_type, &other) {
                return Err(refusal::union(place, field.name(), one, other));
            }
            if data_type.is_null() {
                data_type = other;
            }
        }
    }
    Ok(())
}

/// The casts at the top of what is put somewhere.
fn judge_projection(plan: &LogicalPlan, target: impl Fn(&str) -> String) -> Result<()> {
    let LogicalPlan::Projection(Projection { expr, input, schema, .. }) = plan else { return Ok(()) };
    for (expr, field) in expr.iter().zip(schema.fields()) {
        if let Some((operand, from, to)) = converted(expr, input.schema())? {
            return Err(refusal::assigned(&target(field.name()), operand, &from, &to));
        }
    }
    Ok(())
}

/// What is converted to another kind, unless it is a quoted literal that plainly spells such a value.
fn converted<'a>(expr: &'a Expr, schema: &DFSchema) -> Result<Option<(&'a Expr, DataType, DataType)>> {
    let Expr::Cast(cast) = unaliased(expr) else { return Ok(None) };
    let (from, to) = (cast.expr.get_type(schema)?, cast.field.data_type());
    let Some((from, to)) = clash(&from, to) else { return Ok(None) };
    let is_spelled = quoted(&cast.expr)
        .is_some_and(|text| kind(to) == Some(Kind::Interval) || exact_value(text, to).is_some());
    Ok((!is_spelled).then(|| (cast.expr.as_ref(), from.clone(), to.clone())))
}

fn unaliased(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => unaliased(&alias.expr),
        expr => expr,
    }
}
