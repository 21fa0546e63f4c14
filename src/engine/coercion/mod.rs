//! Coerces types as DataFusion does, except that text never becomes a number, a date or a boolean by itself, nor they text.
//!
//! DataFusion makes a number of `'0123'` where it meets a number, so that `code = 123` and a join of `'007'` with 7 find rows
//! that nobody asked for. Here such a meeting is an error with the way out, as in PostgreSQL. Only a quoted literal
//! takes the type of what it meets, if it is the plain spelling of such a value (`quoted`).
//!
//! `meeting` knows which expressions meet in an operator, `conversion` what functions convert, `plans` the columns that
//! meet in joins, unions, VALUES and INSERT; `kind` tells text from numbers, `refusal` words the errors; `booleans` comes before all of them. The
//! coercion itself stays DataFusion's: this rule stands in its place and drives its rewriter, so nothing is walked twice.

mod booleans;
mod conversion;
mod kind;
mod meeting;
mod plans;
mod quoted;
mod refusal;

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    common::{
        DFSchema,
        config::ConfigOptions,
        tree_node::{Transformed, TreeNode, TreeNodeRewriter},
    },
    error::Result,
    logical_expr::{DmlStatement, Expr, ExprSchemable, LogicalPlan, WriteOp, utils::merge_schema},
    optimizer::{
        Analyzer, AnalyzerRule,
        analyzer::type_coercion::{TypeCoercion, TypeCoercionRewriter},
    },
};

use crate::engine::expressions::map_named;

pub(super) use booleans::QuotedBooleans;
use conversion::Conversions;

/// DataFusion's analyzer rules, with this coercion in the place of its own.
pub(super) fn analyzer_rules() -> Vec<Arc<dyn AnalyzerRule + Send + Sync>> {
    let own: Arc<dyn AnalyzerRule + Send + Sync> = Arc::new(StrictCoercion);
    let rules = Analyzer::new().rules;
    rules.into_iter().map(|rule| if rule.name() == own.name() { Arc::clone(&own) } else { rule }).collect()
}

/// The rule. Its name is that of the one it replaces.
#[derive(Debug)]
pub(super) struct StrictCoercion;

impl AnalyzerRule for StrictCoercion {
    fn name(&self) -> &str {
        "type_coercion"
    }

    fn analyze(&self, plan: LogicalPlan, config: &ConfigOptions) -> Result<LogicalPlan> {
        let plan = plan.transform_up_with_subqueries(coerce)?.data;
        match config.optimizer.expand_views_at_output {
            // What is coerced is not coerced again; the columns to show become texts of the older kind.
            true => TypeCoercion::new().analyze(plan, config),
            false => Ok(plan),
        }
    }
}

/// Coerces one node, as `analyze_internal` of DataFusion does. Its inputs are coerced already.
fn coerce(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let schema = known_columns(&plan)?;
    plans::judge(&plan)?;
    let plan = match plan {
        LogicalPlan::Filter(mut filter) => {
            filter.predicate = filter.predicate.cast_to(&DataType::Boolean, &schema)?;
            LogicalPlan::Filter(filter)
        }
        other => other,
    };
    let mut rewriter = StrictRewriter { schema: &schema, engine: TypeCoercionRewriter::new(&schema) };
    map_named(plan, |expr| expr.rewrite(&mut rewriter))?
        .map_data(|plan| rewriter.engine.coerce_plan(plan))?
        .map_data(LogicalPlan::recompute_schema)
}

/// The columns that the expressions of a node may name. Only their types matter here, not their order.
fn known_columns(plan: &LogicalPlan) -> Result<DFSchema> {
    let mut schema = merge_schema(&plan.inputs());
    match plan {
        LogicalPlan::TableScan(scan) => {
            let table = DFSchema::try_from_qualified_schema(scan.table_name.clone(), &scan.source.schema())?;
            schema.merge(&table);
        }
        LogicalPlan::Dml(DmlStatement { op: WriteOp::MergeInto(_), table_name, target, .. }) => {
            schema.merge(&DFSchema::try_from_qualified_schema(table_name.clone(), &target.schema())?);
        }
        _ => {}
    }
    Ok(schema)
}

/// DataFusion's rewriter between what meets before it and what it converted after it.
struct StrictRewriter<'a> {
    schema: &'a DFSchema,
    engine: TypeCoercionRewriter<'a>,
}

impl TreeNodeRewriter for StrictRewriter<'_> {
    type Node = Expr;

    fn f_up(&mut self, mut expr: Expr) -> Result<Transformed<Expr>> {
        meeting::settle(&mut expr, self.schema)?;
        let conversions = Conversions::before(&expr);
        let coerced = self.engine.f_up(expr)?;
        match conversions {
            Some(conversions) => conversions.judge(coerced, self.schema),
            None => Ok(coerced),
        }
    }
}
