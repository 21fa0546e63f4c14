//! A file that appears whole or not at all.
//!
//! Bytes go to a temporary name in the target's directory; committing syncs and renames it. A run that
//! fails or is killed leaves the previous file as it was.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::{
    error::{Error, Result, file_error},
    leftovers::Leftover,
};

/// As many symbolic links as Linux itself follows.
const LINKS_MAX: usize = 40;

/// A file under construction; [`AtomicFile::commit`] puts it in place, dropping it removes it.
///
/// Its permissions are those of an ordinary new file, or those of the file it replaces. A symbolic link is
/// followed, not replaced. What is not a regular file (a pipe, `/dev/stdout`) is written directly.
///
/// ```
/// use marginql::output::AtomicFile;
///
/// let directory = tempfile::tempdir()?;
/// let path = directory.path().join("margins.csv");
/// let file = AtomicFile::create(&path)?;
/// file.writer()?.write_all(b"margin\n")?;   // a sink's target
/// assert!(!path.exists());
/// file.commit()?;
/// assert_eq!(std::fs::read(&path)?, b"margin\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct AtomicFile {
    /// As the user wrote it, for messages.
    path: PathBuf,
    state: State,
}

#[derive(Debug)]
enum State {
    Temporary {
        file: NamedTempFile,
        destination: PathBuf,
        /// Dropped after the file, which then is gone or has its name.
        _leftover: Leftover,
    },
    Direct(File),
}

impl AtomicFile {
    /// Begins a file that will stand at `path`.
    pub fn create(path: &Path) -> Result<Self> {
        let state = begin(path)?;
        Ok(Self { path: path.to_owned(), state })
    }

    /// Writes a whole file.
    pub fn write(path: &Path, content: &[u8]) -> Result<()> {
        let mut file = Self::create(path)?;
        file.write_all(content).map_err(|error| file_error("write", path, error))?;
        file.commit()
    }

    /// A second handle to write through, for a sink that wants to own its target.
    pub fn writer(&self) -> Result<Box<dyn Write + Send>> {
        let handle = self.file().try_clone().map_err(|error| file_error("write", &self.path, error))?;
        Ok(Box::new(handle))
    }

    /// Syncs the bytes to the disk and gives the file its name.
    pub fn commit(mut self) -> Result<()> {
        self.flush().map_err(|error| file_error("write", &self.path, error))?;
        let State::Temporary { file, destination, _leftover } = self.state else {
            return Ok(());
        };
        file.as_file().sync_all().map_err(|error| file_error("write", &self.path, error))?;
        file.persist(&destination).map_err(|error| file_error("replace", &self.path, error.error))?;
        // The rename itself lasts only once the directory is synced. Not every file system can do that, and
        // the file is in place either way.
        #[cfg(unix)]
        let _ = File::open(directory_of(&destination)).and_then(|directory| directory.sync_all());
        Ok(())
    }

    fn file(&self) -> &File {
        match &self.state {
            State::Temporary { file, .. } => file.as_file(),
            State::Direct(file) => file,
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}

fn begin(path: &Path) -> Result<State> {
    let failed = |error| file_error("write", path, error);
    let Some(destination) = follow_links(path).map_err(failed)? else {
        return open_directly(path);
    };
    let replaced = match fs::metadata(&destination) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    match &replaced {
        Some(metadata) if metadata.is_dir() => {
            return Err(Error::data(format!("cannot write `{}`: it is a directory", path.display()))
                .hint("name a file in it"));
        }
        Some(metadata) if !metadata.is_file() => return open_directly(path),
        // A rename would replace a write-protected file without asking; opening it asks, and changes nothing.
        Some(_) => drop(OpenOptions::new().write(true).open(&destination).map_err(failed)?),
        None => {}
    }
    let directory = directory_of(&destination);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".marginql-").suffix(".tmp");
    // The default for temporary files is 0600; this is what an ordinary file asks for, less the umask.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(directory).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let (path, directory) = (path.display(), directory.display());
            Error::data(format!("cannot write `{path}`: there is no directory `{directory}`"))
                .hint(format!("create it with `mkdir -p {directory}`"))
                .caused_by(error)
        }
        _ => failed(error),
    })?;
    let leftover = Leftover::register(file.path());
    if let Some(metadata) = replaced {
        file.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
    }
    Ok(State::Temporary { file, destination, _leftover: leftover })
}

/// Where the links lead, whether or not something is there; `None` if they lead to a stream that the
/// process already has open. That may be a regular file (`-o /dev/stdout >> log`), but not one to replace.
fn follow_links(path: &Path) -> io::Result<Option<PathBuf>> {
    let mut path = path.to_owned();
    for _ in 0..LINKS_MAX {
        let is_stream = ["/proc", "/dev/fd", "/dev/stdout", "/dev/stderr"];
        if is_stream.iter().any(|prefix| path.starts_with(prefix)) {
            return Ok(None);
        }
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => {
                let link = fs::read_link(&path)?;
                path = directory_of(&path).join(link);
            }
            _ => return Ok(Some(path)),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

fn open_directly(path: &Path) -> Result<State> {
    // A stream of this process is written through its own handle: opened anew, a regular file behind it
    // would have a second position, and what the shell writes next would overwrite the rows.
    #[cfg(unix)]
    if let Some(handle) = own_stream(path) {
        let handle = handle.map_err(|error| file_error("write", path, error))?;
        return Ok(State::Direct(File::from(handle)));
    }
    // Appending is the same for a pipe, and spares what a shared regular file already holds.
    let file =
        OpenOptions::new().append(true).open(path).map_err(|error| file_error("write", path, error))?;
    Ok(State::Direct(file))
}

#[cfg(unix)]
fn own_stream(path: &Path) -> Option<io::Result<std::os::fd::OwnedFd>> {
    use std::os::fd::AsFd;
    match path.to_str()? {
        "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1" => Some(io::stdout().as_fd().try_clone_to_owned()),
        "/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2" => Some(io::stderr().as_fd().try_clone_to_owned()),
        _ => None,
    }
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("the test made the directory");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("it is readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn dropping_leaves_the_previous_file_whole_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out.csv");
        fs::write(&path, "before").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"half of").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"before");
        assert_eq!(names(directory.path()).len(), 2, "the temporary file is in the target's directory");
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"before");
        assert_eq!(names(directory.path()), ["out.csv"]);
    }

    #[test]
    fn committing_replaces_the_content_and_keeps_the_permissions() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out.csv");
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let file = AtomicFile::create(&path).unwrap();
        file.writer().unwrap().write_all(b"after").unwrap();
        file.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"after");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(names(directory.path()), ["out.csv"]);
    }

    #[test]
    fn a_new_file_has_the_permissions_of_any_new_file() {
        let directory = tempfile::tempdir().unwrap();
        let (ordinary, path) = (directory.path().join("ordinary"), directory.path().join("out.csv"));
        fs::write(&ordinary, "").unwrap();
        AtomicFile::create(&path).unwrap().commit().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&path), mode(&ordinary));
    }

    #[test]
    fn a_symbolic_link_stays_a_link_even_if_it_dangles() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("store")).unwrap();
        let (link, stored) = (directory.path().join("latest.csv"), directory.path().join("store/1.csv"));
        symlink("store/1.csv", &link).unwrap();
        for content in ["first", "second"] {
            let mut file = AtomicFile::create(&link).unwrap();
            file.write_all(content.as_bytes()).unwrap();
            file.commit().unwrap();
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(fs::read_to_string(&stored).unwrap(), content);
        }
        assert_eq!(names(&directory.path().join("store")), ["1.csv"]);
    }

    #[test]
    fn links_in_a_circle_are_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let (one, two) = (directory.path().join("one"), directory.path().join("two"));
        symlink(&one, &two).unwrap();
        symlink(&two, &one).unwrap();
        assert!(AtomicFile::create(&one).unwrap_err().message().ends_with("too many symbolic links"));
    }

    #[test]
    fn a_device_is_written_directly() {
        let mut file = AtomicFile::create(Path::new("/dev/null")).unwrap();
        assert!(matches!(file.state, State::Direct(_)));
        file.write_all(b"gone").unwrap();
        file.commit().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn a_directory_or_a_missing_directory_is_an_error_that_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let error = AtomicFile::create(directory.path()).unwrap_err();
        assert!(error.message().ends_with("it is a directory"), "{error}");
        let error = AtomicFile::create(&directory.path().join("missing/out.csv")).unwrap_err();
        assert!(error.message().contains("there is no directory `"), "{error}");
        assert!(error.hints()[0].starts_with("create it with `mkdir -p"));
    }
}
