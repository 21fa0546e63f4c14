//! Scalar functions, one per file. `numeric` and `kernel` have what their loops share, `decimal` the rounding.

mod calendar;
mod fiscal_period;
mod fiscal_quarter;
mod fiscal_year;
mod margin;
mod margin_pct;
mod money;
mod money_text;
mod prorate;
mod try_money;

use std::sync::Arc;

use datafusion::logical_expr::{DocSection, ScalarUDF};

pub(crate) const MARGINS: DocSection = DocSection { include: true, label: "Margins", description: None };

pub(crate) const ALLOCATION: DocSection =
    DocSection { include: true, label: "Allocation", description: None };

pub(crate) const FISCAL_CALENDAR: DocSection = DocSection {
    include: true,
    label: "Fiscal calendar",
    description: Some(
        "A fiscal year is named after the calendar year in which it ends: with July as the first month, fiscal \
         year 2026 runs from 2025-07-01 to 2026-06-30. With January as the first month it is the calendar year.",
    ),
};

pub(crate) const TEXT: DocSection = DocSection { include: true, label: "Amounts in text", description: None };

/// All scalar functions of this module.
pub(crate) fn all() -> Vec<Arc<ScalarUDF>> {
    [
        ScalarUDF::from(fiscal_period::FiscalPeriod::new()),
        fiscal_quarter::FiscalQuarter::new().into(),
        fiscal_year::FiscalYear::new().into(),
        margin::Margin::new().into(),
        margin_pct::MarginPct::new().into(),
        money::Money::new().into(),
        prorate::Prorate::new().into(),
        try_money::TryMoney::new().into(),
    ]
    .map(Arc::new)
    .into()
}
