//! What marginql may refuse, by a part of the message, each with the reason.

use crate::{session::Side, ways::WAYS};

/// Messages that are no findings.
const REFUSALS: [(&str, &str); 4] = [
    ("not supported:", "said plainly, before anything is computed"),
    ("this feature is not implemented", "said plainly, before anything is computed"),
    ("it is not clear which", "a column merged by an outer join; what it means would have to be guessed"),
    ("recursion limit", "a limit of the parser"),
];

/// Returns why an error is no finding.
pub fn reason(side: Side, message: &str) -> Option<&'static str> {
    let has_little_memory = matches!(side, Side::Way(way) if WAYS[way].memory.is_some());
    if has_little_memory && message.contains("out of memory") {
        return Some("little memory was given");
    }
    REFUSALS.iter().find(|(part, _)| message.contains(part)).map(|(_, reason)| *reason)
}

/// Returns whether an error is a defect wherever it is met.
pub fn is_defect(message: &str) -> bool {
    let message = message.to_lowercase();
    ["internal error", "panicked", "a defect", "bug in datafusion"].iter().any(|part| message.contains(part))
}
