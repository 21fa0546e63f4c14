//! Makes the literal `digits` of `allocate(pool, driver, digits)` part of the call's types.
//!
//! A window function's result type is decided by its argument types alone. So the number of digits is rewritten,
//! before types are resolved, into the smallest share it allows: `3` becomes the decimal `0.001`, whose scale is 3.

use datafusion::{
    common::{DFSchema, ScalarValue, config::ConfigOptions, tree_node::Transformed},
    error::{DataFusionError, Result},
    logical_expr::{Expr, WindowFunctionDefinition, expr::WindowFunction, expr_rewriter::FunctionRewrite},
};

use super::{
    allocate::{Allocate, NAME},
    pct_of_total::PctOfTotal,
    rfm_score::RfmScore,
    whale_curve::WhaleCurve,
};
use crate::{
    FunctionError,
    decimal::{PRECISION_MAX, PRODUCT_SCALE_MAX},
};

/// Rewrites the digits of `allocate` from a literal into a type.
#[derive(Debug)]
pub(crate) struct AllocateDigits;

impl FunctionRewrite for AllocateDigits {
    fn name(&self) -> &str {
        "allocate_digits"
    }

    fn rewrite(&self, expr: Expr, _schema: &DFSchema, _config: &ConfigOptions) -> Result<Transformed<Expr>> {
        let Expr::WindowFunction(mut window) = expr else { return Ok(Transformed::no(expr)) };
        refuse_distinct(&window)?;
        let Some(digits) = digits_of(&mut window) else {
            return Ok(Transformed::no(Expr::WindowFunction(window)));
        };
        let Expr::Literal(value, _) = &*digits else { return Err(not_digits()) };
        if matches!(value, ScalarValue::Decimal128(Some(1), _, _)) {
            return Ok(Transformed::no(Expr::WindowFunction(window)));
        }
        let scale = whole_number(value).ok_or_else(not_digits)?;
        *digits = Expr::Literal(ScalarValue::Decimal128(Some(1), PRECISION_MAX, scale), None);
        Ok(Transformed::yes(Expr::WindowFunction(window)))
    }
}

/// DataFusion drops DISTINCT from calls of window functions without a word.
fn refuse_distinct(window: &WindowFunction) -> Result<()> {
    let WindowFunctionDefinition::WindowUDF(function) = &window.fun else { return Ok(()) };
    let inner = function.inner();
    let is_ours = inner.is::<Allocate>()
        || inner.is::<PctOfTotal>()
        || inner.is::<RfmScore>()
        || inner.is::<WhaleCurve>();
    if !is_ours || !window.params.distinct {
        return Ok(());
    }
    let name = function.name();
    Err(FunctionError::new(format!("`{name}` does not take DISTINCT"))
        .with_help("leave DISTINCT out: two equal amounts are two amounts")
        .into())
}

fn digits_of(window: &mut WindowFunction) -> Option<&mut Expr> {
    let WindowFunctionDefinition::WindowUDF(function) = &window.fun else { return None };
    if !function.inner().is::<Allocate>() {
        return None;
    }
    window.params.args.get_mut(2)
}

fn whole_number(value: &ScalarValue) -> Option<i8> {
    let digits = match value {
        ScalarValue::Int8(digits) => i64::from((*digits)?),
        ScalarValue::Int16(digits) => i64::from((*digits)?),
        ScalarValue::Int32(digits) => i64::from((*digits)?),
        ScalarValue::Int64(digits) => (*digits)?,
        ScalarValue::UInt8(digits) => i64::from((*digits)?),
        ScalarValue::UInt16(digits) => i64::from((*digits)?),
        ScalarValue::UInt32(digits) => i64::from((*digits)?),
        ScalarValue::UInt64(digits) => i64::try_from((*digits)?).ok()?,
        _ => return None,
    };
    i8::try_from(digits).ok().filter(|digits| (0..=PRODUCT_SCALE_MAX).contains(digits))
}

pub(super) fn not_digits() -> DataFusionError {
    FunctionError::new(format!("the digits of `{NAME}` must be a whole number from 0 to {PRODUCT_SCALE_MAX}"))
        .with_help("write them as a literal, for example `allocate(pool, driver, 3)`")
        .into()
}
