//! Which pool a cost belongs to, and by what each pool is shared: the project's conditions and expressions as plans.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    catalog::TableProvider,
    common::ScalarValue,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, ident, lit, when},
};

use super::{
    plans::{scan, union_all},
    settings::Settings,
    tables,
};
use crate::{
    engine::Planner,
    error::{Error, Result},
    project::Pool,
    query::Text,
};

/// Drivers that are views; every other driver is an expression over `driver_values`.
const DRIVERS: [&str; 5] = ["handle_minutes", "interactions", "revenue", "customers", "active_users"];

/// `costs`, with the first pool whose condition holds.
///
/// # Errors
/// A condition that is not one over the columns of `costs`.
pub(super) async fn pooled_costs(settings: &Settings, planner: &Planner) -> Result<Arc<dyn TableProvider>> {
    let costs = planner.table("datafusion", "public", "costs").await?;
    let plan = scan("costs", &costs)?;
    let mut pool = lit(ScalarValue::Utf8View(None));
    // The first pool that fits takes a cost, so the last one is the innermost.
    for declared in settings.project.pools.iter().rev() {
        let text = located(settings, &declared.condition.value, declared);
        let condition = planner
            .expression(&text, plan.schema())
            .map_err(|error| at(error, settings, &declared.condition.span, declared))?;
        let name = cast(lit(declared.name.as_str()), DataType::Utf8View);
        pool = when(condition, name).otherwise(pool).map_err(cannot)?;
    }
    let mut columns: Vec<Expr> = plan.schema().columns().into_iter().map(Expr::Column).collect();
    columns.push(pool.alias("pool"));
    let plan = LogicalPlanBuilder::from(plan).project(columns).and_then(LogicalPlanBuilder::build);
    planner.settle(plan.map_err(cannot)?, &Text::new("pooled_costs", "")).await
}

/// What each customer takes of each pool in each month.
///
/// # Errors
/// A driver that is neither a known one nor an expression over the columns of `driver_values`.
pub(super) async fn drivers(settings: &Settings, planner: &Planner) -> Result<LogicalPlan> {
    let mut plans = Vec::new();
    for pool in &settings.project.pools {
        let Some(driver) = &pool.driver else { continue };
        plans.push(match DRIVERS.iter().find(|known| **known == driver.value) {
            Some(known) => driver_view(pool, known, planner).await?,
            None => driver_expression(pool, &driver.value, &driver.span, settings, planner).await?,
        });
    }
    match union_all(plans).map_err(cannot)? {
        Some(all) => Ok(all),
        None => {
            let nothing = tables::empty(&[
                ("pool", DataType::Utf8View),
                ("month", DataType::Date32),
                ("customer_id", DataType::Utf8View),
                ("quantity", QUANTITY),
            ])?;
            scan("drivers", &nothing)
        }
    }
}

const QUANTITY: DataType = DataType::Decimal128(38, 6);

async fn driver_view(pool: &Pool, driver: &str, planner: &Planner) -> Result<LogicalPlan> {
    let name = format!("driver_{driver}");
    let provider = planner.table("datafusion", "public", &name).await?;
    quantities(pool, scan(&name, &provider)?, ident("quantity"))
}

async fn driver_expression(
    pool: &Pool,
    driver: &str,
    span: &std::ops::Range<usize>,
    settings: &Settings,
    planner: &Planner,
) -> Result<LogicalPlan> {
    let provider = planner.table("datafusion", "public", "driver_values").await?;
    let plan = scan("driver_values", &provider)?;
    let text = located(settings, driver, pool);
    let quantity = planner.expression(&text, plan.schema()).map_err(|error| {
        at(error, settings, span, pool).hint(format!(
            "a driver is one of {}, or an expression over them",
            DRIVERS.map(|driver| format!("`{driver}`")).join(", ")
        ))
    })?;
    quantities(pool, plan, quantity)
}

fn quantities(pool: &Pool, plan: LogicalPlan, quantity: Expr) -> Result<LogicalPlan> {
    let columns = [
        cast(lit(pool.name.as_str()), DataType::Utf8View).alias("pool"),
        cast(ident("month"), DataType::Date32).alias("month"),
        cast(ident("customer_id"), DataType::Utf8View).alias("customer_id"),
        cast(quantity, QUANTITY).alias("quantity"),
    ];
    LogicalPlanBuilder::from(plan).project(columns).and_then(LogicalPlanBuilder::build).map_err(cannot)
}

fn located(settings: &Settings, sql: &str, pool: &Pool) -> Text {
    Text::new(format!("{}, pool {}", settings.project.file.display(), pool.name), sql)
}

/// The place in the project file tells more than the place within the expression.
fn at(error: Error, settings: &Settings, span: &std::ops::Range<usize>, pool: &Pool) -> Error {
    error.at(settings.project.place(span.clone())).note(format!("it is the pool `{}`", pool.name))
}

fn cannot(error: datafusion::error::DataFusionError) -> Error {
    Error::query("the pools cannot be planned").caused_by(error)
}
