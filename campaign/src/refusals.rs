//! What marginql may refuse, by a part of the message, each with the reason.

use crate::{session::Side, ways::WAYS};

/// Messages that are no findings.
const REFUSALS: [(&str, &str); 7] = [
    ("is not supported", "said plainly, before anything is computed"),
    ("not supported: ", "said plainly, before anything is computed"),
    ("not implemented", "said plainly, before anything is computed"),
    ("recursion limit", "a limit of the parser"),
    (
        "it is not clear which",
        "the key of a third table in a chain of outer joins with USING has to be named",
    ),
    ("stands in more than one table", "a column of a NATURAL JOIN has to be named with its table"),
    ("null_aware anti join only supports", "NOT IN with a further correlation is planned, or refused"),
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
