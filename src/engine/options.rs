//! Every DataFusion option that marginql relies on, with the reason, and the limits of a session.

use std::{path::PathBuf, sync::Arc, time::Duration};

use datafusion::{
    common::config::SpillCompression,
    execution::{
        disk_manager::{DiskManagerBuilder, DiskManagerMode},
        memory_pool::{FairSpillPool, TrackConsumersPool},
        object_store::ObjectStoreUrl,
        runtime_env::{RuntimeEnv, RuntimeEnvBuilder},
    },
    prelude::SessionConfig,
};

use super::{
    memory::{MemoryLimit, available_memory},
    spill::SpillDirectory,
    upstream::refused_option,
};
use crate::{
    error::{Error, Result},
    sources::LocalFiles,
    suggest::nearest,
};

/// The part of the machine's memory that queries may use unless the user says otherwise, in percent.
///
/// The rest is for what the pool does not see: decoded files on their way, and the allocator's reserve.
const MEMORY_PERCENT: usize = 70;

/// How much a session may spill unless the user says otherwise. A runaway query must not fill the disk.
const SPILL_BYTES_MAX: u64 = 100 << 30;

/// Consumers named when memory runs out.
const CONSUMERS_NAMED: usize = 3;

/// What a user can set for a session.
#[derive(Debug, Clone, Default)]
pub struct EngineOptions {
    /// How much memory queries may use; by default 70 % of what the machine has.
    pub memory_limit: Option<MemoryLimit>,
    /// How many threads work; by default one for each core.
    pub threads: Option<usize>,
    /// Where to spill; by default the system's directory for temporary files.
    pub temp_directory: Option<PathBuf>,
    /// How much may be spilled; by default 100 GiB.
    pub temp_limit: Option<MemoryLimit>,
    /// DataFusion options, as `(key, value)`; the prefix `datafusion.` may be left out.
    pub settings: Vec<(String, String)>,
    /// Where typing results and transcoded files are kept between runs; none: nowhere.
    pub state_directory: Option<PathBuf>,
    /// Each result is computed again on the plain road and compared; a difference is an error at the end of the rows.
    pub verify: bool,
    /// What takes so long to compute over a project's files is kept there too; by default a tenth of a second.
    pub lasting_after: Option<Duration>,
}

impl EngineOptions {
    pub(super) fn session_config(&self) -> Result<SessionConfig> {
        let mut config = SessionConfig::new();
        let options = config.options_mut();
        // `0.15` is a decimal; as a double it would leave exact arithmetic.
        options.sql_parser.parse_float_as_decimal = true;
        // Messages point at columns.
        options.sql_parser.collect_spans = true;
        // SHOW TABLES, SHOW FUNCTIONS and DESCRIBE are what users try first.
        options.catalog.information_schema = true;
        // Statistics of files let the planner choose the smaller side of a join and skip files.
        options.execution.collect_statistics = true;
        // It replaces a computed column by the field of a struct that has its name (apache/datafusion#25414).
        options.optimizer.enable_leaf_expression_pushdown = false;
        // min and max skip files by the statistics of others, also if those have no value (apache/datafusion#25147).
        options.optimizer.enable_aggregate_dynamic_filter_pushdown = false;
        // Spilled decimals compress well, and disks are slower than LZ4.
        options.execution.spill_compression = SpillCompression::Lz4Frame;
        if let Some(threads) = self.threads {
            options.execution.target_partitions = threads;
            options.execution.planning_concurrency = threads;
        }
        for (key, value) in &self.settings {
            let full_key = match key.starts_with("datafusion.") {
                true => key.clone(),
                false => format!("datafusion.{key}"),
            };
            if let Some(error) = refused_option(key, value) {
                return Err(error);
            }
            options.set(&full_key, value).map_err(|error| {
                let keys: Vec<String> = options.entries().into_iter().map(|entry| entry.key).collect();
                if keys.contains(&full_key) {
                    Error::usage(format!("`{value}` is not a value of the option `{key}`")).caused_by(error)
                } else {
                    let short = keys.iter().filter_map(|key| key.strip_prefix("datafusion."));
                    let wanted = full_key.trim_start_matches("datafusion.");
                    let error = Error::usage(format!("unknown option `{key}`")).caused_by(error);
                    match nearest(wanted, short) {
                        Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
                        None => error.hint("`SHOW ALL` lists the options"),
                    }
                }
            })?;
        }
        Ok(config)
    }

    /// How much memory queries may use, in bytes.
    pub fn memory_bytes(&self) -> usize {
        match self.memory_limit {
            Some(limit) => limit.bytes(),
            None => available_memory() / 100 * MEMORY_PERCENT,
        }
    }

    pub(super) fn runtime(&self) -> Result<(Arc<RuntimeEnv>, Option<SpillDirectory>)> {
        // Fair: an operator that can spill gets its share and then spills, instead of starving the others.
        let pool = TrackConsumersPool::new(
            FairSpillPool::new(self.memory_bytes()),
            std::num::NonZeroUsize::new(CONSUMERS_NAMED).unwrap_or(std::num::NonZeroUsize::MIN),
        );
        let parent = match &self.temp_directory {
            Some(directory) if directory.is_dir() => directory.clone(),
            Some(directory) => {
                return Err(Error::usage(format!(
                    "the directory for temporary files `{}` does not exist",
                    directory.display()
                ))
                .hint("create it, or leave out `--temp-dir`"));
            }
            None => std::env::temp_dir(),
        };
        let spill = SpillDirectory::create(&parent);
        let mode = match &spill {
            Some(spill) => DiskManagerMode::Directories(vec![spill.path()]),
            // Whoever spills then is told why that cannot be.
            None => DiskManagerMode::Directories(vec![parent]),
        };
        let spill_bytes_max = self.temp_limit.map_or(SPILL_BYTES_MAX, |limit| limit.bytes() as u64);
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(pool))
            .with_disk_manager_builder(
                DiskManagerBuilder::default().with_mode(mode).with_max_temp_directory_size(spill_bytes_max),
            )
            .build_arc()
            .map_err(|error| Error::usage("the limits cannot be set up").caused_by(error))?;
        let files = ObjectStoreUrl::local_filesystem();
        runtime.register_object_store(files.as_ref(), Arc::new(LocalFiles::default()));
        Ok((runtime, spill))
    }
}
