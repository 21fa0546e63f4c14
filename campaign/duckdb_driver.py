"""Answers lines of JSON with lines of JSON: {"load": [[table, file], …]}, {"view": sql}, {"sql": sql, "limit": rows}."""

import datetime
import decimal
import json
import sys
import threading

import duckdb

SECONDS_MAX = 10


def connect():
    connection = duckdb.connect(config={"threads": 1, "memory_limit": "1GB"})
    connection.execute("SET enable_progress_bar = false")
    # A window may be ordered by a constant.
    connection.execute("SET order_by_non_integer_literal = true")
    return connection


def cell(value):
    """The value as it is compared: numbers without the zeros that their type adds."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if value != value:
            return "NaN"
        if value in (float("inf"), float("-inf")):
            return "inf" if value > 0 else "-inf"
        value = decimal.Decimal(repr(value))
    if isinstance(value, decimal.Decimal):
        text = format(value, "f")
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return "0" if text in ("-0", "") else text
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def rows_of(connection, request):
    timer = threading.Timer(SECONDS_MAX, connection.interrupt)
    timer.start()
    try:
        rows = connection.execute(request["sql"]).fetchmany(request["limit"] + 1)
    finally:
        timer.cancel()
    if len(rows) > request["limit"]:
        return None
    return [[cell(value) for value in row] for row in rows]


def main():
    connection = connect()
    views = set()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            rows = []
            if "load" in request:
                connection.close()
                connection = connect()
                views.clear()
                for name, path in request["load"]:
                    quoted = '"' + name.replace('"', '""') + '"'
                    connection.execute(f"CREATE TABLE {quoted} AS SELECT * FROM read_parquet('{path}')")
            elif "view" in request:
                if request["view"] not in views:
                    connection.execute(request["view"])
                    views.add(request["view"])
            else:
                rows = rows_of(connection, request)
            answer = {"rows": rows}
        except Exception as error:  # whatever it is, the other side decides what it means
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
