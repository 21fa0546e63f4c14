#!/usr/bin/env python3
"""Reads every file of a directory with marginql and with DuckDB, and says where their rows differ.

    pip install duckdb
    python campaign/corpora/compare.py --marginql target/release/marginql DIRECTORY [--report FILE]

Rows are compared as multisets of texts: numbers by value, dates and times as ISO writes them, texts as they are. The names
and types of columns are not compared. Files are read one by one, each with a limit of time.
"""

import argparse
import collections
import datetime
import decimal
import json
import math
import pathlib
import subprocess
import sys

ENDINGS = {".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl", ".parquet", ".gz", ".zst"}
SECONDS = 60
ROWS_MAX = 200_000


def text(value):
    """One spelling for what two programs spell differently."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return str(value).lower()
        value = decimal.Decimal(repr(value))
    if isinstance(value, decimal.Decimal):
        if value and abs(value.adjusted()) > 60:
            return f"{float(value):e}"
        plain = format(value.normalize(), "f")
        return "0" if plain == "-0" else plain
    if isinstance(value, datetime.datetime):
        if value.tzinfo:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return value.isoformat(sep=" ").removesuffix(".000000")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, dict):
        return text(list(value.values()))
    if isinstance(value, (list, tuple)):
        return json.dumps([text(item) for item in value])
    written = str(value)
    try:
        number = decimal.Decimal(written)
        if number.is_finite() and len(written) < 60:
            return text(number)
    except decimal.InvalidOperation:
        pass
    lower = written.strip().lower()
    if lower in ("true", "false"):
        return lower
    for parse in (datetime.datetime.fromisoformat, datetime.time.fromisoformat):
        try:
            parsed = parse(written)
            if isinstance(parsed, datetime.datetime) and len(written) == 10:
                return parsed.date().isoformat()
            return text(parsed)
        except ValueError:
            pass
    return written


def ours(program, path):
    command = [program, "query", f"SELECT * FROM '{path}'", "--format", "json", "--quiet"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None, f"no end after {SECONDS} s"
    if done.returncode != 0:
        return None, done.stderr.decode(errors="replace").strip().split("\n")[0] or f"ended with {done.returncode}"
    rows = json.loads(done.stdout, parse_float=decimal.Decimal, object_pairs_hook=lambda pairs: [item for _, item in pairs])
    return [tuple(text(item) for item in row) for row in rows], None


def theirs(path):
    import duckdb  # in a process of its own: it may die

    reader = "read_parquet" if ".parquet" in path.name else "read_json_auto" if ".json" in path.name or ".ndjson" in path.name else "read_csv_auto"
    connection = duckdb.connect()
    try:
        rows = connection.execute(f"SELECT * FROM {reader}($1)", [str(path)]).fetchmany(ROWS_MAX)
    except Exception as error:  # noqa: BLE001: whatever it says is the answer
        return None, str(error).split("\n")[0]
    return [tuple(text(item) for item in row) for row in rows], None


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("directory", type=pathlib.Path)
    arguments.add_argument("--marginql", default="target/release/marginql")
    arguments.add_argument("--report", type=pathlib.Path)
    arguments.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.one:
        json.dump(theirs(given.directory), sys.stdout)
        return
    files = sorted(path for path in given.directory.rglob("*") if path.is_file() and path.suffix.lower() in ENDINGS)
    counts, lines = collections.Counter(), []
    for path in files:
        mine, error = ours(given.marginql, path)
        try:
            done = subprocess.run([sys.executable, __file__, "--one", str(path)], capture_output=True, timeout=SECONDS, check=False)
            other, their_error = json.loads(done.stdout) if done.returncode == 0 else (None, "it died")
        except subprocess.TimeoutExpired:
            other, their_error = None, "no end"
        if mine is None and other is None:
            outcome, why = "neither reads", error
        elif mine is None:
            outcome, why = "only DuckDB reads", error
        elif other is None:
            outcome, why = "only marginql reads", their_error
        elif collections.Counter(mine) == collections.Counter(tuple(row) for row in other):
            outcome, why = "same", ""
        else:
            both = collections.Counter(mine)
            rest = collections.Counter(tuple(row) for row in other)
            first = next(iter((both - rest) or (rest - both)))
            outcome, why = "differ", f"{len(mine)} and {len(other)} rows, such as {str(first)[:160]}"
        counts[outcome] += 1
        if outcome != "same":
            lines.append(f"{outcome}\t{path.relative_to(given.directory)}\t{why}")
    report = "\n".join(lines) + "\n"
    if given.report:
        given.report.write_text(report)
    else:
        sys.stdout.write(report)
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()), file=sys.stderr)


if __name__ == "__main__":
    main()
