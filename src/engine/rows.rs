//! The rows of a query: a schema, and batches that arrive as they are made.
//!
//! The partitions of a plan run at the same time and are read one after the other, so that a plain scan keeps
//! the order of its files however many threads there are.

use std::{collections::VecDeque, sync::Arc};

use datafusion::{
    arrow::{array::RecordBatch, datatypes::SchemaRef},
    error::DataFusionError,
    execution::{SendableRecordBatchStream, TaskContext, context::SessionState},
    logical_expr::LogicalPlan,
    physical_plan::{
        ExecutionPlan, ExecutionPlanProperties, Partitioning, execute_stream, execute_stream_partitioned,
    },
};
use futures::{StreamExt, stream::BoxStream};
use tokio::{sync::mpsc, task::JoinSet};

use super::{
    copying::Copying, damaged_files, diagnose::Diagnosis, inner_ties::decide_inner_ties,
    plain_road::plain_state, second_try::SecondTry, spill::SpillDirectory, upstream,
    verification::Verification,
};
use crate::error::{Error, Result};

/// Batches of a partition that may wait while an earlier partition is read.
const BATCHES_WAITING_MAX: usize = 4;

/// The result of one statement.
pub struct Rows {
    schema: SchemaRef,
    batches: BoxStream<'static, Result<RecordBatch, DataFusionError>>,
    diagnosis: Diagnosis,
    verification: Option<Box<Verification>>,
    /// What is run, to look for the cause of a failure in.
    plan: Arc<dyn ExecutionPlan>,
    /// Files that take their names at the end.
    copying: Option<Copying>,
    /// What to do if memory does not suffice, until the first row is there.
    second_try: Option<SecondTry>,
    /// Kept for as long as rows may come out of it.
    spill: Option<Arc<SpillDirectory>>,
}

impl Rows {
    pub(super) async fn start(
        state: SessionState,
        plan: LogicalPlan,
        diagnosis: Diagnosis,
        spill: Option<Arc<SpillDirectory>>,
    ) -> Result<Self> {
        let reserved = state.runtime_env().memory_pool.reserved();
        let rows = Self::planned(&state, &plan, diagnosis, spill).await?;
        Ok(Self { second_try: SecondTry::of(state, plan, reserved), ..rows })
    }

    async fn planned(
        state: &SessionState,
        plan: &LogicalPlan,
        diagnosis: Diagnosis,
        spill: Option<Arc<SpillDirectory>>,
    ) -> Result<Self> {
        let context = Arc::new(TaskContext::from(state));
        let physical = match physical_plan(state, plan).await {
            Err(error) if upstream::is_order_misjudged(&error) => {
                let together =
                    upstream::sort_together(plan.clone()).map_err(|error| diagnosis.explain(error))?;
                match physical_plan(state, &together).await {
                    // There every order is made by a sort.
                    Err(error) if upstream::is_order_misjudged(&error) => {
                        physical_plan(&plain_state(state.clone()), plan).await
                    }
                    planned => planned,
                }
            }
            planned => planned,
        };
        let physical = physical.map_err(|error| diagnosis.explain(error))?;
        // Otherwise an idle partition takes files from another, and rows come in the order in which threads finish.
        let physical = physical.with_preserve_order(true).unwrap_or(physical);
        Self::run(physical, context, diagnosis, spill)
    }

    fn run(
        plan: Arc<dyn ExecutionPlan>,
        context: Arc<TaskContext>,
        diagnosis: Diagnosis,
        spill: Option<Arc<SpillDirectory>>,
    ) -> Result<Self> {
        let schema = plan.schema();
        // Rows that are dealt out by hash have no order to keep, and those who wait would have to be stored.
        let streams = match plan.output_partitioning() {
            Partitioning::Hash(..) => execute_stream(Arc::clone(&plan), context).map(|stream| vec![stream]),
            _ => execute_stream_partitioned(Arc::clone(&plan), context),
        };
        let streams = streams.map_err(|error| diagnosis.explain(error))?;
        Ok(Self {
            schema,
            batches: in_order(streams),
            diagnosis,
            verification: None,
            plan,
            copying: None,
            second_try: None,
            spill,
        })
    }

    /// Lets the rows be verified: they end only when they are known to be the same on the plain road.
    pub(super) fn verified(self, verification: Verification) -> Self {
        Self { verification: Some(Box::new(verification)), ..self }
    }

    /// Gives files their names when the rows have ended.
    pub(super) fn committing(self, copying: Option<Copying>) -> Self {
        Self { copying, ..self }
    }

    /// The columns; known before the first row, and without any row.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Whether the statement gives a table at all; `CREATE VIEW` and `SET` do not.
    pub fn has_columns(&self) -> bool {
        !self.schema.fields().is_empty()
    }

    /// The next batch of rows, or none at the end.
    ///
    /// # Errors
    /// Whatever goes wrong while the query runs, explained; a verification that finds other rows.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            match self.batches.next().await {
                None => return self.ended().await.map(|()| None),
                Some(Ok(batch)) => {
                    self.second_try = None;
                    if let Some(verification) = &mut self.verification {
                        verification.add(&batch)?;
                    }
                    return Ok(Some(batch));
                }
                Some(Err(error)) => match self.second_try.take() {
                    Some(second_try) if SecondTry::may_help(&error) => self.begin_again(second_try).await?,
                    _ => return Err(self.explained(error).await),
                },
            }
        }
    }

    async fn ended(&mut self) -> Result<()> {
        match self.verification.take() {
            None => self.copying.take().map_or(Ok(()), Copying::commit),
            Some(verification) => verification.finish().await,
        }
    }

    async fn begin_again(&mut self, second_try: SecondTry) -> Result<()> {
        self.batches = futures::stream::empty().boxed();
        let (state, plan) = second_try.begin().await;
        let rows = Self::planned(&state, &plan, self.diagnosis.clone(), self.spill.clone()).await?;
        (self.batches, self.plan) = (rows.batches, rows.plan);
        Ok(())
    }

    async fn explained(&mut self, error: DataFusionError) -> Error {
        let damaged = match damaged_files::is_suspect(&error) {
            true => damaged_files::find(Arc::clone(&self.plan)).await,
            false => None,
        };
        damaged.unwrap_or_else(|| self.diagnosis.explain(error))
    }
}

/// Optimizes a plan, decides the ties within its functions, and makes it one that runs.
async fn physical_plan(
    state: &SessionState,
    plan: &LogicalPlan,
) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    let optimized = state.optimize(plan)?;
    let decided = decide_inner_ties(optimized)?;
    state.query_planner().create_physical_plan(&decided, state).await
}

/// Drives all streams at once and yields their batches in the streams' order.
///
/// A single stream has a task of its own too: whoever reads rows then only waits, and can be given up at any time.
fn in_order(
    streams: Vec<SendableRecordBatchStream>,
) -> BoxStream<'static, Result<RecordBatch, DataFusionError>> {
    // Dropping the set aborts its tasks: a result that is no longer read is no longer computed.
    let mut tasks = JoinSet::new();
    let receivers: VecDeque<_> = streams
        .into_iter()
        .map(|mut stream| {
            let (sender, receiver) = mpsc::channel(BATCHES_WAITING_MAX);
            tasks.spawn(async move {
                while let Some(batch) = stream.next().await {
                    if sender.send(Some(batch)).await.is_err() {
                        return;
                    }
                }
                // The end is said, never concluded from silence: a task that died must not look finished.
                let _ = sender.send(None).await;
            });
            receiver
        })
        .collect();
    futures::stream::unfold((tasks, receivers), |(mut tasks, mut receivers)| async move {
        loop {
            match receivers.front_mut()?.recv().await {
                Some(Some(batch)) => return Some((batch, (tasks, receivers))),
                Some(None) => receivers.pop_front(),
                None => {
                    let error = died(&mut tasks).await;
                    return Some((Err(error), (tasks, VecDeque::new())));
                }
            };
        }
    })
    .boxed()
}

async fn died(tasks: &mut JoinSet<()>) -> DataFusionError {
    while let Some(result) = tasks.join_next().await {
        if let Err(error) = result {
            return DataFusionError::ExecutionJoin(Box::new(error));
        }
    }
    DataFusionError::Execution("a worker stopped before it was done".to_owned())
}

#[cfg(test)]
mod tests {
    use datafusion::{arrow::datatypes::Schema, physical_plan::stream::RecordBatchStreamAdapter};

    use super::*;

    #[tokio::test]
    async fn a_worker_that_panics_is_an_error_not_an_early_end() {
        let schema = Arc::new(Schema::empty());
        let good = RecordBatchStreamAdapter::new(Arc::clone(&schema), futures::stream::empty());
        let bad = RecordBatchStreamAdapter::new(
            Arc::clone(&schema),
            futures::stream::once(async { panic!("a defect") }),
        );
        let mut batches = in_order(vec![Box::pin(good), Box::pin(bad)]);
        assert!(matches!(batches.next().await, Some(Err(DataFusionError::ExecutionJoin(_)))));
        assert!(batches.next().await.is_none());
    }
}
