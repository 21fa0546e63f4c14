//! What counts as blank around keys and dates: white space of any script, and marks that nobody sees.
//!
//! Knows nothing of columns; `clean_key` and `date_text` read texts with it.

/// Whether a character shows nothing. Exports carry no-break spaces, byte-order marks and direction marks around keys.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '\u{ad}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2064}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
        )
}

/// The text without the blanks at its ends.
pub(super) fn trim(text: &str) -> &str {
    // Nearly all texts begin and end with a visible ASCII character; they need no look at Unicode.
    let is_visible = |byte: Option<&u8>| byte.is_some_and(|byte| (b'!'..=b'~').contains(byte));
    match is_visible(text.as_bytes().first()) && is_visible(text.as_bytes().last()) {
        true => text,
        false => text.trim_matches(is_blank),
    }
}
