"""Ready for no signal? The counted manifest: what a phone should hold, what it holds, and where it is short.

The server counts what a phone should hold from its records; the phone counts what it really holds in the same way.
Red is any line with less than expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from sync.record import Record

LINES = ("jobs", "sites", "history", "checklists", "knowledge", "parts", "stock", "credentials")

SENTENCES: dict[str, tuple[str, str]] = {
    "jobs": ("jobs", "工单"),
    "sites": ("customers' sites and equipment", "客户现场与设备"),
    "history": ("history of the equipment", "设备履历"),
    "checklists": ("checklists", "检查表"),
    "knowledge": ("knowledge pages", "知识页"),
    "parts": ("parts and prices", "备件与价格"),
    "stock": ("parts in the van", "随车备件"),
    "credentials": ("credentials and storage", "登录凭证与存储"),
}

Counts = Mapping[str, frozenset[str]]
"""Line → ids of what is there, or should be."""


class Line(msgspec.Struct, frozen=True):
    """One line of the manifest."""

    name: str
    expected: int
    present: int
    missing: tuple[str, ...] = ()
    """Ids of what is not there, at most twenty."""

    @property
    def ready(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    def sentence(self, language: Literal["zh", "en"]) -> str:
        """What the technician reads."""
        name = SENTENCES[self.name][1 if language == "zh" else 0]
        return f"{name} {self.present}/{self.expected}"


def count(records: Iterable[Record], credentials: Iterable[str] = ()) -> dict[str, frozenset[str]]:
    """Sort what is there into the manifest's lines. `credentials` are names such as device_key, storage_persisted."""
    found: dict[str, set[str]] = {name: set() for name in LINES}
    for record in records:
        line = _line(record)
        if line is not None and not record.deleted:
            found[line].add(record.id)
    found["credentials"] = set(credentials)
    return {name: frozenset(ids) for name, ids in found.items()}


CREDENTIALS = frozenset({"device_key", "storage_persisted"})
"""What a phone needs beside records: its key, and storage that the browser promised to keep."""


def expected(records: Sequence[Record]) -> dict[str, frozenset[str]]:
    """What the phone of a technician who holds these records should count.

    Checklists that are pinned to a visit are expected whether or not their records were found: a template that nobody
    has must show as missing.
    """
    found = count(records, CREDENTIALS)
    pinned = {
        id
        for record in records
        if record.entity == "visit" and not record.deleted
        for id in record.fields.get("checklists") or []
    }
    return {**found, "checklists": found["checklists"] | pinned}


def manifest(should: Counts, has: Counts) -> list[Line]:
    """Every line with its two counts; what a phone holds beyond what it should does not make up for what is missing."""
    lines = []
    for name in LINES:
        wanted = should.get(name, frozenset())
        missing = sorted(wanted - has.get(name, frozenset()))
        lines.append(Line(name, len(wanted), len(wanted) - len(missing), tuple(missing[:20])))
    return lines


def ready(lines: Sequence[Line]) -> bool:
    """Green: every line is complete."""
    return all(line.ready for line in lines)


def _line(record: Record) -> str | None:
    fields: Mapping[str, Any] = record.fields
    match record.entity:
        case "work_order":
            return "jobs"
        case "visit":
            return "jobs" if fields["dispatch_state"] == "dispatched" else None
        case "site" | "contact" | "asset" | "warranty_term" | "customer":
            return "sites"
        case "history":
            return "history"
        case "checklist_template":
            return "checklists" if not fields.get("retired") else None
        case "knowledge_article":
            return "knowledge" if fields.get("published") else None
        case "part":
            return "parts" if not fields.get("retired") else None
        case "stock_level":
            return "stock"
        case _:
            return None
