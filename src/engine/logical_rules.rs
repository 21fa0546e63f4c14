//! DataFusion's rules for logical plans, with those of marginql in their places.

use std::sync::Arc;

use datafusion::optimizer::{AnalyzerRule, Optimizer, OptimizerRule};

use super::{
    coercion,
    doubles::DoublesStayDoubles,
    exact_casts::ExactCasts,
    null_rejecting::NullRejectingFilters,
    upstream,
    zeros::{BothZeros, ZerosAreEqual},
};

/// The rules that say what a plan means, in their order.
pub(super) fn analyzer_rules() -> Vec<Arc<dyn AnalyzerRule + Send + Sync>> {
    let mut rules = coercion::analyzer_rules();
    let coercion = rules.iter().position(|rule| rule.name() == "type_coercion");
    rules.insert(coercion.unwrap_or(rules.len()), Arc::new(DoublesStayDoubles));
    rules.push(Arc::new(ZerosAreEqual));
    rules.extend(upstream::analyzer_rules());
    // Last, because there may be casts anywhere.
    rules.push(Arc::new(ExactCasts));
    rules
}

/// The rules that make plans faster, in their order.
pub(super) fn logical_rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    let mut rules = upstream::mend_logical_rules(Optimizer::new().rules);
    if let Some(place) = rules.iter().position(|rule| rule.name() == "push_down_filter") {
        // What it makes stricter lets filters through in the same pass, and what they reach it sees in the next.
        rules.insert(place, Arc::new(NullRejectingFilters));
    }
    rules.push(Arc::new(BothZeros));
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_kept_before_types_are_coerced_and_casts_rounded_after() {
        let rules = analyzer_rules();
        let names: Vec<_> = rules.iter().map(|rule| rule.name()).collect();
        let place = |name: &str| names.iter().position(|other| *other == name);
        assert!(place("doubles_stay_doubles") < place("type_coercion"), "{names:?}");
        assert!(place("type_coercion") < place("zeros_are_equal"), "{names:?}");
        assert_eq!(names.last(), Some(&"exact_casts"));
    }

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
