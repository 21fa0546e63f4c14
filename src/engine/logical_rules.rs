//! DataFusion's rules for logical plans, with those of marginql in their places.

use std::sync::Arc;

use datafusion::optimizer::{Optimizer, OptimizerRule};

use super::{null_rejecting::NullRejectingFilters, upstream};

/// The rules of a session, in their order.
pub(super) fn logical_rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    let mut rules = upstream::mend_logical_rules(Optimizer::new().rules);
    if let Some(place) = rules.iter().position(|rule| rule.name() == "push_down_filter") {
        // What it makes stricter lets filters through in the same pass, and what they reach it sees in the next.
        rules.insert(place, Arc::new(NullRejectingFilters));
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_finds_its_place() {
        let rules = logical_rules();
        let names: Vec<_> = rules.iter().map(|rule| rule.name()).collect();
        let place = |name: &str| names.iter().position(|other| *other == name);
        assert_eq!(
            place("null_rejecting_filters").map(|place| place + 1),
            place("push_down_filter"),
            "{names:?}"
        );
    }
}
