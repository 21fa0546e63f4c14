//! Memory or disk that is used up: which operator wanted more, the limit, and the option that changes it.

use super::{
    Diagnosis,
    wording::{between, sentence},
};
use crate::{engine::memory::bytes_text, error::Error};

impl Diagnosis {
    pub(super) fn explain_memory(&self, message: &str) -> Error {
        if is_about_disk(message) {
            let error = match between(message, "allowable limit of ", ". ") {
                Some(limit) => {
                    Error::query(format!("the space for temporary files is used up: the limit is {limit}"))
                }
                None => Error::query("the space for temporary files is used up").note(sentence(message)),
            };
            return error.hint(
                "allow more with `--temp-limit 200GB`, on a larger disk with `--temp-dir PATH`, or let the query \
                 keep more in memory with `--memory-limit 8GB`",
            );
        }
        let operator = between(message, "allocation failed for ", " ")
            .or_else(|| {
                between(message, "allocate additional ", " with ").and_then(|rest| rest.split(" for ").nth(1))
            })
            .map(operator_name)
            .unwrap_or("the query");
        let limit = bytes_text(self.memory_bytes as u64);
        // Advice to allow less than there is would be none.
        let more = (self.memory_bytes / 1_000_000_000 * 2).max(8);
        Error::query(format!("out of memory in {operator}: the limit is {limit}")).hint(format!(
            "allow more with `--memory-limit {more}GB`, use fewer `--threads` so that each gets a larger share, or read \
             fewer columns and rows"
        ))
    }
}

/// Whether what is exhausted is the disk, and not memory.
pub(in crate::engine) fn is_about_disk(message: &str) -> bool {
    is_used_up(message) || message.contains("spill file")
}

/// Whether a message is about the limit of spilled rows.
pub(super) fn is_used_up(message: &str) -> bool {
    message.contains("used disk space during the spilling process")
}

/// What the user knows an operator as.
fn operator_name(consumer: &str) -> &'static str {
    let starts = |prefix: &str| consumer.starts_with(prefix);
    if consumer.contains("Aggregate") || starts("GroupedHash") || starts("DistinctHash") {
        "an aggregation (GROUP BY, DISTINCT)"
    } else if starts("ExternalSorter") || starts("TopK") || consumer.contains("Sort") {
        "a sort (ORDER BY, window)"
    } else if consumer.contains("Join") {
        "a join"
    } else if starts("Repartition") {
        "the exchange of rows between threads"
    } else if consumer.contains("Window") {
        "a window function"
    } else {
        "the query"
    }
}
