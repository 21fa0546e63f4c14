//! JSON that an interface has wrapped up: `{"data": [{…}, {…}], "next": null}`, where the rows are the elements of one array.
//!
//! A file is an envelope if it is one object, and one array of objects in it is all there is, but for members that say
//! something about it; an object with a list among its own values is a row.

use std::io::Read;

use super::json_text::{JsonText, Next};
use crate::error::Result;

/// What the array is called beside other members.
const ARRAY_NAMES: [&str; 12] = [
    "data", "results", "result", "items", "records", "rows", "value", "values", "entries", "objects", "list",
    "content",
];

/// Objects within objects are looked into so deep.
const DEPTH_MAX: usize = 3;

/// Where the rows are, and what stands beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Envelope {
    /// The keys that lead to the array.
    pub(super) path: Vec<String>,
    /// The keys of the other members, as paths.
    pub(super) others: Vec<String>,
}

impl Envelope {
    /// Returns the path as a message shows it.
    pub(super) fn shown(&self) -> String {
        self.path.join(".")
    }
}

/// A value, as far as it matters here.
enum Shape {
    Object(Vec<(String, Shape)>),
    /// An array of objects, or of nothing.
    Rows,
    Other,
}

/// Looks through a text that begins with an object; none if it is no envelope, or no JSON.
pub(super) fn find<R: Read>(text: &mut JsonText<R>) -> Option<Envelope> {
    let shape = shape(text, 1).ok()?;
    if text.skip_space().ok()?.is_some() {
        return None;
    }
    let mut envelope = Envelope { path: Vec::new(), others: Vec::new() };
    descend(shape, &mut envelope).then_some(envelope)
}

/// Whether the members lead to one array of rows.
fn descend(shape: Shape, envelope: &mut Envelope) -> bool {
    let Shape::Object(members) = shape else { return false };
    let is_about = |name: &String| name.starts_with(['@', '_', '$']);
    let mut inner = None;
    for (name, member) in members {
        match (&member, &inner) {
            (Shape::Rows, Some((_, Shape::Rows))) => return false,
            // An object before the array stands beside it.
            (Shape::Rows, _) => {
                envelope.others.extend(inner.replace((name, member)).map(|(before, _)| before));
            }
            (Shape::Object(_), None) => inner = Some((name, member)),
            _ => envelope.others.push(name),
        }
    }
    let Some((name, member)) = inner else { return false };
    let stands_alone = envelope.others.iter().all(is_about);
    let is_named = ARRAY_NAMES.contains(&name.to_ascii_lowercase().as_str());
    envelope.path.push(name);
    match member {
        Shape::Rows => is_named || stands_alone,
        member => stands_alone && descend(member, envelope),
    }
}

fn shape<R: Read>(text: &mut JsonText<R>, depth: usize) -> Result<Shape> {
    let mut token = Vec::new();
    match text.next()? {
        Next::Object if depth <= DEPTH_MAX => {
            text.expect(b'{')?;
            let mut members = Vec::new();
            if !text.take(b'}')? {
                loop {
                    text.key(&mut token)?;
                    let name = String::from_utf8_lossy(&token).into_owned();
                    members.push((name, shape(text, depth + 1)?));
                    if !text.take(b',')? {
                        text.expect(b'}')?;
                        break;
                    }
                }
            }
            Ok(Shape::Object(members))
        }
        Next::Array if depth > 1 => {
            text.expect(b'[')?;
            let mut are_objects = true;
            if !text.take(b']')? {
                loop {
                    are_objects &= matches!(text.next()?, Next::Object);
                    token.clear();
                    text.compact(&mut token, depth + 1)?;
                    if !text.take(b',')? {
                        text.expect(b']')?;
                        break;
                    }
                }
            }
            Ok(if are_objects { Shape::Rows } else { Shape::Other })
        }
        _ => {
            text.compact(&mut token, depth)?;
            Ok(Shape::Other)
        }
    }
}

/// Goes to the array of an envelope, past the members before it.
pub(super) fn enter<R: Read>(text: &mut JsonText<R>, envelope: &Envelope) -> Result<()> {
    let (mut key, mut skipped) = (Vec::new(), Vec::new());
    for (depth, wanted) in envelope.path.iter().enumerate() {
        text.expect(b'{')?;
        loop {
            text.key(&mut key)?;
            if key == wanted.as_bytes() {
                break;
            }
            skipped.clear();
            text.compact(&mut skipped, depth + 1)?;
            text.expect(b',')?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(json: &str) -> Option<(String, Vec<String>)> {
        let mut text = JsonText::new(json.as_bytes(), "x.json", |shown, error| {
            crate::error::file_error("read", shown.as_ref(), error)
        });
        find(&mut text).map(|envelope| (envelope.shown(), envelope.others))
    }

    #[test]
    fn one_array_of_objects_is_the_table() {
        for (json, path, others) in [
            (r#"{"data": [{"a": 1}], "links": {"next": "x"}, "total": 1}"#, "data", &["links", "total"][..]),
            (
                r#"{"winstrom": {"@version": "1.0", "faktura-vydana": [{"a": 1}]}}"#,
                "winstrom.faktura-vydana",
                &["@version"],
            ),
            (r#"{"invoices": []}"#, "invoices", &[]),
            (r#"{"paging": {"next": 1}, "results": [{"a": [1, 2]}]}"#, "results", &["paging"]),
            (r#"{"object": "list", "data": [{"a": 1}], "has_more": false}"#, "data", &["object", "has_more"]),
        ] {
            assert_eq!(
                found(json),
                Some((path.to_owned(), others.iter().map(|name| (*name).to_owned()).collect())),
                "{json}"
            );
        }
    }

    #[test]
    fn a_row_with_a_list_is_a_row() {
        for json in [
            r#"{"id": 1, "lines": [{"a": 1}]}"#,
            r#"{"customer": {"id": 1}, "lines": [{"a": 1}]}"#,
            r#"{"data": [1, 2]}"#,
            r#"{"a": [{}], "b": [{}]}"#,
            r#"{"data": [{"a": 1}]} {"data": [{"a": 2}]}"#,
            r#"{"id": 1, "who": {"name": "x"}}"#,
            r#"{"data": [{"a": 1}"#,
            "{}",
        ] {
            assert_eq!(found(json), None, "{json}");
        }
    }
}
