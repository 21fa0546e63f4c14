//! `COPY … TO`: what it writes appears when it is whole, and a query that fails leaves everything as it was.
//!
//! DataFusion writes under the final name from the first row on. Here it writes into a directory beside the target, and
//! what is whole is renamed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use datafusion::{
    datasource::listing::ListingTableUrl,
    logical_expr::{LogicalPlan, dml::CopyTo},
};
use tempfile::TempDir;

use crate::{
    error::{Result, file_error},
    leftovers::Leftover,
};

/// Files that are being written.
#[derive(Debug)]
pub(super) struct Copying {
    directory: TempDir,
    written: PathBuf,
    target: PathBuf,
    /// Dropped after the directory, which then is gone.
    _leftover: Leftover,
}

impl Copying {
    /// Lets a statement that copies write beside its target; none for other statements, and for what is no file, such
    /// as `/dev/stdout`.
    ///
    /// # Errors
    /// A directory in which nothing can be written.
    pub(super) fn aside(plan: LogicalPlan) -> Result<(LogicalPlan, Option<Self>)> {
        let LogicalPlan::Copy(copy) = plan else { return Ok((plan, None)) };
        let Some((target, name)) = target(&copy.output_url) else {
            return Ok((LogicalPlan::Copy(copy), None));
        };
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let failed = |error| file_error("write", &target, error);
        // As before, a directory that is not there is made.
        fs::create_dir_all(parent).map_err(failed)?;
        let directory = tempfile::Builder::new()
            .prefix(&format!(".{name}.marginql-"))
            .tempdir_in(std::path::absolute(parent).map_err(failed)?)
            .map_err(failed)?;
        let written = directory.path().join(&name);
        let mut output_url = written.to_string_lossy().into_owned();
        if copy.output_url.ends_with('/') {
            output_url.push('/');
        }
        let leftover = Leftover::register(directory.path());
        let copying = Self { directory, written, target, _leftover: leftover };
        Ok((LogicalPlan::Copy(CopyTo { output_url, ..copy }), Some(copying)))
    }

    /// Gives what was written its name.
    ///
    /// # Errors
    /// Files that cannot be renamed.
    pub(super) fn commit(self) -> Result<()> {
        let failed = |error| file_error("write", &self.target, error);
        match fs::metadata(&self.written) {
            Ok(metadata) if metadata.is_dir() => move_files(&self.written, &self.target).map_err(failed)?,
            Ok(_) => {
                let written = fs::File::open(&self.written).map_err(failed)?;
                written.sync_all().map_err(failed)?;
                fs::rename(&self.written, &self.target).map_err(failed)?;
            }
            // A query without rows may write nothing.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        self.directory.close().map_err(|error| file_error("write", &self.target, error))
    }
}

/// The local path that a statement names, links followed, and its last part.
fn target(output_url: &str) -> Option<(PathBuf, String)> {
    let path = match output_url.split_once("://") {
        None => PathBuf::from(output_url),
        Some(("file", _)) => ListingTableUrl::parse(output_url).ok()?.get_url().to_file_path().ok()?,
        Some(_) => return None,
    };
    let path = fs::canonicalize(&path).unwrap_or(path);
    if fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        return None;
    }
    let name = path.file_name()?.to_str()?.to_owned();
    Some((path, name))
}

/// Moves the files below a directory to the same places below another, in which others may stand.
fn move_files(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => move_files(&entry.path(), &target)?,
            false => fs::rename(entry.path(), target)?,
        }
    }
    Ok(())
}
