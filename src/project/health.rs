//! The health score of customers: what it is made of, how each part becomes 0 to 100, and what the bands are called.

use rust_decimal::Decimal;

use super::{
    document::{Entry, Section},
    keys, values,
};
use crate::error::{Error, Result};

/// How the health of customers is scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The components, in the order in which they are explained.
    pub components: Vec<HealthComponent>,
    /// The bands, the best first.
    pub bands: Vec<HealthBand>,
    /// How much of the weights must be known for a band, as a fraction.
    pub completeness_min: Decimal,
}

/// One component of the score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthComponent {
    /// Its name.
    pub name: &'static str,
    /// How much it counts beside the others; 0 leaves it out.
    pub weight: Decimal,
    /// The value that scores 0.
    pub worst: Decimal,
    /// The value that scores 100.
    pub best: Decimal,
    /// How many days up to the project's date it looks at; none for one that is measured in days itself.
    pub days: Option<u32>,
}

/// A band of scores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthBand {
    /// Its name.
    pub name: &'static str,
    /// The lowest score that belongs to it.
    pub lowest: Decimal,
}

impl Default for Health {
    fn default() -> Self {
        let component = |name, weight, worst, best, days| HealthComponent {
            name,
            weight: Decimal::from(weight),
            worst: Decimal::from(worst),
            best: Decimal::from(best),
            days,
        };
        let band = |name, lowest| HealthBand { name, lowest: Decimal::from(lowest) };
        Self {
            components: vec![
                component("usage", 30, 0, 20, Some(30)),
                component("adoption", 20, 0, 100, Some(90)),
                component("support", 20, 10, 0, Some(90)),
                component("survey", 20, 0, 100, Some(365)),
                component("recency", 10, 50, 0, None),
            ],
            bands: vec![band("healthy", 80), band("fair", 60), band("at_risk", 40)],
            completeness_min: Decimal::new(5, 1),
        }
    }
}

/// Reads `[health]`.
pub(super) fn health(root: &Section<'_>) -> Result<Health> {
    let mut health = Health::default();
    let Some(entry) = root.get("health") else { return Ok(health) };
    let section = entry.section(keys::HEALTH)?;
    for component in &mut health.components {
        if let Some(entry) = section.get(component.name) {
            read_component(component, &entry)?;
        }
    }
    if health.components.iter().all(|component| component.weight.is_zero()) {
        return Err(Error::config("every component of `[health]` has the weight 0")
            .at(section.place())
            .hint("give at least one a weight: a score is a weighted mean"));
    }
    if let Some(entry) = section.get("bands") {
        read_bands(&mut health.bands, &entry)?;
    }
    if let Some(entry) = section.get("completeness_min") {
        let wanted = "a fraction from 0 to 1";
        health.completeness_min = values::decimal(&entry, wanted, 6)?;
        if health.completeness_min < Decimal::ZERO || health.completeness_min > Decimal::ONE {
            return Err(entry.must_be(wanted));
        }
    }
    Ok(health)
}

fn read_component(component: &mut HealthComponent, entry: &Entry<'_>) -> Result<()> {
    let section = entry.section(match component.days {
        Some(_) => keys::HEALTH_COMPONENT,
        None => keys::HEALTH_RECENCY,
    })?;
    if let Some(entry) = section.get("weight") {
        let wanted = "a number of zero or more";
        component.weight = values::decimal(&entry, wanted, 6)?;
        if component.weight.is_sign_negative() && !component.weight.is_zero() {
            return Err(entry.must_be(wanted).hint("0 leaves the component out"));
        }
    }
    for (key, value) in [("worst", &mut component.worst), ("best", &mut component.best)] {
        if let Some(entry) = section.get(key) {
            *value = values::decimal(&entry, "a number", 6)?;
        }
    }
    if let Some(days) = &mut component.days
        && let Some(entry) = section.get("days")
    {
        *days = values::integer(&entry, 1, 36_500)?;
    }
    if component.worst == component.best {
        return Err(Error::config(format!("`worst` and `best` of `{}` are the same", entry.path))
            .at(section.place())
            .hint("the value that scores 0 and the value that scores 100 must differ"));
    }
    Ok(())
}

fn read_bands(bands: &mut [HealthBand], entry: &Entry<'_>) -> Result<()> {
    let section = entry.section(keys::HEALTH_BANDS)?;
    for band in bands.iter_mut() {
        let Some(entry) = section.get(band.name) else { continue };
        let wanted = "a score from 0 to 100";
        band.lowest = values::decimal(&entry, wanted, 4)?;
        if band.lowest < Decimal::ZERO || band.lowest > Decimal::ONE_HUNDRED {
            return Err(entry.must_be(wanted));
        }
    }
    for pair in bands.windows(2) {
        let [better, worse] = pair else { continue };
        if better.lowest <= worse.lowest {
            let message = format!(
                "`{}` begins at {}, which is not above `{}` at {}",
                better.name, better.lowest, worse.name, worse.lowest
            );
            return Err(Error::config(message)
                .at(section.place())
                .hint("the bands go down: healthy, fair, at_risk, and below them critical"));
        }
    }
    Ok(())
}
