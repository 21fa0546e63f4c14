//! Options that must not be switched on, because DataFusion then gives wrong rows.

use crate::error::Error;

/// Option, value, why.
const REFUSED: [(&str, &str, &str); 3] = [
    (
        "execution.parquet.pushdown_filters",
        "true",
        "filters inside the Parquet reader give wrong rows over dictionaries and string views (DataFusion 55.2)",
    ),
    (
        "optimizer.enable_aggregate_dynamic_filter_pushdown",
        "true",
        "`min` and `max` then skip files by the statistics of others, also of those without a value \
         (datafusion#25147)",
    ),
    (
        "optimizer.enable_leaf_expression_pushdown",
        "true",
        "a field of a struct then takes the place of a computed column that has its name (datafusion#25414)",
    ),
];

/// Returns the error for an option whose value is refused. The prefix `datafusion.` may be there.
pub(in crate::engine) fn refused_option(key: &str, value: &str) -> Option<Error> {
    let key = key.strip_prefix("datafusion.").unwrap_or(key);
    let is_refused = |(refused, bad, _): &&(&str, &str, &str)| {
        refused.eq_ignore_ascii_case(key) && bad.eq_ignore_ascii_case(value.trim())
    };
    REFUSED.iter().find(is_refused).map(|(key, value, reason)| {
        Error::usage(format!("the option `{key}` cannot be `{value}`"))
            .note(*reason)
            .hint("leave it out: results are right, and hardly slower, without it")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wrong_value_is_refused() {
        assert!(refused_option("datafusion.execution.parquet.pushdown_filters", "TRUE").is_some());
        assert!(refused_option("execution.parquet.pushdown_filters", "false").is_none());
        assert!(refused_option("execution.batch_size", "true").is_none());
    }
}
