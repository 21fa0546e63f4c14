//! Rows that are computed once and read often: in memory while they are few, else in a file of the session.
//!
//! A view that is read in ten places would otherwise be planned and computed ten times. Below it everything is decided;
//! above it plans stay small. What does not fit goes to disk, so that memory is bounded whatever the files hold.

use std::{
    any::Any,
    fmt::{self, Debug},
    io::BufWriter,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use datafusion::{
    arrow::{
        array::RecordBatch,
        compute::BatchCoalescer,
        datatypes::SchemaRef,
        ipc::{
            CompressionType,
            writer::{FileWriter, IpcWriteOptions},
        },
    },
    catalog::{TableProvider, cte_worktable::CteWorkTable},
    common::{exec_datafusion_err, tree_node::TreeNodeRecursion},
    datasource::{
        MemTable,
        empty::EmptyTable,
        file_format::arrow::ArrowFormat,
        listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl},
        source_as_provider,
    },
    error::Result,
    execution::{
        SpillFile, SpillWriter,
        context::SessionState,
        disk_manager::DiskManager,
        memory_pool::{MemoryConsumer, MemoryReservation},
    },
    logical_expr::LogicalPlan,
};

/// Most bytes of one table that stay in memory.
const TABLE_BYTES_MAX: usize = 32 << 20;
/// The part of the session's memory that all kept tables may take together: one in so many.
const PART_OF_MEMORY: usize = 4;
/// Rows of a kept batch.
const BATCH_ROWS: usize = 8192;

/// What becomes of a table that has no room in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overflow {
    /// It is not kept.
    GiveUp,
    /// It goes into a file.
    ToFile,
}

/// The kept tables of a session.
pub(super) struct Kept {
    bytes_max: usize,
    /// What the tables take of the session's memory; never given back, as tables stay until the session ends.
    reservations: Mutex<Vec<MemoryReservation>>,
    /// The files of those that have no room in memory; they go with the session.
    files: Mutex<Vec<Arc<dyn SpillFile>>>,
}

impl Kept {
    pub(super) fn new(memory_bytes: usize) -> Self {
        Self {
            bytes_max: memory_bytes / PART_OF_MEMORY,
            reservations: Mutex::default(),
            files: Mutex::default(),
        }
    }

    /// Begins a table. Its types are those of the rows: a plan's can change when it is optimised.
    pub(super) fn begin(
        self: &Arc<Self>,
        schema: &SchemaRef,
        state: &SessionState,
        overflow: Overflow,
    ) -> Keeping {
        let runtime = state.runtime_env();
        Keeping {
            kept: Arc::clone(self),
            coalescer: BatchCoalescer::new(Arc::clone(schema), BATCH_ROWS),
            schema: Arc::clone(schema),
            batches: Vec::new(),
            reservation: MemoryConsumer::new("kept tables").register(&runtime.memory_pool),
            disk: Arc::clone(&runtime.disk_manager),
            overflow,
            given_up: false,
            file: None,
        }
    }

    fn reserved(&self) -> usize {
        let reservations = self.reservations.lock().unwrap_or_else(PoisonError::into_inner);
        reservations.iter().map(MemoryReservation::size).sum()
    }
}

impl Debug for Kept {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Kept").field("bytes_max", &self.bytes_max).finish_non_exhaustive()
    }
}

type Target = BufWriter<Box<dyn SpillWriter>>;

/// A table that is being kept.
pub(super) struct Keeping {
    kept: Arc<Kept>,
    schema: SchemaRef,
    /// Texts of filtered rows would hold on to all the text that was read.
    coalescer: BatchCoalescer,
    batches: Vec<RecordBatch>,
    reservation: MemoryReservation,
    disk: Arc<DiskManager>,
    overflow: Overflow,
    given_up: bool,
    file: Option<(Arc<dyn SpillFile>, FileWriter<Target>)>,
}

impl Keeping {
    /// Adds rows.
    pub(super) fn add(&mut self, batch: RecordBatch) -> Result<()> {
        self.coalescer.push_batch(batch)?;
        self.drain()
    }

    /// Whether there is no room, and the table need not be kept.
    pub(super) fn has_given_up(&self) -> bool {
        self.given_up
    }

    fn drain(&mut self) -> Result<()> {
        while let Some(batch) = self.coalescer.next_completed_batch() {
            if let Some((_, writer)) = &mut self.file {
                writer.write(&batch)?;
                continue;
            }
            let has_room = self.has_room(batch.get_array_memory_size());
            self.batches.push(batch);
            match (has_room, self.overflow) {
                (true, _) => {}
                (false, Overflow::ToFile) => self.move_to_file()?,
                (false, Overflow::GiveUp) => self.given_up = true,
            }
        }
        Ok(())
    }

    fn has_room(&mut self, bytes: usize) -> bool {
        let own = self.reservation.size() + bytes;
        own <= TABLE_BYTES_MAX
            && own + self.kept.reserved() <= self.kept.bytes_max
            && self.reservation.try_grow(bytes).is_ok()
    }

    fn move_to_file(&mut self) -> Result<()> {
        let file = self.disk.create_tmp_file("keeping a table")?;
        // Without a feature of our own: DataFusion spills with the same codec.
        let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME))?;
        let target = BufWriter::new(file.open_writer()?);
        let mut writer = FileWriter::try_new_with_options(target, &self.schema, options)?;
        for batch in self.batches.drain(..) {
            writer.write(&batch)?;
        }
        self.reservation.free();
        self.file = Some((file, writer));
        Ok(())
    }

    /// Ends the table; none if it was given up.
    pub(super) async fn finish(mut self, state: &SessionState) -> Result<Option<Arc<dyn TableProvider>>> {
        self.coalescer.finish_buffered_batch()?;
        self.drain()?;
        if self.given_up {
            return Ok(None);
        }
        let Some((file, mut writer)) = self.file.take() else {
            let table = MemTable::try_new(self.schema, vec![self.batches])?;
            let mut reservations = self.kept.reservations.lock().unwrap_or_else(PoisonError::into_inner);
            reservations.push(self.reservation);
            return Ok(Some(Arc::new(table)));
        };
        writer.finish()?;
        let path = file.path().map(Path::to_owned);
        let path = path.ok_or_else(|| exec_datafusion_err!("a kept table has no file"))?;
        self.kept.files.lock().unwrap_or_else(PoisonError::into_inner).push(file);
        Ok(Some(Arc::new(arrow_table(state, &path, Some(self.schema)).await?)))
    }
}

/// An Arrow file as a table, with its own schema unless one is given.
pub(super) async fn arrow_table(
    state: &SessionState,
    file: &Path,
    schema: Option<SchemaRef>,
) -> Result<ListingTable> {
    let location = ListingTableUrl::parse(file.to_string_lossy())?;
    let options = ListingOptions::new(Arc::new(ArrowFormat)).with_file_extension("");
    let schema = match schema {
        Some(schema) => schema,
        None => options.infer_schema(state, &location).await?,
    };
    let config = ListingTableConfig::new(location).with_listing_options(options).with_schema(schema);
    ListingTable::try_new(config)
}

/// Whether a plan reads nothing but rows in memory, so that it costs little to compute it once and for all.
pub(super) fn is_in_memory(plan: &LogicalPlan) -> Result<bool> {
    let mut is_in_memory = true;
    plan.apply_with_subqueries(|plan| {
        match plan {
            LogicalPlan::TableScan(scan) => {
                let provider = source_as_provider(&scan.source)?;
                let provider: &dyn Any = provider.as_ref();
                is_in_memory &=
                    provider.is::<MemTable>() || provider.is::<EmptyTable>() || provider.is::<CteWorkTable>();
            }
            LogicalPlan::Extension(_) => is_in_memory = false,
            _ => {}
        }
        Ok(match is_in_memory {
            true => TreeNodeRecursion::Continue,
            false => TreeNodeRecursion::Stop,
        })
    })?;
    Ok(is_in_memory)
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::{
        array::{ArrayRef, AsArray, Int64Array, StringViewArray},
        datatypes::Int64Type,
    };
    use datafusion::prelude::SessionContext;

    use super::*;

    fn batch(from: i64, rows: i64) -> RecordBatch {
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(from..from + rows));
        let texts = (from..from + rows).map(|number| format!("a text beyond twelve bytes, {number}"));
        let texts: ArrayRef = Arc::new(StringViewArray::from_iter_values(texts));
        RecordBatch::try_from_iter([("number", numbers), ("text", texts)]).unwrap()
    }

    async fn kept(rows: i64, memory_bytes: usize) -> (Vec<i64>, bool, usize) {
        let kept = Arc::new(Kept::new(memory_bytes));
        let context = SessionContext::new();
        let state = context.state();
        let mut keeping = kept.begin(&batch(0, 1).schema(), &state, Overflow::ToFile);
        for from in (0..rows).step_by(100) {
            keeping.add(batch(from, 100.min(rows - from))).unwrap();
        }
        let table = keeping.finish(&state).await.unwrap().unwrap();
        let frame = context.read_table(Arc::clone(&table)).unwrap();
        let is_in_memory = is_in_memory(frame.logical_plan()).unwrap();
        let mut numbers = Vec::new();
        for batch in frame.collect().await.unwrap() {
            numbers.extend(batch.column(0).as_primitive::<Int64Type>().values().iter().copied());
            let texts = batch.column(1).as_string_view();
            let last = batch.num_rows() - 1;
            assert!(texts.value(last).ends_with(&format!(" {}", numbers[numbers.len() - 1])));
        }
        let files = kept.files.lock().unwrap().len();
        (numbers, is_in_memory, files)
    }

    #[tokio::test]
    async fn few_rows_stay_in_memory_in_their_order() {
        let (numbers, is_in_memory, files) = kept(20_000, 1 << 30).await;
        assert_eq!(numbers, (0..20_000).collect::<Vec<_>>());
        assert!(is_in_memory);
        assert_eq!(files, 0);
    }

    #[tokio::test]
    async fn rows_beyond_the_memory_are_all_in_a_file() {
        let (mut numbers, is_in_memory, files) = kept(50_000, 4 << 20).await;
        numbers.sort_unstable();
        assert_eq!(numbers, (0..50_000).collect::<Vec<_>>());
        assert!(!is_in_memory);
        assert_eq!(files, 1);
    }

    #[tokio::test]
    async fn what_need_not_be_kept_is_given_up() {
        let kept = Arc::new(Kept::new(4 << 20));
        let state = SessionContext::new().state();
        let mut keeping = kept.begin(&batch(0, 1).schema(), &state, Overflow::GiveUp);
        let mut rows = 0;
        while !keeping.has_given_up() {
            keeping.add(batch(rows, 1_000)).unwrap();
            rows += 1_000;
            assert!(rows < 100_000, "four megabytes are a quarter of a million rows at most");
        }
        assert!(keeping.finish(&state).await.unwrap().is_none());
        assert_eq!(kept.files.lock().unwrap().len(), 0);
    }

    #[tokio::test]
    async fn no_rows_are_a_table_too() {
        let (numbers, is_in_memory, _) = kept(0, 1 << 30).await;
        assert!(numbers.is_empty() && is_in_memory);
    }
}
