//! Workarounds for faults of DataFusion 55.2, one file each: the report, what it costs, and how it is mended here.
//!
//! Each fault has a statement with its right rows in `tests/slt/upstream/`, which also runs on plain DataFusion: on the
//! day a fault is mended there, that test names the file here that can go. `docs/upstream.md` is the list.
//!
//! Most remedies stop DataFusion from believing what is not proven: constants, orders, keys and names of columns.

mod ambiguous_filters;
mod array_has;
mod believed_keys;
mod believed_properties;
mod computed_in_lists;
mod cooperative_joins;
mod distinct_limits;
mod expressions;
mod filters_above_totals;
mod grouping_set_parameters;
mod in_lists;
mod lag_offsets;
mod lead_nulls;
mod lossy_casts;
mod merge_join_conditions;
mod nan_extremes;
mod nan_statistics;
mod nested_loop_spills;
mod not_in;
mod null_safe_joins;
mod range_frames;
mod refused_options;
mod scalar_subquery_nulls;
mod set_operations;
mod sort_limits;
mod subquery_aliases;
mod subquery_names;
mod subquery_offsets;
mod subquery_totals;
mod truth_tests;
mod union_nulls;
mod union_order;

use std::sync::Arc;

use datafusion::{
    logical_expr::{AggregateUDF, expr_rewriter::FunctionRewrite},
    optimizer::{AnalyzerRule, OptimizerRule},
    physical_optimizer::{PhysicalOptimizerRule, optimizer::PhysicalOptimizer},
};

pub(super) use believed_properties::hide_all;
pub(super) use cooperative_joins::CooperativeJoins;
pub(super) use grouping_set_parameters::with_values;
pub(super) use refused_options::refused_option;
pub(super) use union_order::{is_order_misjudged, sort_together};

type LogicalRule = Arc<dyn OptimizerRule + Send + Sync>;
type PhysicalRule = Arc<dyn PhysicalOptimizerRule + Send + Sync>;

/// Returns functions that take the place of DataFusion's.
pub(super) fn aggregate_functions() -> Vec<Arc<AggregateUDF>> {
    nan_extremes::functions()
}

/// Returns what runs on expressions before types are coerced.
pub(super) fn function_rewrites() -> Vec<Arc<dyn FunctionRewrite + Send + Sync>> {
    vec![Arc::new(range_frames::RangeFrames)]
}

/// Returns the rules that run on a plan before it is optimized, after types were coerced.
pub(super) fn analyzer_rules() -> Vec<Arc<dyn AnalyzerRule + Send + Sync>> {
    vec![
        Arc::new(expressions::Expressions(&[
            lossy_casts::keep,
            array_has::list,
            in_lists::keep_apart,
            nan_statistics::hide_compared,
            lag_offsets::check,
            lead_nulls::turn_around,
            subquery_totals::decide,
            subquery_offsets::count_rows,
            subquery_names::name,
        ])),
        Arc::new(subquery_aliases::SubqueryAliases),
        Arc::new(not_in::NotIn),
        Arc::new(set_operations::SetOperations),
        Arc::new(nan_statistics::NanStatistics),
        // Last, because others make scalar subqueries too.
        Arc::new(scalar_subquery_nulls::ScalarSubqueryNulls),
    ]
}

/// Mends the rules for logical plans.
pub(super) fn mend_logical_rules(rules: Vec<LogicalRule>) -> Vec<LogicalRule> {
    let mut mended: Vec<LogicalRule> = Vec::with_capacity(rules.len() + 4);
    for rule in rules {
        match rule.name() {
            "push_down_filter" => mended.push(Arc::new(filters_above_totals::PushDownFilters::default())),
            "eliminate_cross_join" => mended.push(Arc::new(null_safe_joins::EliminateCrossJoins::default())),
            "extract_equijoin_predicate" => mended.push(Arc::new(null_safe_joins::ExtractKeys::default())),
            // These act on keys that an aggregate above a join believes to have.
            "replace_distinct_aggregate" | "eliminate_join" | "optimize_projections" => {
                mended.push(Arc::new(believed_keys::ForgetKeys));
                mended.push(rule);
            }
            _ => mended.push(rule),
        }
    }
    // It would be simplified away again by any rule but the last.
    mended.push(Arc::new(truth_tests::TruthTests));
    mended.push(Arc::new(computed_in_lists::ComputedInLists));
    // Last, because every other rule may leave expressions of which less is known.
    mended.push(Arc::new(union_nulls::UnionNulls));
    mended
}

/// Returns DataFusion's rules for physical plans, mended.
pub(super) fn physical_rules() -> Vec<PhysicalRule> {
    let mut mended: Vec<PhysicalRule> = Vec::new();
    for rule in PhysicalOptimizer::new().rules {
        match rule.name() {
            "FilterPushdown" | "FilterPushdown(Post)" => {
                mended.push(Arc::new(ambiguous_filters::UnambiguousFilters::new(rule)));
            }
            // It is what acts on constants and orders, and what moves sorts with their limits.
            "EnsureRequirements" => {
                mended.push(Arc::new(believed_properties::ForgetProperties));
                mended.push(Arc::new(sort_limits::LimitsAboveSorts));
                mended.push(rule);
                mended.push(Arc::new(sort_limits::LimitsIntoSorts));
            }
            "ProjectionPushdown" => {
                mended.push(Arc::new(merge_join_conditions::ConditionsInPlace::new(rule)))
            }
            _ => mended.push(rule),
        }
    }
    mended.push(Arc::new(distinct_limits::DistinctLimits));
    mended.push(Arc::new(nested_loop_spills::NestedLoopSpills));
    mended.push(Arc::new(CooperativeJoins));
    mended
}

#[cfg(test)]
mod tests {
    use datafusion::optimizer::Optimizer;

    use super::*;

    /// A rule that upstream renames would lose its remedy in silence.
    #[test]
    fn every_remedy_finds_its_rule() {
        let logical = mend_logical_rules(Optimizer::new().rules);
        let debugged = format!("{logical:?}");
        for remedy in [
            "PushDownFilters",
            "EliminateCrossJoins",
            "ExtractKeys",
            "TruthTests",
            "ComputedInLists",
            "UnionNulls",
        ] {
            assert!(debugged.contains(remedy), "{remedy}: {debugged}");
        }
        assert_eq!(debugged.matches("ForgetKeys").count(), 3, "{debugged}");
        let physical = format!("{:?}", physical_rules());
        assert_eq!(physical.matches("UnambiguousFilters").count(), 2, "{physical}");
        assert_eq!(physical.matches("ConditionsInPlace").count(), 2, "{physical}");
        for remedy in ["ForgetProperties", "LimitsAboveSorts", "LimitsIntoSorts", "CooperativeJoins"] {
            assert!(physical.contains(remedy), "{remedy}: {physical}");
        }
    }
}
