#!/usr/bin/env python3
"""What cleaning, matching and allocating cost: a project over a large SYSPRO export, beside the same sums over clean rows.

    marginql sample --scale 7 --only exports company/
    benches/peers/exports.py --marginql target/release/marginql --exports company/exports

It makes a project of the sample's invoice lines (as Parquet with the types that an ETL tool gives them, and as the CSV
they are), its journal, its customers and 50,000 of its tickets, with two pools. Then, each in a new process, the median of
--repetitions, the first turn not counted because it decides the types and inspects the files:

* `customer_pnl` whole, and `revenue` summed by customer and month, from Parquet and from CSV;
* the same sums over the clean ledger, written as Parquet by marginql before: what is left when there is nothing to clean;
* DuckDB's sum of the lines by customer and month over the same CSV files, types declared: it reads and trims, and does
  nothing of the rest (no duplicates, no quarantine, no customers, no costs);
* `marginql check`.

--customers keeps so many customers and maps the lines to them, as the sample's number of customers grows with its lines.
"""

import argparse
import itertools
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from run import environment  # noqa: E402

TICKETS = 50_000
DAYS = {"InvoiceDate", "EntryDate", "TransactionDate"}
MONEY = {"NetSalesValue", "TaxValue", "CostValue", "DiscValue", "PostValue", "QtyInvoiced", "EntryValue"}
WHOLE = {"TrnYear", "TrnMonth", "SummaryLine", "DetailLine", "GlYear", "GlPeriod", "SalesOrderLine", "EntryNumber"}
REVENUE = "SELECT customer_id, date_trunc('month', posted_on) AS month, sum(amount) AS revenue FROM revenue GROUP BY 1, 2"
CLEAN_REVENUE = ("SELECT customer_id, month, sum(revenue) AS revenue FROM ledger WHERE basis = 'direct' GROUP BY 1, 2")
CLEAN_PNL = ("SELECT customer_id, month, sum(revenue) AS revenue, sum(support_revenue) AS support_revenue, "
             "sum(service_cost) AS service_cost, sum(support_cost) AS support_cost, sum(acquisition_cost) AS acquisition_cost, "
             "sum(cogs) AS cogs, sum(overhead) AS overhead FROM ledger GROUP BY 1, 2")

PROJECT = """[project]
currency = "USD"
as_of = "2026-12-31"

[sources.erp]
connector = "syspro"
ar_customer = "ArCustomer.csv"
ar_trn_detail = "{lines}"
gen_journal_detail = "GenJournalDetail.{kind}"
gen_master = "GenMaster.csv"
accounts = "accounts.csv"
products = "products.csv"
options = {{ customer = "delivered", credit_sign = "auto", categories = "file" }}

[sources.desk]
connector = "hubspot"
companies = "companies.csv"
tickets = "tickets.csv"
ticket_company = "ticket_company.csv"
options = {{ handle_time = "elapsed", cap_minutes = 480 }}

[customers]
master = "erp"
match = ["id", "domain", "name"]

[[pools]]
name = "support"
where = "category LIKE 'support.%'"
driver = "handle_minutes"

[[pools]]
name = "overhead"
where = "category LIKE 'overhead.%'"
driver = "revenue"
"""

# Runs in the environment that has DuckDB: statements, the last one timed if wanted.
DUCKDB = """
import sys, time
import duckdb
connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false; SET threads = 2")
start = time.perf_counter()
for statement in sys.argv[1:]:
    connection.execute(statement).fetchall()
print(time.perf_counter() - start)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--marginql", required=True, type=pathlib.Path, help="the release binary")
    parser.add_argument("--exports", required=True, type=pathlib.Path, help="the exports of a sample")
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()
    python = environment(pathlib.Path(tempfile.gettempdir()) / "marginql-peers-exports")
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        for kind in ("parquet", "csv"):
            make(arguments, python, directory / kind, kind)
        measure(arguments, python, directory)


def duckdb(python, *statements):
    done = subprocess.run([python, "-c", DUCKDB, *statements], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return float(done.stdout)


def make(arguments, python, target, kind):
    """Writes the project with its files."""
    target.mkdir()
    syspro, hubspot = arguments.exports / "syspro", arguments.exports / "hubspot"
    lines = sorted(syspro.glob("ArTrnDetail/*.csv")) or [syspro / "ArTrnDetail.csv"]
    header = lines[0].open(encoding="utf-8").readline().strip().split(",")
    number = "(CAST(trim(Customer) AS BIGINT) - 1) % {0} + 1".format(arguments.customers)
    customer = f"CASE WHEN trim(Customer) = '' THEN Customer ELSE rpad(lpad(CAST({number} AS VARCHAR), 7, '0'), 15, ' ') END"
    files = "[" + ", ".join(f"'{path}'" for path in lines) + "]"
    copy(python, files, header, {"Customer": customer}, target / f"ArTrnDetail.{kind}", kind)
    journal = syspro / "GenJournalDetail.csv"
    header = journal.open(encoding="utf-8").readline().strip().split(",")
    copy(python, f"'{journal}'", header, {}, target / f"GenJournalDetail.{kind}", kind)
    for name in ("GenMaster", "accounts", "products"):
        shutil.copy(syspro / f"{name}.csv", target)
    for path in (syspro / "ArCustomer.csv", hubspot / "companies.csv"):
        # Both stand in the order of the customers.
        with path.open(encoding="utf-8") as rows, (target / path.name).open("w", encoding="utf-8") as first_rows:
            first_rows.writelines(itertools.islice(rows, arguments.customers + 1))
    first = f"SELECT * FROM read_csv('{hubspot}/tickets.csv', all_varchar=true) LIMIT {TICKETS}"
    duckdb(python, f"COPY ({first}) TO '{target}/tickets.csv' (FORMAT csv, HEADER)",
           f"COPY (SELECT * FROM read_csv('{hubspot}/ticket_company.csv', all_varchar=true) WHERE ticket_id IN "
           f"(SELECT id FROM ({first}))) TO '{target}/ticket_company.csv' (FORMAT csv, HEADER)")
    (target / "marginql.toml").write_text(PROJECT.format(lines=f"ArTrnDetail.{kind}", kind=kind))


def copy(python, files, header, replaced, target, kind):
    """Copies files; Parquet gets types, CSV keeps its texts."""
    columns = []
    for name in header:
        value = f"nullif(trim(\"{name}\"), '')"
        if name in replaced:
            columns.append(f'{replaced[name]} AS "{name}"')
        elif kind == "parquet" and name in DAYS:
            columns.append(f'TRY_CAST({value} AS DATE) AS "{name}"')
        elif kind == "parquet" and name in MONEY:
            columns.append(f'TRY_CAST({value} AS DECIMAL(14,2)) AS "{name}"')
        elif kind == "parquet" and name in WHOLE:
            columns.append(f'TRY_CAST({value} AS INTEGER) AS "{name}"')
        else:
            columns.append(f'"{name}"')
    form = "(FORMAT parquet)" if kind == "parquet" else "(FORMAT csv, HEADER)"
    duckdb(python, f"COPY (SELECT {', '.join(columns)} FROM read_csv({files}, all_varchar=true)) TO '{target}' {form}")


def measure(arguments, python, directory):
    ours = arguments.marginql.resolve()
    result, clean = directory / "result.csv", directory / "clean.parquet"

    def query(kind, sql, *options):
        return lambda: timed([ours, "query", "-q", "-o", result, *options, sql], directory / kind)

    first = {kind: query(kind, "SELECT * FROM customer_pnl")() for kind in ("parquet", "csv")}
    timed([ours, "query", "-q", "-o", clean, "SELECT * FROM ledger"], directory / "parquet")
    ledger = ("--table", f"ledger={clean}")
    types = "{'InvoiceDate': 'DATE', 'NetSalesValue': 'DECIMAL(14,2)'}"
    by_hand = (f"COPY (SELECT trim(Customer) AS customer, date_trunc('month', InvoiceDate) AS month, sum(NetSalesValue) AS revenue "
               f"FROM read_csv('{directory}/csv/ArTrnDetail.csv', types={types}, ignore_errors=true) GROUP BY 1, 2) "
               f"TO '{result}' (FORMAT csv, HEADER)")
    rows = [
        ("customer_pnl, Parquet", query("parquet", "SELECT * FROM customer_pnl")),
        ("its sums over the clean ledger", query(".", CLEAN_PNL, *ledger)),
        ("revenue by customer and month, Parquet", query("parquet", REVENUE)),
        ("the same over the clean ledger", query(".", CLEAN_REVENUE, *ledger)),
        ("customer_pnl, CSV", query("csv", "SELECT * FROM customer_pnl")),
        ("revenue by customer and month, CSV", query("csv", REVENUE)),
        ("DuckDB: lines by customer and month, CSV", lambda: duckdb(python, by_hand)),
        ("check, Parquet", lambda: timed([ours, "check", "-q", "-o", directory / "checked"], directory / "parquet", (0, 1))),
    ]
    print("| | seconds |\n|---|--:|")
    for kind, seconds in first.items():
        print(f"| customer_pnl, {kind}, the first time | {seconds:.1f} |", flush=True)
    for name, run in rows:
        print(f"| {name} | {statistics.median(run() for _ in range(arguments.repetitions)):.1f} |", flush=True)


def timed(command, directory, codes=(0,)):
    start = time.perf_counter()
    done = subprocess.run([str(part) for part in command], cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode not in codes:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
