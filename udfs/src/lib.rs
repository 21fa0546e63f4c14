//! Exact decimal arithmetic and customer-margin functions for Apache DataFusion.
//!
//! [`register_all`] adds everything to any DataFusion program. The crate knows Arrow and
//! DataFusion only: no files, no sessions, no clock; no function holds state.
//!
//! Where to go next: `decimal` holds all rounding, `arithmetic` makes `+ - * /` exact, `conversion` CAST;
//! `scalar`, `aggregate` and `window` hold one SQL function per file, `statistics` the mathematics of models of customers.

mod aggregate;
mod arithmetic;
mod conversion;
mod decimal;
mod error;
mod kernel;
mod numeric;
mod observed;
mod scalar;
mod statistics;
mod wide;
mod window;

use std::sync::Arc;

use datafusion::{
    error::Result,
    execution::FunctionRegistry,
    logical_expr::{AggregateUDF, Expr, ScalarUDF, WindowUDF, expr::ScalarFunction},
};

pub use conversion::{exact_cast, loses_digits};
pub use decimal::{FLOAT_SCALE, MONEY_SCALE, MONEY_SCALE_MAX};
pub use error::FunctionError;
pub use scalar::{DateOrder, WrittenDate, money_type, read_date};

/// The functions behind `+ - * /`, `CAST` and comparisons. Nobody calls them by name; plans show them.
pub const OPERATOR_FUNCTIONS: [&str; 8] = [
    "checked_add",
    "checked_subtract",
    "checked_multiply",
    "divide",
    "checked_chain",
    "exact_cast",
    "try_exact_cast",
    "clamp_to_nanoseconds",
];

/// Adds all functions to a program, and makes its arithmetic exact.
///
/// # Errors
/// A registry that takes no functions or no rewrites.
pub fn register_all(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for function in scalar_functions() {
        registry.register_udf(function)?;
    }
    for function in aggregate_functions() {
        registry.register_udaf(function)?;
    }
    for function in window_functions() {
        registry.register_udwf(function)?;
    }
    registry.register_expr_planner(Arc::new(arithmetic::ExactOperators))?;
    registry.register_function_rewrite(Arc::new(window::AllocateDigits))?;
    registry.register_function_rewrite(Arc::new(window::OrderedWindows))?;
    // First: arithmetic asks for the types of its operands.
    registry.register_function_rewrite(Arc::new(arithmetic::RoundedPlaces))?;
    registry.register_function_rewrite(Arc::new(arithmetic::ExactArithmetic))
}

/// All scalar functions, those behind the operators included.
pub fn scalar_functions() -> Vec<Arc<ScalarUDF>> {
    arithmetic::all().into_iter().chain(conversion::all()).chain(scalar::all()).collect()
}

/// A date or timestamp as one that can be compared with timestamps in nanoseconds.
pub fn clamp_to_nanoseconds(instant: Expr) -> Expr {
    Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(scalar::clamp_to_nanoseconds()), vec![instant]))
}

/// All aggregate functions. `sum`, `avg`, `median` and `percentile_cont` replace the engine's own.
pub fn aggregate_functions() -> Vec<Arc<AggregateUDF>> {
    aggregate::all()
}

/// All window functions. The third argument of `allocate` and the equal rows of `whale_curve` need [`register_all`].
pub fn window_functions() -> Vec<Arc<WindowUDF>> {
    window::all()
}

/// The names of all functions, other names included, in order.
pub fn function_names() -> Vec<String> {
    let named = |name: &str, aliases: &[String]| {
        std::iter::once(name.to_owned()).chain(aliases.iter().cloned()).collect::<Vec<_>>()
    };
    let scalars = scalar_functions();
    let aggregates = aggregate_functions();
    let windows = window_functions();
    let mut names: Vec<String> = scalars
        .iter()
        .flat_map(|function| named(function.name(), function.aliases()))
        .chain(aggregates.iter().flat_map(|function| named(function.name(), function.aliases())))
        .chain(windows.iter().flat_map(|function| named(function.name(), function.aliases())))
        .collect();
    names.sort();
    names
}
