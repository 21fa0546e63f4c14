//! What a saved query says about itself, in the comment at its top.

use std::{collections::BTreeMap, ops::Range};

use serde::Deserialize;
use toml::Spanned;

use super::{
    comment::{default_texts, parse_comment},
    parameter::ParameterType,
    text::Text,
};
use crate::error::{Error, Result};

/// What a saved query says about itself.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// A line for headings and lists.
    pub title: Option<String>,
    /// What the query answers, and for whom.
    pub description: Option<String>,
    /// The parameters, by name.
    pub parameters: Vec<ParameterDeclaration>,
    /// The files that the query reads when nobody says otherwise.
    pub tables: Vec<TableDeclaration>,
    /// Assertions on the result.
    pub expectations: Vec<Expectation>,
}

/// A parameter that a saved query takes.
#[derive(Debug, Clone)]
pub struct ParameterDeclaration {
    /// The name, without `$`.
    pub name: String,
    /// Its type.
    pub parameter_type: ParameterType,
    /// The value when none is given, as text; a list is its values.
    pub default: Option<Vec<String>>,
    /// What it means.
    pub description: Option<String>,
    /// Where it is declared, in bytes of the file.
    pub span: Range<usize>,
}

/// A table that a saved query reads, and where its file is.
#[derive(Debug, Clone)]
pub struct TableDeclaration {
    /// The table's name.
    pub name: String,
    /// The path, relative to the query's file.
    pub path: String,
    /// Where it is declared, in bytes of the file.
    pub span: Range<usize>,
}

/// An assertion on the result; false, or no answer, fails the run.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// What is expected, in words.
    pub that: String,
    /// A query over the table `result` that yields true.
    pub sql: String,
    /// Where it is declared, in bytes of the file.
    pub span: Range<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderDocument {
    title: Option<String>,
    description: Option<String>,
    #[serde(default)]
    params: BTreeMap<Spanned<String>, ParameterDocument>,
    #[serde(default)]
    tables: BTreeMap<Spanned<String>, String>,
    #[serde(default)]
    expect: Vec<Spanned<ExpectationDocument>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterDocument {
    #[serde(rename = "type")]
    parameter_type: Spanned<String>,
    default: Option<Spanned<toml::Value>>,
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectationDocument {
    that: String,
    sql: String,
}

impl Header {
    /// Reads the header of a saved query; a query without one has an empty header.
    ///
    /// # Errors
    /// An unfinished comment, TOML that cannot be read, an unknown key or type, a default that does not fit its type.
    pub fn parse(text: &Text) -> Result<Self> {
        let advice = "a header has `title`, `description`, `[params.NAME]`, `[tables]` and `[[expect]]`";
        match parse_comment::<HeaderDocument>(text, "the header", advice)? {
            Some((document, body_start)) => document.into_header(text, body_start),
            None => Ok(Self::default()),
        }
    }
}

impl HeaderDocument {
    fn into_header(self, text: &Text, body_start: usize) -> Result<Header> {
        let shift = |span: Range<usize>| body_start + span.start..body_start + span.end;
        let mut parameters = Vec::with_capacity(self.params.len());
        for (name, document) in self.params {
            parameters.push(document.into_declaration(
                name.get_ref(),
                text,
                shift(name.span()),
                body_start,
            )?);
        }
        let tables = self
            .tables
            .into_iter()
            .map(|(name, path)| TableDeclaration { span: shift(name.span()), name: name.into_inner(), path })
            .collect();
        let expectations = self
            .expect
            .into_iter()
            .map(|expectation| {
                let span = shift(expectation.span());
                let ExpectationDocument { that, sql } = expectation.into_inner();
                Expectation { that, sql, span }
            })
            .collect();
        Ok(Header { title: self.title, description: self.description, parameters, tables, expectations })
    }
}

impl ParameterDocument {
    fn into_declaration(
        self,
        name: &str,
        text: &Text,
        span: Range<usize>,
        body_start: usize,
    ) -> Result<ParameterDeclaration> {
        let place = |span: Range<usize>| text.place(body_start + span.start..body_start + span.end);
        let type_place = place(self.parameter_type.span());
        let parameter_type: ParameterType =
            self.parameter_type.get_ref().parse().map_err(|error: Error| error.at(type_place))?;
        let default = match self.default {
            None => None,
            Some(value) => {
                let default_place = place(value.span());
                let values = default_texts(value.into_inner());
                parameter_type
                    .parse_values(name, &values)
                    .map_err(|error| error.at(default_place).note("this is the default in the header"))?;
                Some(values)
            }
        };
        Ok(ParameterDeclaration {
            name: name.to_owned(),
            parameter_type,
            default,
            description: self.description,
            span,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_with_its_places() {
        let content = "/*---\ntitle = \"T\"\n[params.from]\ntype = \"date\"\ndefault = \"2025-01-01\"\n\
            [tables]\nrevenue = \"../r.parquet\"\n[[expect]]\nthat = \"some\"\nsql = \"SELECT true\"\n---*/\nSELECT 1";
        let text = Text::new("q.sql", content);
        let header = Header::parse(&text).unwrap();
        assert_eq!(header.title.as_deref(), Some("T"));
        assert_eq!(header.parameters[0].default.as_deref(), Some(&["2025-01-01".to_owned()][..]));
        assert_eq!(&content[header.parameters[0].span.clone()], "from");
        assert_eq!(&content[header.tables[0].span.clone()], "revenue");
        assert_eq!(header.expectations[0].sql, "SELECT true");
    }

    #[test]
    fn an_unknown_key_is_pointed_at() {
        let text = Text::new("q.sql", "/*---\ntitel = \"T\"\n---*/\nSELECT 1");
        let error = Header::parse(&text).unwrap_err();
        let place = error.place().unwrap();
        assert_eq!(&place.text[place.span.clone()], "titel");
    }

    #[test]
    fn a_default_of_another_type_is_an_error() {
        let text =
            Text::new("q.sql", "/*---\n[params.n]\ntype = \"int\"\ndefault = \"many\"\n---*/\nSELECT $n");
        let error = Header::parse(&text).unwrap_err();
        assert!(error.message().contains("`many`"), "{error}");
    }
}
