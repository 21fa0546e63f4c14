//! The settings that are one of a few words.

/// A set of words, each with its meaning.
pub(super) trait Choice: Copy + 'static {
    /// Every word, in the order in which they are explained.
    const CHOICES: &'static [(&'static str, Self)];
}

/// The words of a set.
pub(super) fn names<T: Choice>() -> Vec<&'static str> {
    T::CHOICES.iter().map(|(name, _)| *name).collect()
}

/// How a customer of one source is found among those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchRule {
    /// The same key.
    Id,
    /// The same tax number.
    TaxId,
    /// The same domain of web and mail addresses.
    Domain,
    /// The same name, without legal forms and marks.
    Name,
}

impl Choice for MatchRule {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("id", Self::Id), ("tax_id", Self::TaxId), ("domain", Self::Domain), ("name", Self::Name)];
}

impl MatchRule {
    /// The rule as the project file writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::TaxId => "tax_id",
            Self::Domain => "domain",
            Self::Name => "name",
        }
    }
}

/// How the cost of service departments that serve each other is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllocationMethod {
    /// What they do for each other is left out.
    Direct,
    /// One after the other, in the order of the file; what comes back to one that is done is left out.
    StepDown,
    /// All at once, as the solution of the equations between them.
    Reciprocal,
}

impl Choice for AllocationMethod {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("direct", Self::Direct), ("step_down", Self::StepDown), ("reciprocal", Self::Reciprocal)];
}

/// When revenue counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognition {
    /// On the day it is posted.
    Posted,
    /// Day by day over its service period, where it has one.
    ServicePeriod,
}

impl Choice for Recognition {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("posted", Self::Posted), ("service_period", Self::ServicePeriod)];
}

impl Recognition {
    /// The word as the project file writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::ServicePeriod => "service_period",
        }
    }
}

/// The first parts of cost categories.
pub(super) const SERVICE_PARTS: [&str; 5] = ["support", "success", "acquisition", "cogs", "overhead"];

/// The first parts of revenue categories.
pub(super) const REVENUE_PARTS: [&str; 6] =
    ["subscription", "product", "upsell", "services", "support", "other"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_names_its_meaning() {
        assert!(MatchRule::CHOICES.iter().all(|(name, rule)| rule.name() == *name));
        assert!(Recognition::CHOICES.iter().all(|(name, recognition)| recognition.name() == *name));
    }
}
