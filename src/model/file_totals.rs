//! The totals of columns of files, as the project's controls ask for them: over every row, whatever becomes of it.
//!
//! Rows that cannot be read, that stand twice or that do not count are in these totals too, so that none of them can be
//! lost, added or changed unnoticed.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    common::ScalarValue,
    logical_expr::{LogicalPlan, LogicalPlanBuilder, cast, ident, lit},
};

use super::{
    connected::Connected,
    plans::{scan, union_all},
    settings::Settings,
    tables,
};
use crate::error::{Error, ErrorKind, Result};

/// `file_totals` (source, what, amount, reason): one row per control of a column; without an amount, and with the reason, if the
/// source's files do not have such a column.
///
/// # Errors
/// A file that cannot be read.
pub(super) async fn file_totals(settings: &Settings, sources: &[Arc<Connected>]) -> Result<LogicalPlan> {
    let mut plans = Vec::new();
    for control in &settings.project.controls {
        let Some((table, column)) = control.column() else { continue };
        let Some(source) = sources.iter().find(|source| source.name == control.source) else { continue };
        let (total, amount, reason) = match source.total(table, column).await {
            Ok(total) => (LogicalPlanBuilder::from(total), ident("amount"), ScalarValue::Utf8View(None)),
            // One comparison that cannot be made does not stop the others.
            Err(error) if error.kind() == ErrorKind::Config => {
                let reason = ScalarValue::Utf8View(Some(told(&error)));
                (LogicalPlanBuilder::empty(true), lit(ScalarValue::Null), reason)
            }
            Err(error) => return Err(error.at(settings.project.place(control.span.clone()))),
        };
        let text = |text: &str| cast(lit(text), DataType::Utf8View);
        let named = total.project([
            text(&control.source).alias("source"),
            text(&control.what).alias("what"),
            cast(amount, AMOUNT).alias("amount"),
            lit(reason).alias("reason"),
        ]);
        plans.push(named.and_then(LogicalPlanBuilder::build).map_err(cannot)?);
    }
    match union_all(plans).map_err(cannot)? {
        Some(all) => Ok(all),
        None => {
            let text = DataType::Utf8View;
            scan(
                "file_totals",
                &tables::empty(&[
                    ("source", text.clone()),
                    ("what", text.clone()),
                    ("amount", AMOUNT),
                    ("reason", text),
                ])?,
            )
        }
    }
}

/// What an error says, with its hints, in one line.
fn told(error: &Error) -> String {
    [error.message()]
        .into_iter()
        .chain(error.hints().iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join("; ")
}

const AMOUNT: DataType = DataType::Decimal128(38, 4);

fn cannot(error: datafusion::error::DataFusionError) -> Error {
    Error::query("the totals of the files cannot be planned").caused_by(error)
}
