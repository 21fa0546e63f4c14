//! How a delimited text writes quotes: doubled or escaped, and with spaces before them or not.

use serde::{Deserialize, Serialize};

/// How quotes are written within a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Quoting {
    /// The character before a quote that belongs to the value, where it is not doubled.
    pub(super) escape: Option<u8>,
    /// Whether spaces stand between delimiters and quotes.
    pub(super) spaced: bool,
}

/// How quotes are written, so that each of them begins or ends a field, or is one of a value.
pub(super) fn quoting(sample: &[u8], whole: bool, delimiter: u8, quote: u8) -> Quoting {
    if !sample.contains(&quote) {
        return Quoting::default();
    }
    let ways = [(None, false), (Some(b'\\'), false), (None, true), (Some(b'\\'), true)];
    let ways = ways.map(|(escape, spaced)| Quoting { escape, spaced });
    ways.into_iter().find(|way| is_well_quoted(sample, whole, delimiter, quote, *way)).unwrap_or_default()
}

fn is_well_quoted(sample: &[u8], whole: bool, delimiter: u8, quote: u8, way: Quoting) -> bool {
    let is_edge = |byte: u8| byte == delimiter || matches!(byte, b'\n' | b'\r');
    let after_spaces = |at: usize| (at..sample.len()).find(|at| sample[*at] != b' ').map(|at| sample[at]);
    let (mut at, mut field_start, mut quoted) = (0, true, false);
    while let Some(byte) = sample.get(at).copied() {
        at += 1;
        if quoted {
            if Some(byte) == way.escape {
                at += 1;
            } else if byte == quote {
                if sample.get(at) == Some(&quote) {
                    at += 1;
                    continue;
                }
                let next = if way.spaced { after_spaces(at) } else { sample.get(at).copied() };
                if !next.is_none_or(is_edge) {
                    return false;
                }
                quoted = false;
            }
        } else if is_edge(byte) {
            field_start = true;
        } else if field_start && byte == quote {
            (quoted, field_start) = (true, false);
        } else if field_start && byte == b' ' {
            if !way.spaced && after_spaces(at) == Some(quote) {
                return false;
            }
        } else {
            field_start = false;
        }
    }
    !(quoted && whole)
}
