"""`doorstep history`: what happened to a work order, to read, for programs, or as a file to be checked elsewhere."""

from __future__ import annotations

import argparse
import sys

import msgspec

from mobile_api.problem import Phrase
from server.cli.opened import opened
from server.cli.speech import filled, language
from server.cli.stop import Stop
from server.db.queries.chain import chain_of
from server.db.queries.codes import orders_by_number
from server.history.entry import History, HistoryEntry, Settlement
from server.history.file import history_file
from server.history.people import Directory
from server.history.read import read_history
from server.service import Service
from sync.value_type import is_identifier

NAME = "history"
MEANING = "print what happened to a work order: who changed what, when, from which value to which"

_UNKNOWN = Phrase(
    "There is no work order {order}; give its number, such as SO-260131-7K3M9QXT-C, or its id.",
    "没有工单 {order}；请给出工单编号（例如 SO-260131-7K3M9QXT-C）或其内部编号。",
)
_SEVERAL = Phrase(
    "Several work orders have the number {order}; give the id of one: {ids}.",
    "有多张工单的编号为 {order}，请给出其中一张的内部编号：{ids}。",
)
_AUTHORED = Phrase("by the author's clock {at}", "操作人时钟 {at}")
_DECIDED = Phrase(
    "Decided by {name} at {at}: {chosen}.",
    "{name}已于 {at} 裁定：{chosen}。",
)
_CHOSEN = {
    "standing": Phrase("what stood", "维持当时的值"),
    "losing": Phrase("the other value", "改用另一值"),
    "other": Phrase("a third value", "另填一值"),
}
_OPEN = Phrase("Nobody has decided yet.", "尚未裁定。")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which order, and in which form."""
    parser.add_argument("order", help="its number (the one given on site, too) or its id")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="for programs, as the desk's interface tells it")
    form.add_argument(
        "--file", action="store_true", help="the whole chain, to be checked by openapi/check_history.py"
    )


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Print it; 1 when its chain does not hold."""
    spoken = language(environ)
    with opened(environ) as service:
        database = service.store.database
        aggregate = f"work_order/{_order(service, given.order)}"
        if given.file:
            kept = chain_of(database, aggregate)
            print(msgspec.json.encode(history_file(kept, service.engine.epoch, service.now())).decode())
            return 0
        directory = Directory(service.reading, service.accounts.get, service.devices.list)
        found = read_history(database, directory, aggregate, spoken)
    if given.json:
        print(msgspec.json.encode(found).decode())
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(found, spoken))
    return 0 if found.verified else 1


def _order(service: Service, asked: str) -> str:
    """The id of the order that is meant. Raises Stop."""
    if is_identifier(asked) and ("work_order", asked) in service.reading.records([("work_order", asked)]):
        return asked
    ids = orders_by_number(service.store.database, asked.strip().upper())
    if not ids:
        raise Stop(filled(_UNKNOWN, order=asked))
    if len(ids) > 1:
        raise Stop(filled(_SEVERAL, order=asked, ids=", ".join(ids)))
    return ids[0]


def _lines(history: History, spoken: str) -> list[str]:
    lines = []
    for one in history.items:
        lines.append(f"{one.n:>4}  {one.received_at:<24}  {_entry_line(one, spoken)}".rstrip())
        for field in one.fields:
            lines.append(f"      - {field.sentence}")
            if field.conflict is not None and (settled := _settled(field.conflict, spoken)):
                lines.append(f"        {settled}")
    return [*lines, history.sentence]


def _entry_line(one: HistoryEntry, spoken: str) -> str:
    """The sentence; by which phone it came, and what its clock showed, where that is not the server's own time."""
    if one.via is None or one.via.kind != "phone":
        return one.sentence
    authored = filled(_AUTHORED, at=one.authored_at or "?").said(spoken)
    return f"{one.sentence} [{one.via.name}, {authored}]"


def _settled(conflict: Settlement, spoken: str) -> str:
    if conflict.decided_by is None:
        return _OPEN.said(spoken) if conflict.state == "open" else ""
    chosen = _CHOSEN.get(conflict.chosen or "", Phrase("-", "-"))
    return filled(_DECIDED, name=conflict.decided_by.name, at=conflict.decided_at or "", chosen=chosen).said(
        spoken
    )
