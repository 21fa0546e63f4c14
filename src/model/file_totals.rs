//! The totals of columns of files, as the project's controls ask for them: over every row, whatever becomes of it.
//!
//! Rows that cannot be read, that stand twice or that do not count are in these totals too, so that none of them can be
//! lost, added or changed unnoticed.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    logical_expr::{LogicalPlan, LogicalPlanBuilder, cast, ident, lit},
};

use super::{
    connected::Connected,
    plans::{scan, union_all},
    settings::Settings,
    tables,
};
use crate::error::{Error, Result};

/// `file_totals` (source, what, amount): one row per control of a column.
///
/// # Errors
/// A control of a column that the source's files do not have, or that holds no amounts.
pub(super) async fn file_totals(settings: &Settings, sources: &[Arc<Connected>]) -> Result<LogicalPlan> {
    let mut plans = Vec::new();
    for control in &settings.project.controls {
        let Some((table, column)) = control.column() else { continue };
        let Some(source) = sources.iter().find(|source| source.name == control.source) else { continue };
        let at = |error: Error| error.at(settings.project.place(control.span.clone()));
        let total = source.total(table, column).await.map_err(at)?;
        let text = |text: &str| cast(lit(text), DataType::Utf8View);
        let named = LogicalPlanBuilder::from(total).project([
            text(&control.source).alias("source"),
            text(&control.what).alias("what"),
            cast(ident("amount"), AMOUNT).alias("amount"),
        ]);
        plans.push(named.and_then(LogicalPlanBuilder::build).map_err(cannot)?);
    }
    match union_all(plans).map_err(cannot)? {
        Some(all) => Ok(all),
        None => {
            let text = DataType::Utf8View;
            scan(
                "file_totals",
                &tables::empty(&[("source", text.clone()), ("what", text), ("amount", AMOUNT)])?,
            )
        }
    }
}

const AMOUNT: DataType = DataType::Decimal128(38, 4);

fn cannot(error: datafusion::error::DataFusionError) -> Error {
    Error::query("the totals of the files cannot be planned").caused_by(error)
}
