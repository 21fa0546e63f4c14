//! Rows that are computed once and read often: in memory while they are few, else in a file of the session.
//!
//! A view that is read in ten places would otherwise be planned and computed ten times. Below it everything is decided;
//! above it plans stay small. What does not fit goes to disk, so that memory is bounded whatever the files hold.

use std::{
    any::Any,
    fmt::{self, Debug},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use datafusion::{
    arrow::{
        array::RecordBatch,
        compute::BatchCoalescer,
        datatypes::SchemaRef,
        ipc::{
            CompressionType,
            reader::FileReader,
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

use super::lasting::Lasting;

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
    /// What tells these tables from others, for as long as somebody uses them.
    identities: Mutex<Vec<(Weak<dyn TableProvider>, String)>>,
    /// What the rows of these tables were computed from, for those who compute them again.
    plans: Mutex<Vec<(Weak<dyn TableProvider>, LogicalPlan)>>,
    lasting: Lasting,
}

impl Kept {
    /// Keeps tables in a part of so much memory, and what takes long for later sessions in the state directory, if there is one.
    pub(super) fn new(memory_bytes: usize, state_directory: Option<&Path>) -> Self {
        Self {
            bytes_max: memory_bytes / PART_OF_MEMORY,
            reservations: Mutex::default(),
            files: Mutex::default(),
            identities: Mutex::default(),
            plans: Mutex::default(),
            lasting: Lasting::new(state_directory),
        }
    }

    /// Whether there is a place for the rows of later sessions.
    pub(super) fn lasts(&self) -> bool {
        self.lasting.is_possible()
    }

    /// The identity of a table that was kept.
    pub(super) fn identity_of(&self, table: &Arc<dyn TableProvider>) -> Option<String> {
        let identities = self.identities.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |(known, _): &&(Weak<dyn TableProvider>, String)| {
            std::ptr::addr_eq(known.as_ptr(), Arc::as_ptr(table))
        };
        identities.iter().find(same).map(|(_, identity)| identity.clone())
    }

    /// Says what tells a table from others.
    pub(super) fn identify(&self, table: &Arc<dyn TableProvider>, identity: String) {
        let mut identities = self.identities.lock().unwrap_or_else(PoisonError::into_inner);
        identities.retain(|(table, _)| table.strong_count() > 0);
        identities.push((Arc::downgrade(table), identity));
    }

    /// Says what the rows of a table are computed from.
    pub(super) fn remember_plan(&self, table: &Arc<dyn TableProvider>, plan: LogicalPlan) {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        plans.retain(|(table, _)| table.strong_count() > 0);
        plans.push((Arc::downgrade(table), plan));
    }

    /// What the rows of a kept table are computed from.
    pub(super) fn plan_of(&self, table: &Arc<dyn TableProvider>) -> Option<LogicalPlan> {
        let plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |(known, _): &&(Weak<dyn TableProvider>, LogicalPlan)| {
            std::ptr::addr_eq(known.as_ptr(), Arc::as_ptr(table))
        };
        plans.iter().find(same).map(|(_, plan)| plan.clone())
    }

    /// The table that an earlier session computed: in memory if it has room there.
    pub(super) async fn find(
        self: &Arc<Self>,
        name: &str,
        identity: &str,
        state: &SessionState,
    ) -> Option<Arc<dyn TableProvider>> {
        let (path, bytes) = self.lasting.find(name, identity)?;
        let in_memory = match bytes <= TABLE_BYTES_MAX as u64 {
            true => self.read(&path, state).await,
            false => None,
        };
        let table = match in_memory {
            Some(table) => table,
            None => Arc::new(arrow_table(state, &self.own(state, &path), None).await.ok()?),
        };
        self.identify(&table, identity.to_owned());
        Some(table)
    }

    async fn read(self: &Arc<Self>, path: &Path, state: &SessionState) -> Option<Arc<dyn TableProvider>> {
        let reader = FileReader::try_new_buffered(std::fs::File::open(path).ok()?, None).ok()?;
        let mut keeping = self.begin(&reader.schema(), state, Overflow::GiveUp);
        for batch in reader {
            keeping.add(batch.ok()?).ok()?;
            if keeping.has_given_up() {
                return None;
            }
        }
        Some(keeping.finish(state).await.ok()??.table)
    }

    /// The session's own link to a file, which others may remove; the file itself where there can be none.
    fn own(&self, state: &SessionState, path: &Path) -> PathBuf {
        let linked = || -> Option<PathBuf> {
            let file = state.runtime_env().disk_manager.create_tmp_file("keeping a table").ok()?;
            let link = file.path()?.to_owned();
            std::fs::remove_file(&link).ok()?;
            std::fs::hard_link(path, &link).ok()?;
            self.files.lock().unwrap_or_else(PoisonError::into_inner).push(file);
            Some(link)
        };
        linked().unwrap_or_else(|| path.to_owned())
    }

    /// Leaves the rows of a table to later sessions.
    pub(super) fn store(&self, name: &str, identity: &str, schema: &SchemaRef, rows: &KeptRows) {
        self.lasting.store(name, identity, |target| match rows {
            KeptRows::InMemory(batches) => {
                let mut writer = file_writer(BufWriter::new(target), schema)?;
                for batch in batches {
                    writer.write(batch)?;
                }
                Ok(writer.finish()?)
            }
            KeptRows::InFile(path) => {
                io::copy(&mut std::fs::File::open(path)?, target)?;
                Ok(())
            }
        });
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
        let mut writer = file_writer(BufWriter::new(file.open_writer()?), &self.schema)?;
        for batch in self.batches.drain(..) {
            writer.write(&batch)?;
        }
        self.reservation.free();
        self.file = Some((file, writer));
        Ok(())
    }

    /// Ends the table; none if it was given up.
    pub(super) async fn finish(mut self, state: &SessionState) -> Result<Option<Finished>> {
        self.coalescer.finish_buffered_batch()?;
        self.drain()?;
        if self.given_up {
            return Ok(None);
        }
        let Some((file, mut writer)) = self.file.take() else {
            let rows = KeptRows::InMemory(self.batches.clone());
            let table = Arc::new(MemTable::try_new(self.schema, vec![self.batches])?);
            let mut reservations = self.kept.reservations.lock().unwrap_or_else(PoisonError::into_inner);
            reservations.push(self.reservation);
            return Ok(Some(Finished { table, rows }));
        };
        writer.finish()?;
        let path = file.path().map(Path::to_owned);
        let path = path.ok_or_else(|| exec_datafusion_err!("a kept table has no file"))?;
        self.kept.files.lock().unwrap_or_else(PoisonError::into_inner).push(file);
        let table = arrow_table(state, &path, Some(self.schema)).await?;
        Ok(Some(Finished { table: Arc::new(table), rows: KeptRows::InFile(path) }))
    }
}

/// A table that was kept.
pub(super) struct Finished {
    pub(super) table: Arc<dyn TableProvider>,
    pub(super) rows: KeptRows,
}

/// Where the rows of a kept table are.
pub(super) enum KeptRows {
    InMemory(Vec<RecordBatch>),
    InFile(PathBuf),
}

fn file_writer<W: Write>(target: W, schema: &SchemaRef) -> Result<FileWriter<W>> {
    // Without a feature of our own: DataFusion spills with the same codec.
    let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME))?;
    Ok(FileWriter::try_new_with_options(target, schema, options)?)
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
        let kept = Arc::new(Kept::new(memory_bytes, None));
        let context = SessionContext::new();
        let state = context.state();
        let mut keeping = kept.begin(&batch(0, 1).schema(), &state, Overflow::ToFile);
        for from in (0..rows).step_by(100) {
            keeping.add(batch(from, 100.min(rows - from))).unwrap();
        }
        let table = keeping.finish(&state).await.unwrap().unwrap().table;
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
        let kept = Arc::new(Kept::new(4 << 20, None));
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
