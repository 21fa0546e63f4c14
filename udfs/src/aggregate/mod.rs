//! The aggregate functions, one per file, and what they share.
//!
//! `exact` is where to begin: every aggregate of money adds its arguments exactly (`total`, `group_totals`) and
//! makes one value of the totals at the end, with one rounding.

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::{
    error::Result,
    logical_expr::{AggregateUDF, DocSection},
};

use crate::FunctionError;

mod amount;
pub(crate) mod argument;
mod avg;
mod bgnbd_fit;
mod ces;
pub(crate) mod column;
mod csat;
mod customer_success_margin;
mod customer_success_margin_pct;
mod derived;
mod distinct;
mod double;
mod double_distinct;
mod double_groups;
pub(crate) mod exact;
mod exact_accumulator;
mod exact_groups;
mod fit;
mod fraction;
mod gamma_gamma_fit;
mod gini;
mod gross_revenue_retention;
mod group_totals;
mod kaplan_meier;
mod logo_churn_rate;
mod margin;
mod movement;
mod net_revenue_retention;
mod nps;
mod presence;
mod quantile;
mod quantile_accumulator;
mod quick_ratio;
mod ratio;
mod sbg_fit;
mod scores;
mod sum;
mod support_margin;
mod support_margin_pct;
mod survey;
mod total;
mod whale_peak_pct;

/// The section of the functions' documentation that sums and means stand in.
const SUMS: DocSection = DocSection { include: true, label: "Sums and means", description: None };

/// The section of models of customers and what follows from them.
pub(crate) const STATISTICS: DocSection =
    DocSection { include: true, label: "Lifetime and survival", description: None };

/// Every aggregate function. Those named as the engine's own replace them.
pub(crate) fn all() -> Vec<Arc<AggregateUDF>> {
    [
        avg::avg(),
        survey::survey_aggregate::<ces::Ces>(),
        survey::survey_aggregate::<csat::Csat>(),
        margin::margin_aggregate::<customer_success_margin::CustomerSuccessMargin>(),
        margin::margin_aggregate::<customer_success_margin_pct::CustomerSuccessMarginPct>(),
        gini::gini(),
        movement::movement_aggregate::<gross_revenue_retention::GrossRevenueRetention>(),
        movement::movement_aggregate::<logo_churn_rate::LogoChurnRate>(),
        quantile::median(),
        movement::movement_aggregate::<net_revenue_retention::NetRevenueRetention>(),
        survey::survey_aggregate::<nps::Nps>(),
        quantile::percentile_cont(),
        movement::movement_aggregate::<quick_ratio::QuickRatio>(),
        fit::fit_aggregate::<bgnbd_fit::BgnbdFit, 3>(),
        fit::fit_aggregate::<gamma_gamma_fit::GammaGammaFit, 2>(),
        fit::fit_aggregate::<kaplan_meier::KaplanMeier, 3>(),
        fit::fit_aggregate::<sbg_fit::SbgFit, 2>(),
        sum::sum(),
        margin::margin_aggregate::<support_margin::SupportMargin>(),
        margin::margin_aggregate::<support_margin_pct::SupportMarginPct>(),
        whale_peak_pct::whale_peak_pct(),
    ]
    .map(Arc::new)
    .into()
}

fn one_argument<'a>(function: &str, arg_types: &'a [DataType]) -> Result<&'a DataType> {
    match arg_types {
        [data_type] => Ok(data_type),
        _ => Err(FunctionError::new(format!(
            "`{function}` takes one argument, but was called with {}",
            arg_types.len()
        ))
        .with_help(format!("call it as `{function}(x)`"))
        .into()),
    }
}

/// The error for DISTINCT where it makes no sense.
fn refuse_distinct(function: &str, help: &str, is_distinct: bool) -> Result<()> {
    if !is_distinct {
        return Ok(());
    }
    Err(FunctionError::new(format!("`{function}` does not take DISTINCT")).with_help(help).into())
}
