//! Text on a terminal: how wide it is, how it is cut, and which characters must not reach the terminal.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Stands for what was cut.
pub(super) const ELLIPSIS: char = '…';

pub(super) const DIM: &str = "\x1b[2m";
pub(super) const BOLD: &str = "\x1b[1m";
pub(super) const RED: &str = "\x1b[31m";
pub(super) const RESET: &str = "\x1b[0m";

/// The columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// Appends a text with every character visible: a line break as `↵`, a tab as `→`, other control characters
/// as their pictures. So one cell stays on one line, and data cannot steer the terminal.
pub(super) fn push_visible(text: &str, out: &mut String) {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        out.push_str(text);
        return;
    }
    for character in text.chars() {
        match character {
            '\n' => out.push('↵'),
            '\t' => out.push('→'),
            '\0'..='\x1f' => out.push(picture(character)),
            '\x7f' => out.push('␡'),
            character if steers(character) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
            }
            character => out.push(character),
        }
    }
}

/// Unicode has a picture for each of the first 32 characters, in the same order.
fn picture(character: char) -> char {
    char::from_u32(0x2400 + u32::from(character)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Eight-bit controls, line separators, and the marks that reorder what follows them.
fn steers(character: char) -> bool {
    matches!(character,
        '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The beginning of a text and its width, with `…` as its last column if it is wider than `columns`.
pub(super) fn cut(text: &str, columns: usize) -> (&str, bool, usize) {
    let whole = width(text);
    if whole <= columns {
        return (text, false, whole);
    }
    let room = columns.saturating_sub(1);
    // Characters are counted one by one, then the result is measured: in an emoji sequence they do not add up.
    let (mut end, mut used) = (0, 0);
    for (index, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > room {
            break;
        }
        end = index + character.len_utf8();
    }
    // An emoji sequence is cut as a whole: nothing may hang on a joiner or follow one.
    let mut start = text[..end].trim_end_matches('\u{200d}');
    while start.len() < end && width(start) > room {
        start = &start[..start.char_indices().next_back().map_or(0, |(index, _)| index)];
    }
    (start, true, width(start) + usize::from(columns > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_text(text: &str, columns: usize) -> String {
        let (start, is_cut, cut_width) = cut(text, columns);
        let shown = format!("{start}{}", if is_cut { "…" } else { "" });
        assert_eq!(width(&shown), cut_width, "{shown}");
        assert!(cut_width <= columns.max(1));
        shown
    }

    #[test]
    fn what_fits_is_whole_and_what_does_not_ends_in_an_ellipsis() {
        assert_eq!(cut_text("margin", 6), "margin");
        assert_eq!(cut_text("margins", 6), "margi…");
        assert_eq!(cut_text("顧客収益", 8), "顧客収益");
        assert_eq!(cut_text("顧客収益", 7), "顧客収…");
        assert_eq!(cut_text("顧客収益", 6), "顧客…");
        assert_eq!(cut_text("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(cut_text("👩\u{200d}👩\u{200d}👧 family", 4), "👩…");
    }

    #[test]
    fn control_characters_become_visible() {
        let mut out = String::new();
        push_visible("a\nb\tc\r\x1b[31mred\x7f\u{9b}2J\u{202e}x", &mut out);
        assert_eq!(out, "a↵b→c␍␛[31mred␡\\u{9b}2J\\u{202e}x");
    }
}
