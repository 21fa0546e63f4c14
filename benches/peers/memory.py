#!/usr/bin/env python3
"""A group-by that does not fit: 4,000,000 groups over 20,000,000 rows, under a memory limit.

    benches/peers/memory.py --marginql target/release/marginql [--limit 512MB] [--directory DIR]

The rows are made by marginql itself, once, in DIR. Printed are the time, the peak resident memory of the
process (as the kernel counts it, the program's own code included) and the check value, for both engines.
"""

import argparse
import os
import pathlib
import sys
import tempfile
import time

from run import cli, environment, run

# Every key occurs five times, far apart: no order or cluster helps the aggregation.
ROWS = """
SELECT
    'K' || CAST(value * 7919 % {groups} AS VARCHAR)                AS customer_id,
    CAST(value % 100000 / 100 AS DECIMAL(18, 4))                   AS amount
FROM generate_series(1, {rows})
"""
QUERY = """
SELECT count(*) AS customers, sum(revenue) AS revenue, max(revenue) AS largest, max(lines) AS lines
FROM (SELECT customer_id, sum(amount) AS revenue, count(*) AS lines FROM entries GROUP BY customer_id) AS totals
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--marginql", required=True, type=pathlib.Path)
    parser.add_argument("--limit", default="512MB")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--groups", type=int, default=4_000_000)
    parser.add_argument("--directory", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()))
    parser.add_argument("--environment", type=pathlib.Path,
                        default=pathlib.Path(tempfile.gettempdir()) / f"marginql-peers-{os.getuid()}")
    arguments = parser.parse_args()
    entries = arguments.directory / f"entries-{arguments.rows}-{arguments.groups}.parquet"
    if not entries.exists():
        rows = ROWS.format(rows=arguments.rows, groups=arguments.groups)
        run([str(arguments.marginql), "query", "-", "--quiet", "-o", str(entries)], rows)
    duckdb = cli(environment(arguments.environment))
    setup = (f"SET enable_progress_bar = false; SET threads = {arguments.threads}; SET memory_limit = '{arguments.limit}'; "
             f"SET temp_directory = '{arguments.directory}'; CREATE VIEW entries AS FROM '{entries}';")
    print(f"{arguments.groups:,} groups over {arguments.rows:,} rows, limit {arguments.limit}, "
          f"{arguments.threads} threads\n")
    print("| engine | time | peak resident memory | result |\n|---|--:|--:|---|")
    report("marginql", [str(arguments.marginql), "query", QUERY.strip(), "--quiet", "--format", "csv", "--table",
                        f"entries={entries}", "--memory-limit", arguments.limit, "--threads", str(arguments.threads)])
    report("DuckDB (command line)", [duckdb, "-csv", "-c", setup + QUERY])


def report(name, command):
    """Runs a process and asks the kernel for the peak of its resident memory."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        child = os.posix_spawn(command[0], command, os.environ,
                               file_actions=[(os.POSIX_SPAWN_DUP2, output.fileno(), 1),
                                             (os.POSIX_SPAWN_DUP2, output.fileno(), 2)])
        _, status, usage = os.wait4(child, 0)
        elapsed = time.perf_counter() - start
        output.seek(0)
        lines = output.read().decode(errors="replace").strip().splitlines() or [""]
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    megabytes = usage.ru_maxrss * unit / 1_000_000
    outcome = lines[-1] if status == 0 else f"failed: {lines[0]}"
    print(f"| {name} | {elapsed:.1f} s | {megabytes:,.0f} MB | {outcome} |", flush=True)


if __name__ == "__main__":
    main()
