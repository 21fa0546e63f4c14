//! Scalar functions, one per file. `numeric` and `kernel` have what their loops share, `decimal` the rounding.

mod as_money;
mod bgnbd_expected_purchases;
mod bgnbd_probability_alive;
mod bgnbd_purchases_probability;
mod blanks;
mod cac_payback;
mod calendar;
mod clamp_to_nanoseconds;
mod clean_key;
mod clv;
mod converted;
mod date_bin;
mod date_text;
mod date_trunc;
mod fiscal_period;
mod fiscal_quarter;
mod fiscal_year;
mod gamma_gamma_expected_value;
mod health_score;
mod is_ambiguous_date;
mod known_rate;
mod local_date;
mod margin;
mod margin_pct;
mod median_survival;
mod model_function;
mod money;
mod money_text;
mod month_names;
mod prorate;
mod quantity;
mod sbg_expected_lifetime;
mod sbg_retention_rate;
mod sbg_survival;
mod scale_score;
mod text_column;
mod try_date;
mod try_money;
mod try_timestamp;
mod zone;

use std::sync::Arc;

use datafusion::logical_expr::{DocSection, ScalarUDF};

use model_function::model_function;

pub(crate) const MARGINS: DocSection = DocSection { include: true, label: "Margins", description: None };

pub(crate) const ALLOCATION: DocSection =
    DocSection { include: true, label: "Allocation", description: None };

pub(crate) const CUSTOMER_METRICS: DocSection =
    DocSection { include: true, label: "Customer metrics", description: None };

pub(crate) const FISCAL_CALENDAR: DocSection = DocSection {
    include: true,
    label: "Fiscal calendar",
    description: Some(
        "A fiscal year is named after the calendar year in which it ends: with July as the first month, fiscal \
         year 2026 runs from 2025-07-01 to 2026-06-30. With January as the first month it is the calendar year.",
    ),
};

pub(crate) const CURRENCIES: DocSection =
    DocSection { include: true, label: "Currencies", description: None };

pub(crate) const DATES: DocSection = DocSection { include: true, label: "Dates in text", description: None };

pub(crate) const KEYS: DocSection = DocSection { include: true, label: "Keys", description: None };

pub(crate) const TEXT: DocSection = DocSection { include: true, label: "Amounts in text", description: None };

/// The section of functions for every date there is.
pub(crate) const CALENDAR: DocSection = DocSection { include: true, label: "Calendar", description: None };

pub(crate) use clamp_to_nanoseconds::clamp_to_nanoseconds;
pub use date_text::{Order as DateOrder, Written as WrittenDate, read as read_date};
pub use money::money_type;

/// All scalar functions of this module.
pub(crate) fn all() -> Vec<Arc<ScalarUDF>> {
    [
        ScalarUDF::from(as_money::AsMoney::new()),
        cac_payback::CacPayback::new().into(),
        clamp_to_nanoseconds::clamp_to_nanoseconds(),
        clean_key::CleanKey::new().into(),
        clv::Clv::new().into(),
        converted::Converted::new().into(),
        date_bin::date_bin(),
        date_trunc::date_trunc(),
        fiscal_period::FiscalPeriod::new().into(),
        fiscal_quarter::FiscalQuarter::new().into(),
        fiscal_year::FiscalYear::new().into(),
        health_score::HealthScore::new().into(),
        model_function::<bgnbd_expected_purchases::BgnbdExpectedPurchases, 4, 4>(),
        model_function::<bgnbd_probability_alive::BgnbdProbabilityAlive, 4, 3>(),
        model_function::<bgnbd_purchases_probability::BgnbdPurchasesProbability, 4, 2>(),
        model_function::<gamma_gamma_expected_value::GammaGammaExpectedValue, 3, 2>(),
        is_ambiguous_date::IsAmbiguousDate::new().into(),
        known_rate::KnownRate::new().into(),
        local_date::LocalDate::new().into(),
        margin::Margin::new().into(),
        margin_pct::MarginPct::new().into(),
        median_survival::MedianSurvival::new().into(),
        money::Money::new().into(),
        prorate::Prorate::new().into(),
        scale_score::ScaleScore::new().into(),
        model_function::<sbg_expected_lifetime::SbgExpectedLifetime, 2, 2>(),
        model_function::<sbg_retention_rate::SbgRetentionRate, 2, 1>(),
        model_function::<sbg_survival::SbgSurvival, 2, 1>(),
        try_date::TryDate::new().into(),
        try_money::TryMoney::new().into(),
        try_timestamp::TryTimestamp::new().into(),
    ]
    .map(Arc::new)
    .into()
}
