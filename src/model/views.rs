//! The model's own views, and those of the project: SQL files with a header that documents them.

use std::collections::BTreeMap;

use rust_embed::RustEmbed;
use serde::Deserialize;

use super::settings::Settings;
use crate::{
    error::{Error, Result, file_error},
    query::{Text, parse_comment},
};

#[derive(RustEmbed)]
#[folder = "src/model/views"]
struct Shipped;

/// A view: its SQL, and what it means.
#[derive(Debug, Clone)]
pub struct ModelView {
    /// Its name.
    pub name: String,
    /// The text of its file.
    pub text: Text,
    /// What a row is.
    pub description: Option<String>,
    /// What its columns mean.
    pub columns: BTreeMap<String, String>,
    /// The heading under which it is listed; none for a step on the way to others.
    pub group: Option<String>,
    /// Whether its rows are computed once and kept in memory: a small table that many others read, perhaps several
    /// times, which would otherwise be computed anew for each.
    pub kept: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct HeaderDocument {
    description: Option<String>,
    group: Option<String>,
    #[serde(default)]
    kept: bool,
    #[serde(default)]
    columns: BTreeMap<String, String>,
}

/// The views that are shipped.
///
/// # Errors
/// None in a released version: a test reads all of them.
pub(super) fn shipped() -> Result<Vec<ModelView>> {
    let mut views = Vec::new();
    for path in Shipped::iter() {
        let Some(name) = path.strip_suffix(".sql") else { continue };
        let content = Shipped::get(&path).map(|file| file.data.into_owned()).unwrap_or_default();
        let content = String::from_utf8(content)
            .map_err(|error| Error::config(format!("the view `{name}` is not UTF-8")).caused_by(error))?;
        views.push(parse(name, Text::new(format!("views/{path}"), content))?);
    }
    Ok(views)
}

/// The views of the project.
///
/// # Errors
/// A file that cannot be read, or a header that is not valid.
pub(super) fn of_project(settings: &Settings) -> Result<Vec<ModelView>> {
    let read = |declared: &crate::project::ViewDeclaration| {
        let path = settings.project.resolve(&declared.path);
        let content = std::fs::read_to_string(&path).map_err(|error| {
            file_error("read", &path, error).at(settings.project.place(declared.path_span.clone()))
        })?;
        parse(&declared.name, Text::new(path.display().to_string(), content))
    };
    settings.project.views.iter().map(read).collect()
}

/// Reads the header of a view.
///
/// # Errors
/// A header that is not closed or not valid.
pub(super) fn parse(name: &str, text: Text) -> Result<ModelView> {
    let advice = "the header of a view has `description`, `group`, `kept` and `[columns]`";
    let document = parse_comment(&text, &format!("the header of the view `{name}`"), advice)?;
    let document = document.map_or_else(HeaderDocument::default, |(document, _)| document);
    Ok(ModelView {
        name: name.to_owned(),
        description: document.description,
        columns: document.columns,
        group: document.group,
        kept: document.kept,
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_view_can_be_read_and_says_what_it_is() {
        for view in shipped().unwrap() {
            assert!(view.description.is_some(), "{}", view.name);
        }
    }
}
