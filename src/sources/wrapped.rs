//! Makes of each file that was found one that can be read: of a pipe what it gave, of an archive the file in it.

use std::{fs, sync::PoisonError};

use super::{
    Format, SourceOptions, Sources, archive,
    blocking::Cancel,
    cache::Key,
    content::{self, Content},
    locate::{DataFile, Located},
    stamp::Stamp,
};
use crate::error::{Error, Result, file_error};

/// Characters of an ending that a copy takes over.
const ENDING_CHARACTERS_MAX: usize = 24;

impl Sources {
    /// Replaces what cannot be read as it stands, and decides the format of the files.
    pub(super) fn unwrapped(
        &self,
        mut located: Located,
        options: &SourceOptions,
        cancel: &Cancel,
    ) -> Result<(Located, Format)> {
        let mut known: Option<(Format, String)> = None;
        for file in &mut located.files {
            cancel.check()?;
            let (unwrapped, content) = self.unwrap(file, cancel)?;
            *file = unwrapped;
            let format = match options.format {
                Some(format) if content.is_table_like() => format,
                _ => content::format(file, &content, &mut located.warnings)?,
            };
            match &known {
                None => known = Some((format, file.shown.clone())),
                Some((first, _)) if *first == format => {}
                Some((first, other)) => {
                    return Err(Error::data(format!(
                        "files of one table have different formats: `{other}` is {}, `{}` is {}",
                        first.name(),
                        file.shown,
                        format.name()
                    ))
                    .hint("use a pattern that matches one of them, such as `*.csv`"));
                }
            }
        }
        let (format, _) = known.ok_or_else(|| Error::usage("no path is given"))?;
        Ok((located, format))
    }

    /// The file to read in place of one, and what that holds.
    pub(super) fn unwrap(&self, file: &DataFile, cancel: &Cancel) -> Result<(DataFile, Content)> {
        let mut file = file.clone();
        if file.is_pipe {
            file.path = self.0.spool.file(&file.path, &self.0.cache.copies()?, cancel)?;
            let metadata = fs::metadata(&file.path).map_err(|error| file_error("read", &file.path, error))?;
            (file.bytes, file.stamp) = (metadata.len(), Stamp::of(&metadata));
        }
        let content = self.content(&file)?;
        let Content::Packed(name) = content else { return Ok((file, content)) };
        let key = Key::new(&file, format!("unpacked {name}"));
        let copied =
            self.0.cache.copy(&key, &ending(&name), |out| archive::unpack(&file, &name, cancel, out))?;
        let unpacked = DataFile::at(copied, &file)?;
        let content = self.content(&unpacked)?;
        Ok((unpacked, content))
    }

    /// What a file holds, remembered for as long as the file stays as it is.
    fn content(&self, file: &DataFile) -> Result<Content> {
        let key = (file.path.clone(), file.stamp);
        let contents = || self.0.contents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(content) = contents().get(&key) {
            return Ok(content.clone());
        }
        let content = content::of(file)?;
        contents().insert(key, content.clone());
        Ok(content)
    }
}

/// The ending of a name, as the names of copies have it: it tells the format.
fn ending(name: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or_default();
    let plain: String =
        last.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' }).collect();
    let start = plain.len().saturating_sub(ENDING_CHARACTERS_MAX);
    plain[start..].trim_start_matches('.').to_owned()
}
