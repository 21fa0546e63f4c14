//! Customers of a master that lists none: every customer number in its tables is one.

use datafusion::{
    arrow::datatypes::DataType,
    common::ScalarValue,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, ident, lit},
};

use super::{
    canonical::Canonical,
    connected::Connected,
    plans::{scan, union_all},
};
use crate::error::{Error, Result};

/// The canonical tables whose rows name customers.
const NAMING: [&str; 6] = ["subscriptions", "revenue", "interactions", "surveys", "usage", "costs"];

/// The customers that the tables of a source mention, as rows of `customers` that have a number and nothing else; none
/// if the source lists its customers.
///
/// # Errors
/// A connector whose SQL cannot be planned.
pub(super) async fn mentioned_customers(source: &Connected) -> Result<Option<LogicalPlan>> {
    if source.lists_customers() {
        return Ok(None);
    }
    let mut plans = Vec::new();
    for name in NAMING.into_iter().filter(|name| source.provides(name)) {
        plans.extend(numbers(name, source).await?);
    }
    match union_all(plans).map_err(cannot)? {
        Some(all) => customers(all, source).map(Some),
        None => Ok(None),
    }
}

/// The customer numbers of one table, if it has any.
async fn numbers(name: &str, source: &Connected) -> Result<Option<LogicalPlan>> {
    let provider = source.planner.table("datafusion", &source.name, name).await?;
    if provider.schema().field_with_name("customer_key").is_err() {
        return Ok(None);
    }
    let key = ident("customer_key");
    let number = cast(key.clone(), DataType::Utf8View).alias("customer_key");
    LogicalPlanBuilder::from(scan(name, &provider)?)
        .filter(key.is_not_null())
        .and_then(|plan| plan.project([number]))
        .and_then(LogicalPlanBuilder::build)
        .map(Some)
        .map_err(cannot)
}

fn customers(numbers: LogicalPlan, source: &Connected) -> Result<LogicalPlan> {
    let table =
        Canonical::find("customers").ok_or_else(|| Error::config("`customers` is not a canonical table"))?;
    let mut columns: Vec<Expr> = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let value = match column.name.as_str() {
            "source" => cast(lit(source.name.as_str()), DataType::Utf8View),
            "customer_key" => ident("customer_key"),
            _ => lit(ScalarValue::try_from(&column.data_type()).map_err(cannot)?),
        };
        columns.push(value.alias(&column.name));
    }
    LogicalPlanBuilder::from(numbers)
        .distinct()
        .and_then(|plan| plan.project(columns))
        .and_then(LogicalPlanBuilder::build)
        .map_err(cannot)
}

fn cannot(error: datafusion::error::DataFusionError) -> Error {
    Error::query("the customers of the master cannot be planned").caused_by(error)
}
