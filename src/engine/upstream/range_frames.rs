//! Gives RANGE frames the arithmetic that they need, and no other.
//!
//! Reports: <https://github.com/apache/datafusion/issues/24915>, <https://github.com/apache/datafusion/issues/24514>,
//! <https://github.com/apache/datafusion/issues/24902>, and none known.
//! * A window ordered by an interval or a time of day fails, since its frame up to the current row might have had an offset.
//! * The sign of an interval is not looked at; a frame that ends before it starts gives wrong rows.
//! * An offset with more digits than the column that orders the window is rounded to those.
//!
//! Remedy: frames without offsets are GROUPS frames, which are the same; negative intervals are refused; the column gets
//! the digits of the offset. Costs nothing where none of this occurs.

use datafusion::{
    arrow::datatypes::{DataType, IntervalUnit},
    common::{DFSchema, ScalarValue, config::ConfigOptions, plan_err, tree_node::Transformed},
    error::Result,
    logical_expr::{
        Expr, ExprSchemable, WindowFrame, WindowFrameBound, WindowFrameUnits, cast,
        expr_rewriter::FunctionRewrite,
    },
};

/// A rewrite that runs before types are coerced, when offsets are still texts.
#[derive(Debug)]
pub(super) struct RangeFrames;

impl FunctionRewrite for RangeFrames {
    fn name(&self) -> &str {
        "range_frames"
    }

    fn rewrite(&self, expr: Expr, schema: &DFSchema, _: &ConfigOptions) -> Result<Transformed<Expr>> {
        let Expr::WindowFunction(mut window) = expr else { return Ok(Transformed::no(expr)) };
        let frame = &window.params.window_frame;
        let Some(order) =
            window.params.order_by.first_mut().filter(|_| frame.units == WindowFrameUnits::Range)
        else {
            return Ok(Transformed::no(Expr::WindowFunction(window)));
        };
        let data_type = order.expr.get_type(schema)?;
        let offsets: Vec<&str> =
            [&frame.start_bound, &frame.end_bound].into_iter().filter_map(|bound| offset(bound)).collect();
        let changed = match &data_type {
            DataType::Interval(_)
            | DataType::Time32(_)
            | DataType::Time64(_)
            | DataType::Binary
            | DataType::BinaryView
                if offsets.is_empty() =>
            {
                window.params.window_frame = in_groups(frame);
                true
            }
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, _) => {
                offsets.into_iter().try_for_each(check_interval)?;
                false
            }
            DataType::Decimal128(precision, scale) => {
                let more = offsets.into_iter().map(decimal_places).max().unwrap_or(0) - i16::from(*scale);
                match (u8::try_from(more), i8::try_from(more)) {
                    (Ok(more), Ok(more_scale)) if more > 0 => {
                        if precision + more > 38 {
                            return plan_err!(
                                "the offset of the frame has {more} digits too many for {data_type}"
                            );
                        }
                        order.expr = cast(
                            order.expr.clone(),
                            DataType::Decimal128(precision + more, scale + more_scale),
                        );
                        true
                    }
                    _ => false,
                }
            }
            _ => false,
        };
        Ok(Transformed::new_transformed(Expr::WindowFunction(window), changed))
    }
}

/// The offset of a bound that is neither the current row nor unbounded.
fn offset(bound: &WindowFrameBound) -> Option<&str> {
    match bound {
        WindowFrameBound::Preceding(value) | WindowFrameBound::Following(value) => {
            value.try_as_str().flatten()
        }
        WindowFrameBound::CurrentRow => None,
    }
}

fn in_groups(frame: &WindowFrame) -> WindowFrame {
    let unbounded = ScalarValue::UInt64(None);
    let bound = |bound: &WindowFrameBound| match bound {
        WindowFrameBound::Preceding(_) => WindowFrameBound::Preceding(unbounded.clone()),
        WindowFrameBound::CurrentRow => WindowFrameBound::CurrentRow,
        WindowFrameBound::Following(_) => WindowFrameBound::Following(unbounded.clone()),
    };
    WindowFrame::new_bounds(WindowFrameUnits::Groups, bound(&frame.start_bound), bound(&frame.end_bound))
}

fn check_interval(offset: &str) -> Result<()> {
    let interval =
        ScalarValue::try_from_string(offset.to_owned(), &DataType::Interval(IntervalUnit::MonthDayNano))?;
    match interval {
        ScalarValue::IntervalMonthDayNano(Some(interval))
            if interval.months < 0 || interval.days < 0 || interval.nanoseconds < 0 =>
        {
            plan_err!(
                "a frame has no negative offset, and `{offset}` is one; PRECEDING and FOLLOWING give the direction"
            )
        }
        _ => Ok(()),
    }
}

fn decimal_places(number: &str) -> i16 {
    number
        .split_once('.')
        .map_or(0, |(_, places)| i16::try_from(places.trim_end_matches('0').len()).unwrap_or(i16::MAX))
}
