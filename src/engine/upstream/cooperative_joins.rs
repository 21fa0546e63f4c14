//! Lets joins yield, so that a query can be cancelled while a join multiplies its rows.
//!
//! DataFusion makes scans and exchanges yield now and then. A join that turns one batch of its input into
//! millions of rows does not reach its input for minutes, and until then neither Ctrl-C nor anything else
//! on that thread is heard.

use std::sync::Arc;

use datafusion::{
    common::{
        config::ConfigOptions,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{
        ExecutionPlan,
        coop::CooperativeExec,
        joins::{CrossJoinExec, HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec},
        unnest::UnnestExec,
    },
};

/// Wraps what can yield more rows than it reads.
#[derive(Debug)]
pub(in crate::engine) struct CooperativeJoins;

impl PhysicalOptimizerRule for CooperativeJoins {
    fn name(&self) -> &str {
        "cooperative_joins"
    }

    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|plan| {
            Ok(match multiplies(plan.as_ref()) {
                true => Transformed::yes(Arc::new(CooperativeExec::new(plan)) as Arc<dyn ExecutionPlan>),
                false => Transformed::no(plan),
            })
        })
        .map(|transformed| transformed.data)
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn multiplies(plan: &dyn ExecutionPlan) -> bool {
    plan.is::<CrossJoinExec>()
        || plan.is::<HashJoinExec>()
        || plan.is::<NestedLoopJoinExec>()
        || plan.is::<SortMergeJoinExec>()
        || plan.is::<UnnestExec>()
}

#[cfg(test)]
mod tests {
    use crate::{
        engine::{Engine, EngineOptions},
        query::{Parameters, Text, parse_statements},
    };

    #[tokio::test]
    async fn a_join_that_multiplies_its_rows_gives_others_their_turn() {
        let options = EngineOptions { threads: Some(1), ..EngineOptions::default() };
        let engine = Engine::new(&options).expect("a session");
        let text = Text::new(
            "test",
            "SELECT sum(a.value * b.value) FROM generate_series(1, 5000) a(value) \
             CROSS JOIN generate_series(1, 5000) b(value)",
        );
        let statements = parse_statements(&text, engine.dialect().as_ref()).expect("a statement");
        let mut rows = engine.run(&statements[0], &Parameters::default()).await.expect("a query");
        // Everything is on this one thread: a turn for others is a turn of this loop.
        let mut turns = 0;
        loop {
            tokio::select! {
                biased;
                row = rows.next() => {
                    assert!(row.expect("no error").is_some());
                    break;
                }
                () = tokio::task::yield_now() => turns += 1,
            }
        }
        // 5,000 batches come out of the join, at most 128 of them in a turn. Without the rule there is no turn at all.
        assert!(turns >= 10, "{turns} turns");
    }
}
