//! Which Parquet file of a query is damaged: the readers of pages do not say where they stumbled.
//!
//! Files are read once more for it, one after the other, and only after a query has failed.

use std::{any::Any, collections::BTreeSet, path::PathBuf, sync::Arc};

use datafusion::{
    arrow::error::ArrowError,
    common::tree_node::{TreeNode, TreeNodeRecursion},
    datasource::{physical_plan::FileScanConfig, source::DataSourceExec},
    error::DataFusionError,
    physical_plan::ExecutionPlan,
};

use crate::{error::Error, sources::damaged_parquet};

/// Whether a failure can come from a damaged file.
pub(super) fn is_suspect(error: &DataFusionError) -> bool {
    match error.find_root() {
        DataFusionError::ParquetError(_) | DataFusionError::ExecutionJoin(_) => true,
        DataFusionError::ArrowError(error, _) => {
            matches!(error.as_ref(), ArrowError::ParquetError(_) | ArrowError::ExternalError(_))
        }
        _ => false,
    }
}

/// The error for the first damaged Parquet file that a plan reads; none if all can be read.
pub(super) async fn find(plan: Arc<dyn ExecutionPlan>) -> Option<Error> {
    let search = move || files(&plan).iter().find_map(|file| damaged_parquet(file));
    tokio::task::spawn_blocking(search).await.ok().flatten()
}

fn files(plan: &Arc<dyn ExecutionPlan>) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    let collected = plan.apply(|plan| {
        let plan: &dyn Any = plan.as_ref();
        let scan = plan.downcast_ref::<DataSourceExec>().and_then(|scan| {
            let source: &dyn Any = scan.data_source().as_ref();
            source.downcast_ref::<FileScanConfig>()
        });
        if let Some(scan) = scan.filter(|scan| scan.file_source().file_type() == "parquet") {
            let read = scan.file_groups.iter().flat_map(|group| group.iter());
            files.extend(read.map(|file| PathBuf::from(format!("/{}", file.object_meta.location))));
        }
        Ok(TreeNodeRecursion::Continue)
    });
    match collected {
        Ok(_) => files,
        Err(_) => BTreeSet::new(),
    }
}
