//! The plain road: a second way to compute a result, on which as little as possible is believed.
//!
//! Only what is needed to run a plan at all is done to it: subqueries become joins, functions that exist only as other
//! expressions become those, equalities of inner joins become their keys, columns that nobody reads are left out. One
//! thread reads whole files; every order that an operator asks for is made by a sort; nothing is known of any column;
//! no filter is pushed, and what was kept is computed again. `verification` compares its rows with those of the session.

mod functions;
mod join_keys;
mod requirements;
mod tables;

use std::sync::Arc;

use datafusion::{
    config::ConfigOptions,
    execution::{SessionStateBuilder, context::SessionState},
    optimizer::{
        OptimizerRule, decorrelate_lateral_join::DecorrelateLateralJoin,
        decorrelate_predicate_subquery::DecorrelatePredicateSubquery,
        extract_equijoin_predicate::ExtractEquijoinPredicate, optimize_projections::OptimizeProjections,
        replace_distinct_aggregate::ReplaceDistinctWithAggregate,
        rewrite_set_comparison::RewriteSetComparison, scalar_subquery_to_join::ScalarSubqueryToJoin,
    },
    physical_optimizer::{
        PhysicalOptimizerRule, ensure_coop::EnsureCooperative, join_selection::JoinSelection,
        sanity_checker::SanityCheckPlan,
    },
};

pub(super) use tables::PlainTables;

use super::{upstream, zeros::BothZeros};

/// Returns a session with the same tables and functions that computes on the plain road.
pub(super) fn plain_state(state: SessionState) -> SessionState {
    let mut config = state.config().clone();
    believe_nothing(config.options_mut());
    SessionStateBuilder::new_from_existing(state)
        .with_config(config)
        .with_optimizer_rules(logical_rules())
        .with_physical_optimizer_rules(physical_rules())
        .build()
}

fn believe_nothing(options: &mut ConfigOptions) {
    options.execution.target_partitions = 1;
    options.execution.parquet.pruning = false;
    options.execution.parquet.enable_page_index = false;
    options.execution.parquet.bloom_filter_on_read = false;
    options.execution.parquet.pushdown_filters = false;
    options.execution.parquet.reorder_filters = false;
    options.optimizer.enable_dynamic_filter_pushdown = false;
    options.optimizer.enable_topk_dynamic_filter_pushdown = false;
    options.optimizer.enable_join_dynamic_filter_pushdown = false;
    options.optimizer.enable_aggregate_dynamic_filter_pushdown = false;
    options.optimizer.prefer_existing_sort = false;
    options.optimizer.prefer_existing_union = false;
    options.optimizer.enable_piecewise_merge_join = false;
    // Sorting both sides of a join would be another way, not a plainer one.
    options.optimizer.prefer_hash_join = true;
}

fn logical_rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    upstream::mend_logical_rules(vec![
        Arc::new(RewriteSetComparison::new()),
        Arc::new(functions::FunctionsAsExpressions),
        Arc::new(ReplaceDistinctWithAggregate::new()),
        Arc::new(DecorrelatePredicateSubquery::new()),
        Arc::new(ScalarSubqueryToJoin::new()),
        Arc::new(DecorrelateLateralJoin::new()),
        Arc::new(join_keys::JoinKeys),
        Arc::new(ExtractEquijoinPredicate::new()),
        Arc::new(OptimizeProjections::new()),
        // It says what `=` means, and makes nothing faster.
        Arc::new(BothZeros),
    ])
}

fn physical_rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    vec![
        // The smaller side of a join is held in memory, or nothing large could be verified.
        Arc::new(JoinSelection::new()),
        Arc::new(requirements::PlainRequirements),
        Arc::new(EnsureCooperative::new()),
        Arc::new(upstream::CooperativeJoins),
        Arc::new(SanityCheckPlan::new()),
    ]
}
