"""`doorstep import`: customers, sites, assets, technicians and open orders from a CSV file."""

from __future__ import annotations

import argparse
from pathlib import Path

from server.cli.opened import opened
from server.cli.stop import Stop
from server.importing.assets import ASSETS
from server.importing.customers import CUSTOMERS
from server.importing.kind import ImportKind
from server.importing.known import KnownRecords
from server.importing.orders import orders_kind
from server.importing.run import Done, check, write
from server.importing.sites import SITES
from server.importing.table import Unreadable, read_rows
from server.importing.technicians import TECHNICIANS
from server.settings import read_settings
from sync.push import Refused

NAME = "import"
MEANING = "import customers, sites, assets, technicians or open orders from a CSV file; safe to run again"
KINDS = ("customers", "sites", "assets", "technicians", "orders")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What kind of rows, and from where."""
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("file", type=Path, nargs="?", help="a CSV file, UTF-8 or GB 18030")
    parser.add_argument("--dry-run", action="store_true", help="list every bad row and write nothing")
    parser.add_argument("--columns", action="store_true", help="print the columns and their meaning, and end")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Check the whole file; with no bad row and without --dry-run, write it."""
    if given.columns:
        for column in _kind(given.kind, "UTC").columns:
            print(f"{column.name:<16} {'needed' if column.required else '      '}  {column.meaning}")
        return 0
    if given.file is None:
        raise Stop("Name the CSV file; --columns prints what it may hold.")
    kind = _kind(given.kind, read_settings(environ).default_timezone)
    with opened(environ) as service:
        print(f"import: checking {given.file} ...", flush=True)
        columns = [column.name for column in kind.columns]
        required = [column.name for column in kind.columns if column.required]
        try:
            rows = list(read_rows(given.file, columns, required))
        except Unreadable as unreadable:
            raise Stop(str(unreadable)) from None
        checked = check(kind, rows, KnownRecords(service.store), service.engine.rules.schema)
        for bad in checked.bad:
            print(f"line {bad.line}, column {bad.column}: {bad.reason}")
        if checked.bad:
            lines = len({bad.line for bad in checked.bad})
            raise Stop(f"{lines} of {checked.rows} rows are bad; nothing was written.")
        if given.dry_run:
            print(f"import: all {checked.rows} rows are good; nothing was written (dry run)")
            return 0

        def tell(through: int, done: Done) -> None:
            print(f"import: {through} of {len(checked.wanted)} records ...", flush=True)

        try:
            done = write(service.engine, checked.wanted, tell)
        except Refused as refused:
            raise Stop(
                f"The write door refused: {refused}. Rows before it are written; run it again."
            ) from None
    print(f"import: {done.created} created, {done.changed} changed, {done.unchanged} as they were")
    return 0


def _kind(name: str, zone: str) -> ImportKind:
    known = {"customers": CUSTOMERS, "sites": SITES, "assets": ASSETS, "technicians": TECHNICIANS}
    return known.get(name) or orders_kind(zone)
