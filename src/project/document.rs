//! A TOML document with places: sections, their keys in the order of the file, and values that know where they stand.
//!
//! The values are read from TOML's own text, not through numbers, so `184220.15` stays exactly that. What the keys
//! mean is told in `keys`, and what the values must be in `values`.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::keys::{Key, home_of};
use crate::{
    error::{Error, Place, Result},
    query::Text,
    suggest::nearest,
};

/// A value and the bytes of the file in which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands, in bytes of the file.
    pub span: Range<usize>,
}

/// A table of the document whose keys are known beforehand.
pub(super) struct Section<'a> {
    text: &'a Text,
    /// As its keys are prefixed in messages: `sources.desk`; empty for the whole file.
    path: String,
    /// As it is named in messages: `[sources.desk]`, `[[pools]]`.
    pub(super) heading: String,
    pub(super) span: Range<usize>,
    table: &'a DeTable<'a>,
    keys: &'static [Key],
}

/// A key with its value.
#[derive(Clone)]
pub(super) struct Entry<'a> {
    text: &'a Text,
    pub(super) key: &'a str,
    /// With what leads to it: `project.currency`.
    pub(super) path: String,
    pub(super) key_span: Range<usize>,
    pub(super) value: &'a DeValue<'a>,
    pub(super) span: Range<usize>,
}

/// Reads TOML; what is wrong with it is pointed at.
pub(super) fn parse_toml<'a>(text: &'a Text, what: &str) -> Result<Spanned<DeTable<'a>>> {
    DeTable::parse(text.content()).map_err(|error| {
        let span = visible(text, error.span().unwrap_or(0..0));
        let place = text.place(span.clone());
        let found = text.content().get(span).unwrap_or_default();
        if error.message().contains("duplicate key") {
            let error = Error::config(format!("`{found}` is given twice")).at(place);
            return match found {
                "pools" | "controls" => {
                    error.hint(format!("a list of tables has two brackets: `[[{found}]]`"))
                }
                _ => error.hint("keep one of the two"),
            };
        }
        Error::config(format!("{what} is not valid TOML: {}", error.message().trim()))
            .at(place)
            .hint("texts stand in quotes, sections begin with `[name]`, lists with `[`")
    })
}

/// A range that is not empty: what is missing at the end of a line is shown by what stands before it.
fn visible(text: &Text, span: Range<usize>) -> Range<usize> {
    if !span.is_empty() {
        return span;
    }
    let before = text.content().get(..span.start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default().trim();
    match line.len() {
        0 => text.word_at(span.start),
        length => before.trim_end().len() - length..before.trim_end().len(),
    }
}

impl<'a> Section<'a> {
    /// The whole document.
    pub(super) fn root(text: &'a Text, table: &'a DeTable<'a>, keys: &'static [Key]) -> Result<Self> {
        Self { text, path: String::new(), heading: "the project file".to_owned(), span: 0..0, table, keys }
            .checked()
    }

    /// The section, if it has no other keys than those that are known.
    fn checked(self) -> Result<Self> {
        let known = |name: &str| self.keys.iter().any(|key| key.name == name);
        let Some(unknown) = self.entries().into_iter().find(|entry| !known(entry.key)) else {
            return Ok(self);
        };
        let names = self.keys.iter().map(|key| key.name);
        let message = match self.path.as_str() {
            "" => format!("unknown key `{}`", unknown.key),
            _ => format!("unknown key `{}` in `{}`", unknown.key, self.heading),
        };
        let hint = match (nearest(unknown.key, names.clone()), home_of(unknown.key)) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, Some(home)) => home,
            (None, None) => {
                let list: Vec<_> = names.map(|name| format!("`{name}`")).collect();
                format!("there are {}", list.join(", "))
            }
        };
        Err(Error::config(message).at(self.text.place(unknown.key_span)).hint(hint))
    }

    /// All keys in the order of the file.
    pub(super) fn entries(&self) -> Vec<Entry<'a>> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| Entry {
                text: self.text,
                key: key.get_ref(),
                path: match self.path.as_str() {
                    "" => key.get_ref().to_string(),
                    path => format!("{path}.{}", key.get_ref()),
                },
                key_span: key.span(),
                value: value.get_ref(),
                span: value.span(),
            })
            .collect();
        entries.sort_by_key(|entry| entry.key_span.start);
        entries
    }

    /// A key that may be missing.
    pub(super) fn get(&self, name: &str) -> Option<Entry<'a>> {
        debug_assert!(self.keys.iter().any(|key| key.name == name), "`{name}` is not in the list of keys");
        self.entries().into_iter().find(|entry| entry.key == name)
    }

    /// A key that must be there; the example says how to write it.
    pub(super) fn required(&self, name: &str, example: &str) -> Result<Entry<'a>> {
        self.get(name).ok_or_else(|| {
            Error::config(format!("`{}` has no `{name}`", self.heading))
                .at(self.place())
                .hint(format!("add a line such as `{example}`"))
        })
    }

    /// Where the section begins.
    pub(super) fn place(&self) -> Place {
        self.text.place(self.span.clone())
    }
}

impl<'a> Entry<'a> {
    /// Where the value stands.
    pub(super) fn place(&self) -> Place {
        self.text.place(self.span.clone())
    }

    /// Where the key stands.
    pub(super) fn key_place(&self) -> Place {
        self.text.place(self.key_span.clone())
    }

    /// The error of a value that is something else than it must be.
    pub(super) fn must_be(&self, wanted: &str) -> Error {
        let found = match self.value {
            DeValue::String(text) => format!("`{text}`"),
            DeValue::Integer(number) => format!("the number `{number}`"),
            DeValue::Float(number) => format!("the number `{number}`"),
            DeValue::Boolean(value) => format!("`{value}`"),
            DeValue::Datetime(date) => format!("the date `{date}`"),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        };
        Error::config(format!("`{}` must be {wanted}, not {found}", self.path)).at(self.place())
    }

    /// A text that is not blank.
    pub(super) fn text(&self) -> Result<&'a str> {
        self.text_like("a text")
    }

    /// A text that is not blank, and what kind of text.
    pub(super) fn text_like(&self, wanted: &str) -> Result<&'a str> {
        let DeValue::String(text) = self.value else {
            return Err(self.must_be(wanted).hint("texts stand in quotes"));
        };
        if text.trim().is_empty() {
            return Err(Error::config(format!("`{}` is empty", self.path))
                .at(self.place())
                .hint(format!("write {wanted}, or leave the key out if it may be missing")));
        }
        Ok(text)
    }

    /// A text with its place.
    pub(super) fn located_text(&self) -> Result<Located<String>> {
        Ok(Located { value: self.text()?.to_owned(), span: self.span.clone() })
    }

    /// A text, or a list of texts that is not empty; each under the name of the key.
    pub(super) fn one_or_more(&self) -> Result<Vec<Entry<'a>>> {
        let DeValue::Array(items) = self.value else {
            return Ok(vec![self.clone()]);
        };
        if items.is_empty() {
            return Err(Error::config(format!("`{}` is an empty list", self.path))
                .at(self.place())
                .hint("name at least one, or leave the key out"));
        }
        Ok(self.items().unwrap_or_default())
    }

    /// The items of a list, each under the name of the key; none if the value is not a list.
    pub(super) fn items(&self) -> Option<Vec<Entry<'a>>> {
        let DeValue::Array(items) = self.value else { return None };
        let item = |item: &'a Spanned<DeValue<'a>>| Entry {
            text: self.text,
            key: self.key,
            path: self.path.clone(),
            key_span: self.key_span.clone(),
            value: item.get_ref(),
            span: item.span(),
        };
        Some(items.iter().map(item).collect())
    }

    /// A section, written as `[name]` or as `name = { … }`.
    pub(super) fn section(&self, keys: &'static [Key]) -> Result<Section<'a>> {
        self.open_section(keys)?.checked()
    }

    /// A section that takes any keys besides those of the list; whoever reads it checks them.
    pub(super) fn open_section(&self, keys: &'static [Key]) -> Result<Section<'a>> {
        let DeValue::Table(table) = self.value else {
            let error = match self.value {
                DeValue::Array(items) if items.iter().all(|item| item.get_ref().is_table()) => {
                    Error::config(format!("`{}` is one section, not a list of them", self.path))
                        .at(self.place())
                }
                _ => self.must_be("a section"),
            };
            return Err(error.hint(format!("begin it with `[{}]`", self.path)));
        };
        Ok(self.as_section(table, format!("[{}]", self.path), keys))
    }

    /// The sections of a list, written as `[[name]]`.
    pub(super) fn sections(&self, keys: &'static [Key]) -> Result<Vec<Section<'a>>> {
        let advice = || format!("begin each with `[[{}]]`", self.path);
        let Some(items) = self.items() else {
            return Err(self.must_be("a list of sections").hint(advice()));
        };
        let section = |item: Entry<'a>| {
            let DeValue::Table(table) = item.value else {
                return Err(item.must_be("a list of sections").hint(advice()));
            };
            item.as_section(table, format!("[[{}]]", self.path), keys).checked()
        };
        items.into_iter().map(section).collect()
    }

    fn as_section(&self, table: &'a DeTable<'a>, heading: String, keys: &'static [Key]) -> Section<'a> {
        Section { text: self.text, path: self.path.clone(), heading, span: self.span.clone(), table, keys }
    }
}
