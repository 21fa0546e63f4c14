//! Computes LEAD … IGNORE NULLS as LAG in the opposite order.
//!
//! Report: <https://github.com/apache/datafusion/issues/25471>. LEAD, and LAG with a negative offset, lose the count of the values that
//! they have passed when NULLs lie between, and a LIMIT that is pushed below the window does not know how many rows they
//! read ahead.
//!
//! Remedy: LAG with an offset that is not negative is right. It must not be turned around again for the sake of an order that
//! is there. Costs a sort where both directions are in one statement. Without ORDER BY there is no opposite order; that is
//! refused.

use std::sync::{Arc, LazyLock};

use datafusion::{
    arrow::datatypes::{DataType, FieldRef},
    common::{DFSchema, ScalarValue, plan_err, tree_node::Transformed},
    error::Result,
    functions_window::lead_lag::lag_udwf,
    logical_expr::{
        Expr, LimitEffect, PartitionEvaluator, ReversedUDWF, Signature, WindowFunctionDefinition, WindowUDF,
        WindowUDFImpl,
        expr::NullTreatment,
        function::{ExpressionArgs, PartitionEvaluatorArgs, WindowUDFFieldArgs},
    },
    physical_expr::PhysicalExpr,
};

static LAG: LazyLock<Arc<WindowUDF>> = LazyLock::new(|| Arc::new(WindowUDF::new_from_impl(Lag(lag_udwf()))));

pub(super) fn turn_around(expr: Expr, _: &DFSchema) -> Result<Transformed<Expr>> {
    let Expr::WindowFunction(mut window) = expr else { return Ok(Transformed::no(expr)) };
    let WindowFunctionDefinition::WindowUDF(function) = &window.fun else {
        return Ok(Transformed::no(Expr::WindowFunction(window)));
    };
    let is_lead = match function.name() {
        "lead" => true,
        "lag" => false,
        _ => return Ok(Transformed::no(Expr::WindowFunction(window))),
    };
    if window.params.null_treatment != Some(NullTreatment::IgnoreNulls) || function.inner().is::<Lag>() {
        return Ok(Transformed::no(Expr::WindowFunction(window)));
    }
    let offset = match window.params.args.get_mut(1) {
        Some(Expr::Literal(ScalarValue::Int64(Some(offset)), _)) => Some(offset),
        _ => None,
    };
    let is_negative = offset.as_ref().is_some_and(|offset| **offset < 0);
    if let (Some(offset), true) = (offset, is_negative) {
        *offset = offset.saturating_neg();
    }
    if is_lead != is_negative {
        if window.params.order_by.is_empty() {
            return plan_err!("IGNORE NULLS looks ahead in an order; add ORDER BY to the window");
        }
        for order in &mut window.params.order_by {
            order.asc = !order.asc;
            order.nulls_first = !order.nulls_first;
        }
    }
    window.fun = WindowFunctionDefinition::WindowUDF(Arc::clone(&LAG));
    Ok(Transformed::yes(Expr::WindowFunction(window)))
}

/// DataFusion's LAG, which nothing turns around.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Lag(Arc<WindowUDF>);

impl WindowUDFImpl for Lag {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn signature(&self) -> &Signature {
        self.0.signature()
    }

    fn expressions(&self, arguments: ExpressionArgs<'_>) -> Vec<Arc<dyn PhysicalExpr>> {
        self.0.inner().expressions(arguments)
    }

    fn partition_evaluator(
        &self,
        arguments: PartitionEvaluatorArgs<'_>,
    ) -> Result<Box<dyn PartitionEvaluator>> {
        self.0.inner().partition_evaluator(arguments)
    }

    fn field(&self, arguments: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        self.0.inner().field(arguments)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.0.inner().coerce_types(types)
    }

    fn reverse_expr(&self) -> ReversedUDWF {
        ReversedUDWF::NotSupported
    }

    fn limit_effect(&self, arguments: &[Arc<dyn PhysicalExpr>]) -> LimitEffect {
        self.0.inner().limit_effect(arguments)
    }
}
