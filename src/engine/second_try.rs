//! Queries that run out of memory are tried once more, in the way that needs least.
//!
//! A hash join holds one side in memory and cannot put it aside. A sort-merge join sorts both sides, and a sort goes to disk when
//! memory ends; how much it must hold to merge what it put there depends on the size of batches and on how many threads
//! sort at once. All of that is slower, so it is done only when the query has failed, and only before the first row was given
//! away: nobody sees a row twice.

use std::{sync::Arc, time::Duration};

use datafusion::{
    error::DataFusionError,
    execution::{context::SessionState, memory_pool::MemoryLimit},
    logical_expr::LogicalPlan,
};

use super::{diagnose::is_about_disk, verification};

/// Rows of a batch; a merge holds one batch of each run that it merges.
const BATCH_ROWS: usize = 1024;

/// Two threads: one alone is always given hash joins.
const THREADS: usize = 2;

/// A sort sets aside this part of the memory for its merge, and there may be several.
const MERGE_SHARE: usize = 32;

/// How often, and how long each time, workers that were told to stop are waited for.
const WAITS: usize = 1000;
const WAIT: Duration = Duration::from_millis(1);

/// A query, to be planned once more.
pub(super) struct SecondTry {
    state: SessionState,
    plan: LogicalPlan,
    /// What others held of the memory before the query began.
    reserved: usize,
}

impl SecondTry {
    /// None for what is no query, whose work could not be begun again.
    pub(super) fn of(state: SessionState, plan: LogicalPlan, reserved: usize) -> Option<Self> {
        verification::is_query(&plan).then_some(Self { state, plan, reserved })
    }

    /// Whether a failure is one that it may get around: memory was refused, and not disk.
    pub(super) fn may_help(error: &DataFusionError) -> bool {
        matches!(error.find_root(), DataFusionError::ResourcesExhausted(message) if !is_about_disk(message))
    }

    /// Waits until the workers of the first try have let go of their memory, and says how to plan what.
    pub(super) async fn begin(mut self) -> (SessionState, LogicalPlan) {
        let pool = Arc::clone(&self.state.runtime_env().memory_pool);
        for _ in 0..WAITS {
            if pool.reserved() <= self.reserved {
                break;
            }
            tokio::time::sleep(WAIT).await;
        }
        let batch_rows = self.state.config().batch_size().min(BATCH_ROWS);
        let config = self.state.config().clone().with_batch_size(batch_rows).with_target_partitions(THREADS);
        *self.state.config_mut() = config.with_repartition_joins(true);
        let options = self.state.config_mut().options_mut();
        options.optimizer.prefer_hash_join = false;
        if let MemoryLimit::Finite(bytes) = pool.memory_limit() {
            let reservation = &mut options.execution.sort_spill_reservation_bytes;
            *reservation = (*reservation).min(bytes / MERGE_SHARE);
        }
        (self.state, self.plan)
    }
}
