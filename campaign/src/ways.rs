//! The ways to execute a statement, which must not show in its rows.

/// Threads, memory and options of a session.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// The name in reports.
    pub name: &'static str,
    /// How many threads work.
    pub threads: usize,
    /// How much memory there is; none: enough.
    pub memory: Option<&'static str>,
    /// Options, as key and value.
    pub settings: &'static [(&'static str, &'static str)],
}

const SPLIT: (&str, &str) = ("optimizer.repartition_file_min_size", "1");
const SKIP_ROWS: (&str, &str) = ("execution.skip_partial_aggregation_probe_rows_threshold", "0");
const SKIP_RATIO: (&str, &str) = ("execution.skip_partial_aggregation_probe_ratio_threshold", "0");

/// All ways; the first ones are the simplest.
pub const WAYS: [Way; 10] = [
    Way { name: "one thread", threads: 1, memory: None, settings: &[] },
    Way { name: "four threads", threads: 4, memory: None, settings: &[SPLIT] },
    Way {
        name: "four threads, small batches",
        threads: 4,
        memory: None,
        settings: &[SPLIT, ("execution.batch_size", "7")],
    },
    Way {
        name: "four threads, no partial aggregation",
        threads: 4,
        memory: None,
        settings: &[SPLIT, SKIP_ROWS, SKIP_RATIO],
    },
    Way {
        name: "one thread, small batches, no partial aggregation",
        threads: 1,
        memory: None,
        settings: &[("execution.batch_size", "3"), SKIP_ROWS, SKIP_RATIO],
    },
    Way {
        name: "little memory",
        threads: 2,
        memory: Some("8MB"),
        settings: &[
            SPLIT,
            ("execution.batch_size", "256"),
            ("execution.sort_spill_reservation_bytes", "262144"),
        ],
    },
    Way {
        name: "sort-merge joins",
        threads: 3,
        memory: None,
        settings: &[SPLIT, ("optimizer.prefer_hash_join", "false")],
    },
    Way {
        name: "partitioned joins",
        threads: 4,
        memory: None,
        settings: &[
            SPLIT,
            ("execution.batch_size", "64"),
            ("optimizer.hash_join_single_partition_threshold", "0"),
            ("optimizer.hash_join_single_partition_threshold_rows", "0"),
        ],
    },
    Way {
        name: "kept orders, no statistics",
        threads: 3,
        memory: None,
        settings: &[
            SPLIT,
            ("optimizer.prefer_existing_sort", "true"),
            ("execution.collect_statistics", "false"),
            ("optimizer.enable_dynamic_filter_pushdown", "false"),
        ],
    },
    Way {
        name: "no repartitioning",
        threads: 4,
        memory: None,
        settings: &[
            SPLIT,
            ("optimizer.repartition_aggregations", "false"),
            ("optimizer.repartition_joins", "false"),
            ("optimizer.repartition_windows", "false"),
            ("optimizer.enable_round_robin_repartition", "false"),
        ],
    },
];
