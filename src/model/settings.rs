//! What the project says, in the form in which views take it: bound parameters.

use chrono::{Days, NaiveDate};
use datafusion::arrow::datatypes::Date32Type;

use crate::{
    error::{Error, Result},
    project::{Lock, Project},
    query::{ParameterType, Parameters},
};

/// The project, and what follows from it.
pub(super) struct Settings {
    pub(super) project: Project,
    /// The types of columns that were decided before.
    pub(super) lock: Option<Lock>,
    /// The day that reports look from.
    pub(super) as_of: NaiveDate,
    /// The last day that is believed, in days since 1970.
    pub(super) latest_day: i32,
}

impl Settings {
    /// Takes `today` where the project gives no day.
    pub(super) fn new(project: Project, today: NaiveDate, lock: Option<Lock>) -> Self {
        let as_of = project.as_of.unwrap_or(today);
        let latest =
            as_of.checked_add_days(Days::new(u64::from(project.future_days_max))).unwrap_or(NaiveDate::MAX);
        let latest_day = Date32Type::from_naive_date(latest);
        Self { project, lock, as_of, latest_day }
    }

    /// The time zone of the project; none if it is UTC.
    pub(super) fn time_zone(&self) -> Option<String> {
        let zone = &self.project.time_zone;
        (!zone.eq_ignore_ascii_case("UTC")).then(|| zone.clone())
    }

    /// The source whose customers define `customer_id`; empty where there is no source.
    pub(super) fn master(&self) -> &str {
        let project = &self.project;
        let first = project.sources.first().map_or("", |source| source.name.as_str());
        project.customers.master.as_ref().map_or(first, |master| master.value.as_str())
    }

    /// The parameters of the model's own views.
    ///
    /// # Errors
    /// A master that is not given where there is no source.
    pub(super) fn view_parameters(&self) -> Result<Parameters> {
        let project = &self.project;
        let mut parameters = self.shared_parameters()?;
        set(&mut parameters, "master", "text", &[self.master().to_owned()])?;
        set(&mut parameters, "recognition", "text", &[project.recognition.name().to_owned()])?;
        set(&mut parameters, "service", "text[]", &project.service)?;
        let valuation = &project.valuation;
        set(&mut parameters, "horizon_weeks", "int", &[valuation.horizon_weeks.to_string()])?;
        set(&mut parameters, "discount_rate", "decimal", &[valuation.discount_rate.to_string()])?;
        for component in &project.health.components {
            let name = |what: &str| format!("health_{}_{what}", component.name);
            set(&mut parameters, &name("weight"), "decimal", &[component.weight.to_string()])?;
            set(&mut parameters, &name("worst"), "decimal", &[component.worst.to_string()])?;
            set(&mut parameters, &name("best"), "decimal", &[component.best.to_string()])?;
            if let Some(days) = component.days {
                set(&mut parameters, &name("days"), "int", &[days.to_string()])?;
            }
        }
        let completeness_min = project.health.completeness_min.to_string();
        set(&mut parameters, "health_completeness_min", "decimal", &[completeness_min])?;
        for band in &project.health.bands {
            set(&mut parameters, &format!("health_{}", band.name), "decimal", &[band.lowest.to_string()])?;
        }
        Ok(parameters)
    }

    /// The parameters of every connector's SQL.
    ///
    /// # Errors
    /// None that a valid project could cause.
    pub(super) fn source_parameters(&self, source: &str) -> Result<Parameters> {
        let mut parameters = self.shared_parameters()?;
        set(&mut parameters, "source", "text", &[source.to_owned()])?;
        set(&mut parameters, "currency", "text", std::slice::from_ref(&self.project.currency))?;
        Ok(parameters)
    }

    fn shared_parameters(&self) -> Result<Parameters> {
        let project = &self.project;
        let mut parameters = Parameters::default();
        set(&mut parameters, "reporting_currency", "text", std::slice::from_ref(&project.currency))?;
        set(&mut parameters, "time_zone", "text", std::slice::from_ref(&project.time_zone))?;
        set(&mut parameters, "as_of", "date", &[self.as_of.to_string()])?;
        set(&mut parameters, "fiscal_year_starts", "int", &[project.fiscal_year_starts.to_string()])?;
        Ok(parameters)
    }
}

fn set(parameters: &mut Parameters, name: &str, type_name: &str, texts: &[String]) -> Result<()> {
    let parameter_type: ParameterType = type_name.parse().map_err(|error: Error| error)?;
    parameters.set(name, parameter_type.parse_values(name, texts)?);
    Ok(())
}
