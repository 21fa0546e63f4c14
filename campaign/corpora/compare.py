#!/usr/bin/env python3
"""Reads every file of a directory with marginql and with DuckDB, and says where their rows differ.

    pip install duckdb
    python campaign/corpora/compare.py --marginql target/release/marginql DIRECTORY [--report FILE]

Rows are compared as multisets of texts: numbers by value (to 15 digits, where one program has doubles), dates and times as ISO
writes them, texts without white space around them. The names and types of columns are not compared. Files are read one by one,
each with a limit of time. Where rows differ, and both programs have as many, the kinds of cells that differ are told: what one
program takes for a date, a number or NULL, and the other for a text.
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
OTHER_TYPES = "types that marginql shows as they are stored: "


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
        if value != value.to_integral_value() and len(value.as_tuple().digits) > 15:
            value = decimal.Context(prec=15).plus(value)
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
    written = str(value).strip()
    try:
        number = decimal.Decimal(written)
        if number.is_finite() and len(written) < 60:
            return text(number)
    except decimal.InvalidOperation:
        pass
    lower = written.lower()
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


def selected(column):
    """The column in a form that both programs spell alike: a FLOAT by its own digits, a UUID as its bytes."""
    name, kind = '"' + column[0].replace('"', '""') + '"', column[1]
    if kind == "FLOAT":
        return f"CAST({name} AS VARCHAR)"
    return f"replace(CAST({name} AS VARCHAR), '-', '')" if kind == "UUID" else name


def kinds(mine, other):
    """Which kinds of cells differ, row by row: what they are here, and there."""
    if len(mine) != len(other):
        return f"{len(mine)} and {len(other)} rows"
    found = collections.Counter()
    for one, two in zip(mine, other):
        if len(one) != len(two):
            return f"{len(one)} and {len(two)} columns"
        found.update(f"{kind(a)} for {kind(b)}" for a, b in zip(one, two) if a != b)
    return ", ".join(sorted(found))


def kind(cell):
    if cell is None:
        return "NULL"
    for name, parse in (("number", decimal.Decimal), ("date", datetime.datetime.fromisoformat), ("time", datetime.time.fromisoformat)):
        try:
            parse(cell)
            return name
        except (ValueError, decimal.InvalidOperation):
            pass
    return "nested" if cell[:1] in "[{" else "text"


def theirs(path):
    import duckdb  # in a process of its own: it may die

    reader = "read_parquet" if ".parquet" in path.name else "read_json_auto" if ".json" in path.name or ".ndjson" in path.name else "read_csv_auto"
    connection = duckdb.connect()
    try:
        # Directories such as `day=1` are columns of a directory that is read, and not of one file in it.
        source = f"{reader}($1, hive_partitioning = false)"
        columns = connection.execute(f"DESCRIBE SELECT * FROM {source}", [str(path)]).fetchall()
        foreign = sorted({kind for _, kind, *_ in columns if kind.split("(")[0] in ("VARIANT", "GEOMETRY")})
        if foreign:
            return None, f"{OTHER_TYPES}{', '.join(foreign)}"
        rows = connection.execute(f"SELECT {', '.join(map(selected, columns))} FROM {source}", [str(path)]).fetchmany(ROWS_MAX)
    except Exception as error:  # noqa: BLE001: whatever it says is the answer
        return None, str(error).split("\n")[0]
    return [tuple(text(item) for item in row) for row in rows], None


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("directory", type=pathlib.Path)
    arguments.add_argument("--marginql", default="target/release/marginql")
    arguments.add_argument("--report", type=pathlib.Path)
    arguments.add_argument("--only", type=pathlib.Path, help="an earlier report, of which only the files are read again")
    arguments.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.one:
        json.dump(theirs(given.directory), sys.stdout)
        return
    files = sorted(path for path in given.directory.rglob("*") if path.is_file() and path.suffix.lower() in ENDINGS)
    if given.only:
        names = {line.split("\t")[1] for line in given.only.read_text().splitlines()}
        files = [path for path in files if str(path.relative_to(given.directory)) in names]
    counts, lines = collections.Counter(), []
    for path in files:
        mine, error = ours(given.marginql, path)
        try:
            done = subprocess.run([sys.executable, __file__, "--one", str(path)], capture_output=True, timeout=SECONDS, check=False)
            other, their_error = json.loads(done.stdout) if done.returncode == 0 else (None, "it died")
        except subprocess.TimeoutExpired:
            other, their_error = None, "no end"
        if mine is not None and str(their_error).startswith(OTHER_TYPES):
            outcome, why = "other types", their_error
        elif mine is None and other is None:
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
            outcome, why = "differ", f"{kinds(mine, other)}; such as {str(first)[:160]}"
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
