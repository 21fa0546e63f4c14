#!/usr/bin/env python3
"""What cohorts of recurring revenue cost: the model's views over many contract items, beside SQL written by hand for DuckDB.

    benches/peers/cohorts.py --marginql target/release/marginql [--customers 250000] [--months 40]

It makes a project of one Parquet file of contract items: --customers customers that begin in the course of --months months,
with a contract a year that is renewed, at another price or not at all, and with some that leave for a while and come back. On
average a customer has been there for half of the months, so 500,000 customers and 40 months are 10 million customer-months.
Then, each in a new process, the median of --repetitions, the whole result written as CSV:

* `cohorts`: cohort × age, customers and revenue;
* `retention`: by month, also against the year before, which has to look at every customer-month;
* DuckDB: the grid of customers and months by hand, grouped by cohort and age, two threads.

Both results must agree: customers and revenue of every cohort and age. marginql has more to do, as it finds the customer of
each number, checks every cell, and rounds nothing.
"""

import argparse
import csv
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from run import environment  # noqa: E402

PROJECT = """[project]
currency = "USD"
as_of = "2025-12-31"

[sources.billing]
connector = "generic"
subscriptions = "subscriptions.parquet"
"""

# hash() is the same everywhere: a customer begins in month h % months, lives some years, and pays a price of its own.
ITEMS = """
COPY (
  WITH customers AS (
    SELECT i, (hash(i) % {months})::INT AS first, (hash(i + 7000000) % 30)::INT + 1 AS day, (hash(i + 9000000) % 9)::INT AS fate,
      10 + (hash(i + 11000000) % 900)::INT AS price
    FROM range({customers}) AS numbers(i)
  ),
  items AS (
    SELECT i, year, price, fate,
      (DATE '{start}' + to_months(first + 12 * year) + to_days(least(day, 28) - 1) + CASE WHEN fate = 8 AND year > 0 THEN to_days(65) ELSE to_days(0) END)::DATE AS started_on,
      (DATE '{start}' + to_months(first + 12 * year + 12) + to_days(least(day, 28) - 2))::DATE AS ended_on
    FROM customers, range(8) AS years(year)
    WHERE fate > 2 OR year <= fate
  )
  SELECT 'S' || i || '-' || year AS subscription_id, 'C' || i AS customer_key, started_on,
    CASE WHEN ended_on < DATE '2026-06-30' THEN ended_on END AS ended_on,
    CAST(price * (1 + year * (fate % 3) * 0.05) AS DECIMAL(18,4)) AS mrr
  FROM items
  WHERE started_on <= DATE '2025-12-31'
) TO '{target}' (FORMAT parquet)
"""

# The way it is usually written: every customer and month that counts, then groups.
BY_HAND = """
COPY (
  WITH active AS (
    SELECT customer_key, month, sum(mrr) AS mrr
    FROM (
      SELECT customer_key, mrr, unnest(generate_series(
        date_trunc('month', started_on)::DATE,
        coalesce(CASE WHEN ended_on < DATE '2025-12-31' THEN date_trunc('month', ended_on + 1)::DATE - INTERVAL 1 MONTH END, DATE '2025-12-01')::DATE,
        INTERVAL 1 MONTH))::DATE AS month
      FROM '{source}'
    )
    GROUP BY ALL
  ),
  firsts AS (SELECT customer_key, min(month) AS cohort FROM active WHERE mrr > 0 GROUP BY customer_key)
  SELECT cohort, CAST(date_diff('month', cohort, month) AS BIGINT) AS age, count(*) FILTER (WHERE mrr > 0) AS active_customers, sum(mrr) AS mrr
  FROM active JOIN firsts USING (customer_key)
  GROUP BY ALL
  ORDER BY ALL
) TO '{target}' (FORMAT csv, HEADER)
"""
COHORTS = "SELECT cohort, age, active_customers, mrr FROM cohorts WHERE active_customers > 0 ORDER BY cohort, age"

# Runs in the environment that has DuckDB; prints the seconds of the last statement.
DUCKDB = """
import sys, time
import duckdb
connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false; SET threads = 2")
start = time.perf_counter()
result = connection.execute(sys.argv[1]).fetchall()
print(time.perf_counter() - start)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--marginql", required=True, type=pathlib.Path, help="the release binary")
    parser.add_argument("--customers", type=int, default=500_000)
    parser.add_argument("--months", type=int, default=40)
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()
    python = environment(pathlib.Path(tempfile.gettempdir()) / "marginql-peers-cohorts")
    with tempfile.TemporaryDirectory() as directory:
        measure(arguments, python, pathlib.Path(directory))


def duckdb(python, statement):
    done = subprocess.run([python, "-c", DUCKDB, statement], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return float(done.stdout)


def measure(arguments, python, directory):
    ours, source = arguments.marginql.resolve(), directory / "subscriptions.parquet"
    year, month = divmod(2026 * 12 - arguments.months, 12)
    start = f"{year}-{month + 1:02}-01"
    duckdb(python, ITEMS.format(customers=arguments.customers, months=arguments.months, start=start, target=source))
    (directory / "marginql.toml").write_text(PROJECT)
    mine, peer, other = directory / "mine.csv", directory / "peer.csv", directory / "other.csv"

    def query(sql, target):
        return lambda: timed([ours, "query", "-q", "-o", target, sql], directory)

    by_hand = BY_HAND.format(source=source, target=peer)
    # The first turn inspects the file and decides its types.
    first = query(COHORTS, mine)()
    duckdb(python, by_hand)
    compare(mine, peer)
    rows = [
        ("cohorts", query(COHORTS, mine)),
        ("retention", query("SELECT * FROM retention ORDER BY month", other)),
        ("DuckDB, by hand", lambda: duckdb(python, by_hand)),
    ]
    print(f"{count(python, source):,} contract items of {arguments.customers:,} customers\n")
    print("| | seconds |\n|---|--:|")
    print(f"| cohorts, the first time | {first:.1f} |", flush=True)
    seconds = {}
    for name, run in rows:
        seconds[name] = statistics.median(run() for _ in range(arguments.repetitions))
        print(f"| {name} | {seconds[name]:.1f} |", flush=True)
    print(f"\ncohorts / DuckDB: {seconds['cohorts'] / seconds['DuckDB, by hand']:.2f}")


def count(python, source):
    code = f"import duckdb; print(duckdb.connect().execute(\"SELECT count(*) FROM '{source}'\").fetchone()[0])"
    return int(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout)


def compare(mine, peer):
    """Stops unless both files hold the same customers and revenue of every cohort and age."""
    def rows(path):
        with path.open(encoding="utf-8") as lines:
            table = csv.DictReader(lines)
            return {(row["cohort"], row["age"]): (int(row["active_customers"]), Decimal(row["mrr"])) for row in table
                    if int(row["active_customers"]) > 0}
    left, right = rows(mine), rows(peer)
    wrong = [key for key in left.keys() | right.keys() if left.get(key) != right.get(key)]
    if wrong:
        key = min(wrong)
        sys.exit(f"{len(wrong)} cells differ, the first is {key}: {left.get(key)} and {right.get(key)}")


def timed(command, directory):
    start = time.perf_counter()
    done = subprocess.run([str(part) for part in command], cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
