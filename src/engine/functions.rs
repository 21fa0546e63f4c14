//! Tells those who read a statement of what kind the functions of a session are.

use datafusion::execution::context::SessionState;

use crate::query::{FunctionKind, Functions};

/// The functions of a session.
pub(super) struct SessionFunctions<'a>(pub(super) &'a SessionState);

/// Functions that are aggregates and, with OVER, window functions.
const BOTH: [&str; 3] = ["first_value", "last_value", "nth_value"];

/// Of our aggregates, those that are not metrics.
const PLAIN: [&str; 2] = ["avg", "sum"];

impl Functions for SessionFunctions<'_> {
    fn kind(&self, name: &str, over: bool) -> Option<FunctionKind> {
        if self.0.scalar_functions().contains_key(name) || self.0.higher_order_functions().contains_key(name)
        {
            return Some(FunctionKind::Scalar);
        }
        let is_window = self.0.window_functions().contains_key(name);
        if over && is_window && BOTH.contains(&name) {
            return Some(FunctionKind::Window);
        }
        if let Some(function) = self.0.aggregate_functions().get(name) {
            let is_ours =
                marginql_udfs::aggregate_functions().iter().any(|ours| ours.name() == function.name());
            return Some(FunctionKind::Aggregate {
                treats_nulls: function.supports_null_handling_clause(),
                adds_up: is_ours && !PLAIN.contains(&function.name()),
            });
        }
        is_window.then_some(FunctionKind::Window)
    }
}
