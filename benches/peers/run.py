#!/usr/bin/env python3
"""Runs the suite (benches/suite) in marginql and in DuckDB, over the same files, side by side.

    benches/peers/run.py --marginql target/release/marginql --data DIR [--csv DIR]

DIR is what `marginql sample --scale 10 DIR` wrote; with --csv, the same sample in CSV, the queries
over `revenue_csv` run too. DuckDB is installed from PyPI into a virtual environment of its own.

How it is measured, and what that favours:
* every run is a new process, the two engines take turns, the median counts; both may use --threads threads;
* both write the whole result as CSV into a file, and the files must agree (money to the cent) before a time counts;
* marginql: the whole process, from its start to its end, planning and opening files included;
* DuckDB (default): from connecting to the end of the result within the process; starting Python and loading the
  library are NOT counted, which favours DuckDB by its start-up; the line `(start)` shows ours;
* DuckDB (--peer cli): the whole process of the command line from the package `duckdb-cli`, measured like ours,
  but usually an older version of DuckDB.

`NAME.sql` runs in both; where `NAME.duckdb.sql` exists, DuckDB runs that, as it lacks our functions.
"""

import argparse
import csv
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal, InvalidOperation

HERE = pathlib.Path(__file__).resolve().parent
SUITE = HERE.parent / "suite"
TABLES = ["customers", "revenue", "costs", "interactions", "surveys", "usage", "subscriptions"]

# Runs in the environment that has DuckDB; prints the seconds from connecting to the end of the result.
DUCKDB_RUN = """
import sys, time
import duckdb
setup, query, target = sys.argv[1:4]
start = time.perf_counter()
connection = duckdb.connect()
connection.execute(setup)
connection.execute("COPY (" + query + ") TO '" + target + "' (FORMAT csv, HEADER)").fetchall()
print(time.perf_counter() - start)
"""


def main():
    arguments = parse()
    python = environment(arguments.environment)
    version = run([python, "-c", "import duckdb; print(duckdb.__version__)"]).strip()
    if arguments.peer == "cli":
        version = run([cli(python), "--version"]).split()[0]
    tables = table_files(arguments)
    print(f"marginql {arguments.marginql}, DuckDB {version} ({arguments.peer}), {arguments.threads} threads, "
          f"median of {arguments.repetitions}\n")
    print("| query | rows | marginql | DuckDB | ratio |\n|---|--:|--:|--:|--:|")
    ratios, failed = [], []
    with tempfile.TemporaryDirectory() as directory:
        for name, ours, theirs in suite(arguments, tables):
            try:
                rows, mine, peer = measure(arguments, python, tables, ours, theirs, pathlib.Path(directory))
            except Failure as failure:
                failed.append(f"{name}: {failure}")
                print(f"| {name} | | failed | | |", flush=True)
                continue
            if name != "(start)":
                ratios.append(mine / peer)
            print(f"| {name} | {rows:,} | {mine * 1000:,.0f} ms | {peer * 1000:,.0f} ms | {mine / peer:.2f} |",
                  flush=True)
    if ratios:
        mean = math.exp(statistics.fmean(map(math.log, ratios)))
        print(f"| **geometric mean** | | | | **{mean:.2f}** |")
        print(f"\nbest {min(ratios):.2f}, worst {max(ratios):.2f}; below 1 marginql is faster")
    for failure in failed:
        print(f"\nfailed: {failure}", file=sys.stderr)
    return 1 if failed else 0


class Failure(Exception):
    """A query that failed, or whose results differ."""


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--marginql", required=True, type=pathlib.Path, help="the release binary")
    parser.add_argument("--data", required=True, type=pathlib.Path, help="a sample as Parquet")
    parser.add_argument("--csv", type=pathlib.Path, help="a sample as CSV")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peer", choices=["module", "cli"], default="module")
    parser.add_argument("--only", help="run the queries whose name contains this")
    parser.add_argument("--environment", type=pathlib.Path, help="where the virtual environment is or will be",
                        default=pathlib.Path(tempfile.gettempdir()) / f"marginql-peers-{os.getuid()}")
    return parser.parse_args()


def environment(directory):
    """The Python of a virtual environment with DuckDB; made when it does not exist."""
    python = directory / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", str(directory)])
        run([str(python), "-m", "pip", "install", "--quiet", "duckdb", "duckdb-cli"])
    return str(python)


def cli(python):
    return str(pathlib.Path(python).parent / "duckdb")


def run(command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        message = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Failure(f"{command[0]} exited with {done.returncode}: {' '.join(message[:2])}")
    return done.stdout


def table_files(arguments):
    """Name → (what marginql registers, what DuckDB reads)."""
    tables = {}
    for name in TABLES:
        tables[name] = found(arguments.data, name, "parquet")
    if arguments.csv:
        tables["revenue_csv"] = found(arguments.csv, "revenue", "csv")
    return tables


def found(directory, name, extension):
    single, parts = directory / f"{name}.{extension}", directory / name
    if single.exists():
        return str(single), str(single)
    if parts.is_dir():
        return str(parts), f"{parts}/*.{extension}"
    sys.exit(f"error: neither `{single}` nor `{parts}` exists\nhelp: marginql sample --scale 10 {directory}")


def suite(arguments, tables):
    yield "(start)", "SELECT 1 AS one", "SELECT 1 AS one"
    for path in sorted(SUITE.glob("*.sql")):
        name = path.name.removesuffix(".sql")
        if name.endswith(".duckdb") or (arguments.only and arguments.only not in name):
            continue
        ours = path.read_text()
        if "revenue_csv" in ours and "revenue_csv" not in tables:
            continue
        by_hand = path.with_name(f"{name}.duckdb.sql")
        yield name, ours, by_hand.read_text() if by_hand.exists() else ours


def measure(arguments, python, tables, ours, theirs, directory):
    """Rows of the result, and the median seconds of both; fails if the results differ."""
    mine_file, peer_file = directory / "marginql.csv", directory / "duckdb.csv"
    used = {name: files for name, files in tables.items() if name in ours}
    command = [str(arguments.marginql), "query", "-", "--quiet", "--format", "csv", "-o", str(mine_file),
               "--threads", str(arguments.threads)]
    for name, (registered, _) in used.items():
        command += ["--table", f"{name}={registered}"]
    setup = f"SET enable_progress_bar = false; SET threads = {arguments.threads};" + "".join(
        f"CREATE VIEW {name} AS FROM '{pattern}';" for name, (_, pattern) in used.items())
    query = theirs.strip().removesuffix(";")
    mine, peer = [], []
    for repetition in range(arguments.repetitions + 1):
        start = time.perf_counter()
        run(command, ours)
        mine.append(time.perf_counter() - start)
        if arguments.peer == "cli":
            copy = f"{setup} COPY ({query}) TO '{peer_file}' (FORMAT csv, HEADER);"
            start = time.perf_counter()
            run([cli(python), "-c", copy])
            peer.append(time.perf_counter() - start)
        else:
            peer.append(float(run([python, "-c", DUCKDB_RUN, setup, query, str(peer_file)])))
        if repetition == 0:
            # The first turn fills the system's file cache and is not counted.
            rows = compare(mine_file, peer_file)
            mine.clear()
            peer.clear()
    return rows, statistics.median(mine), statistics.median(peer)


def compare(mine_file, peer_file):
    with open(mine_file, newline="") as mine, open(peer_file, newline="") as peer:
        rows = 0
        mine_rows, peer_rows = csv.reader(mine), csv.reader(peer)
        while True:
            left, right = next(mine_rows, None), next(peer_rows, None)
            if left is None and right is None:
                return rows - 1
            if left is None or right is None:
                raise Failure(f"one result ends after {rows - 1} rows, the other goes on")
            if len(left) != len(right) or not all(map(same, left, right)):
                raise Failure(f"the results differ in row {rows}: {left} and {right}")
            rows += 1


def same(left, right):
    """Equal, or numbers that are equal to the cent; large doubles have no more than 15 digits."""
    if left == right:
        return True
    try:
        left, right = Decimal(left), Decimal(right)
    except InvalidOperation:
        return False
    return abs(left - right) <= max(Decimal("0.005"), abs(left) * Decimal("1e-14"))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"error: {failure}")
