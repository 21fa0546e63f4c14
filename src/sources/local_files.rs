//! Reads local files so that one that changes on the way is an error, and never a wait without an end.
//!
//! `object_store` goes on asking for the rest of a file that has become shorter, and gives what stands there now of one
//! that was written anew. Here each read ends when the file does, and compares what the file is then with what it was.

use std::{
    fmt,
    fs::File,
    io::{Read, Seek, SeekFrom},
    ops::Range,
    path::PathBuf,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use object_store::{
    CopyOptions, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
    local::LocalFileSystem, path::Path,
};

use super::stamp::Stamp;
use crate::error::{Error, file_error};

/// The first bytes of an Arrow file.
const ARROW_MAGIC: &[u8; 6] = b"ARROW1";

/// Bytes read at a time.
const BLOCK_BYTES: u64 = 1 << 20;

/// The local file system.
#[derive(Debug, Default)]
pub(crate) struct LocalFiles(LocalFileSystem);

impl fmt::Display for LocalFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn failed(error: Error) -> object_store::Error {
    object_store::Error::Generic { store: "file", source: Box::new(error) }
}

fn changed(path: &std::path::Path) -> object_store::Error {
    failed(
        Error::data(format!("`{}` changed while it was read", path.display()))
            .hint("wait until the export is written, and try again"),
    )
}

/// Whether a file is one of Arrow's. Only marginql itself writes those it reads, for the length of a statement; and
/// their reader seeks, and would hold a stream in memory as a whole.
fn is_arrow(mut file: &File) -> bool {
    let mut start = [0; ARROW_MAGIC.len()];
    let is_arrow = file.read_exact(&mut start).is_ok() && start == *ARROW_MAGIC;
    file.rewind().is_ok() && is_arrow
}

/// A range of a file that is being read.
struct Reading {
    file: File,
    path: PathBuf,
    before: Stamp,
    remaining: u64,
}

impl Reading {
    fn begin(mut file: File, path: PathBuf, range: &Range<u64>) -> std::io::Result<Self> {
        let before = Stamp::of(&file.metadata()?);
        file.seek(SeekFrom::Start(range.start))?;
        Ok(Self { file, path, before, remaining: range.end - range.start })
    }

    /// Returns the next bytes, or none after the last; the file is then still what it was.
    fn next(mut self) -> Result<Option<(Bytes, Self)>> {
        let unreadable = |path: &PathBuf, error| failed(file_error("read", path, error));
        if self.remaining == 0 {
            let now = std::fs::metadata(&self.path).map_err(|error| unreadable(&self.path, error))?;
            return if Stamp::of(&now) == self.before { Ok(None) } else { Err(changed(&self.path)) };
        }
        let mut block = Vec::with_capacity(self.remaining.min(BLOCK_BYTES) as usize);
        let read = (&mut self.file).take(self.remaining.min(BLOCK_BYTES)).read_to_end(&mut block);
        match read.map_err(|error| unreadable(&self.path, error))? {
            0 => Err(changed(&self.path)),
            read => {
                self.remaining -= read as u64;
                Ok(Some((block.into(), self)))
            }
        }
    }
}

fn blocks(file: File, path: PathBuf, range: Range<u64>) -> BoxStream<'static, Result<Bytes>> {
    let begun =
        Reading::begin(file, path.clone(), &range).map_err(|error| failed(file_error("read", &path, error)));
    futures::stream::try_unfold(Some(begun), |state| async move {
        let Some(reading) = state else { return Ok(None) };
        let reading = reading?;
        let next = tokio::task::spawn_blocking(move || reading.next()).await;
        let next = next.map_err(|error| object_store::Error::JoinError { source: error })??;
        Ok(next.map(|(block, reading)| (block, Some(Ok(reading)))))
    })
    .boxed()
}

#[async_trait]
impl ObjectStore for LocalFiles {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let mut result = self.0.get_opts(location, options).await?;
        result.payload = match result.payload {
            GetResultPayload::File(file, path) if !is_arrow(&file) => {
                GetResultPayload::Stream(blocks(file, path, result.range.clone()))
            }
            payload => payload,
        };
        Ok(result)
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.0.get_ranges(location, ranges).await
    }

    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.0.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.0.put_multipart_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.0.rename_opts(from, to, options).await
    }
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;
    use object_store::ObjectStoreExt;

    use super::*;

    #[tokio::test]
    async fn a_file_that_changes_while_it_is_read_is_an_error() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.csv");
        let location = Path::from_absolute_path(&path).expect("a location");
        let store = LocalFiles::default();
        let whole = vec![b'x'; 3 * BLOCK_BYTES as usize];
        for (is_shorter, content) in [(true, &whole[..10]), (false, &whole[..])] {
            std::fs::write(&path, &whole).expect("writes");
            let mut stream = store.get(&location).await.expect("opens").into_stream();
            stream.try_next().await.expect("reads").expect("a block");
            std::fs::write(&path, content).expect("writes");
            let rest: Result<Vec<Bytes>> = stream.try_collect().await;
            let error = rest.expect_err("fails").to_string();
            assert!(error.contains("changed while it was read"), "{is_shorter} {error}");
        }
        std::fs::write(&path, &whole).expect("writes");
        assert_eq!(
            store.get(&location).await.expect("opens").bytes().await.expect("reads").len(),
            whole.len()
        );
    }
}
