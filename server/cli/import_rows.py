"""`doorstep import`: customers, sites, assets, technicians and open orders from a CSV file."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mobile_api.problem import Phrase
from server.cli.opened import opened
from server.cli.speech import filled, language, say
from server.cli.stop import Stop, WrongArgument
from server.importing.assets import assets_kind
from server.importing.customers import CUSTOMERS
from server.importing.kind import ImportKind
from server.importing.known import KnownRecords
from server.importing.orders import orders_kind
from server.importing.run import ChangedMeanwhile, Done, check, wanted, write
from server.importing.sheet import Sheet, read_sheet
from server.importing.sites import SITES
from server.importing.technicians import TECHNICIANS
from server.importing.wrong import Unreadable
from server.service import Service
from server.settings import read_settings
from sync.push import Refused

NAME = "import"
MEANING = "import customers, sites, assets, technicians or open orders from a CSV file; safe to run again"
TOLD_EVERY = 5_000
KINDS = ("customers", "sites", "assets", "technicians", "orders")

_NEEDED = Phrase("needed", "必填")
_NAME_FILE = Phrase(
    "Name the CSV file; --columns prints what it may hold.",
    "请给出 CSV 文件；--columns 可列出其可用的列。",
)
_CHECKING = Phrase(
    "import: checking {file}, read as {encoding} ...", "import：正在检查 {file}，按 {encoding} 读取……"
)
_CHECKED = Phrase("import: {rows} rows checked ...", "import：已检查 {rows} 行……")
_GOOD = Phrase(
    "import: all {rows} rows are good; nothing is written yet", "import：全部 {rows} 行无误，尚未写入"
)
_BAD = Phrase(
    "{bad} of {rows} rows are bad; nothing was written.", "{rows} 行中有 {bad} 行有误，未写入任何内容。"
)
_NO_ROWS = Phrase("{file} has a header and no rows.", "{file} 只有列名，没有数据行。")
_WRITTEN = Phrase(
    "import: {through} of {records} records ...", "import：{records} 条记录中已处理 {through} 条……"
)
_CHANGED = Phrase(
    "Somebody has changed what the file refers to: {what}. Rows before it are written; run it again.",
    "文件所引用的内容已被他人更改：{what}。此前各行已写入，请重新运行。",
)
_DONE = Phrase(
    "import: {created} created, {changed} changed, {unchanged} as they were{nothing}",
    "import：新建 {created} 条，更改 {changed} 条，未变 {unchanged} 条{nothing}",
)
_NOTHING = Phrase("; everything was there already, nothing was added", "；内容均已存在，未新增任何内容")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What kind of rows, and from where."""
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("file", type=Path, nargs="?", help="a CSV file, UTF-8 or GB 18030")
    parser.add_argument("--dry-run", action="store_true", help="list every bad row and write nothing")
    parser.add_argument(
        "--new-models", action="store_true", help="assets: take models that the catalogue does not name yet"
    )
    parser.add_argument("--columns", action="store_true", help="print the columns and their meaning, and end")
    parser.set_defaults(late="file")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Check the whole file; with no bad row and without --dry-run, write it."""
    if given.columns:
        for column in _kind(given.kind, "UTC").columns:
            needed = _NEEDED.said(language()) if column.required else ""
            print(f"{column.name:<16} {needed:<6}  {column.meaning} / {column.zh}")
        return 0
    if given.file is None:
        raise WrongArgument(_NAME_FILE)
    zone = read_settings(environ).default_timezone
    kind = _kind(given.kind, zone, given.new_models)
    with opened(environ) as service:
        try:
            sheet = read_sheet(given.file, kind.columns)
            say(_CHECKING, file=given.file, encoding=sheet.encoding)
            job = _Job(service, kind, sheet, datetime.fromisoformat(service.now()).astimezone(ZoneInfo(zone)))
            records = job.checked()
        except Unreadable as unreadable:
            raise Stop(str(unreadable)) from None
        if given.dry_run:
            return 0
        done = job.write(records)
    nothing = "" if done.created + done.changed else _NOTHING
    say(_DONE, created=done.created, changed=done.changed, unchanged=done.unchanged, nothing=nothing)
    return 0


@dataclass(frozen=True)
class _Job:
    service: Service
    kind: ImportKind
    sheet: Sheet
    now: datetime

    def checked(self) -> int:
        """Print everything that is wrong and stop there; else return how many records the file makes."""
        schema = self.service.engine.rules.schema
        tell = _progress(lambda rows: say(_CHECKED, rows=rows))
        known = KnownRecords(self.service.store)
        found = check(self.kind, self.sheet.rows(), known, schema, self.now, tell)
        for bad in found.bad:
            print(bad)
        if found.bad:
            lines = len({bad.line for bad in found.bad})
            raise Stop(filled(_BAD, bad=lines, rows=found.rows))
        if not found.rows:
            raise Stop(filled(_NO_ROWS, file=self.sheet.name))
        say(_GOOD, rows=found.rows)
        return found.records

    def write(self, records: int) -> Done:
        """Write the records of a file that is all good."""
        schema = self.service.engine.rules.schema
        tell = _progress(lambda through: say(_WRITTEN, through=through, records=records))
        rows = wanted(self.kind, self.sheet.rows(), KnownRecords(self.service.store), schema, self.now)
        try:
            return write(self.service.engine, rows, lambda through, done: tell(through))
        except (Refused, ChangedMeanwhile) as refused:
            raise Stop(filled(_CHANGED, what=refused)) from None


def _progress(say_so: Callable[[int], None]) -> Callable[[int], None]:
    """Says so whenever so many more are through."""
    said = 0

    def tell(through: int) -> None:
        nonlocal said
        if through - said >= TOLD_EVERY:
            said = through
            say_so(through)

    return tell


def _kind(name: str, zone: str, new_models: bool = False) -> ImportKind:
    known = {"customers": CUSTOMERS, "sites": SITES, "technicians": TECHNICIANS}
    if name in known:
        return known[name]
    return assets_kind(new_models) if name == "assets" else orders_kind(zone)
