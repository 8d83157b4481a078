"""What people call a record by is given once: a number or a code that another live record has is refused.

Decided inside the write door, under a lock that everybody takes who gives such a number: that of the aggregate in which
all records of the kind live, or else one of its own (`number_lock`). Asked before the lock, two desks at the same
instant would both be told that it is free. Numbers are set once, at creation, and by desks alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.place import COMPANY, SHARDS
from domain.refusals import in_both, refuse
from sync.operation import Operation
from sync.record import Record
from sync.rules import View

KNOWN_BY = {
    "customer": "number",
    "site": "number",
    "technician": "number",
    "stock_location": "code",
    "outlet": "code",
    "territory": "code",
    "service_contract": "number",
    "skill": "code",
    "part": "code",
}
"""Entity → the field that tells its records apart for people."""
_BY_VALUE = frozenset({"customer", "site", "technician", "stock_location", "part"})
"""Those that the store finds by that field; the others are few, in one aggregate."""

_NAMELESS = {"zh": "另一条记录", "en": "Another record"}


def number_lock(operation: Operation) -> str | None:
    """The aggregate to be locked, and never written, by whoever gives a number to one of many aggregates."""
    entity = operation.entity
    if entity not in KNOWN_BY or entity in SHARDS or entity in COMPANY or operation.action != "create":
        return None
    return f"numbers/{entity}"


def check_number(operation: Operation, record: Record | None, view: View) -> None:
    """Raises InvalidOperation (`number_taken`), naming whose it is."""
    field = KNOWN_BY.get(operation.entity, "")
    value = operation.set.get(field)
    if operation.action != "create" or not isinstance(value, str):
        return
    for other in _holding(operation, field, value, view):
        if other != operation.record:
            refuse("number_taken", field, _name(view.record(operation.entity, other)))


def _holding(operation: Operation, field: str, value: str, view: View) -> Sequence[str]:
    if operation.entity in _BY_VALUE:
        return view.holding(operation.entity, field, value)
    there = view.of(operation.aggregate, operation.entity)
    return [one.id for one in there if one.fields.get(field) == value]


def _name(record: Record | None) -> str:
    name = record.fields.get("name") if record is not None else None
    nobody = in_both(_NAMELESS, "")
    return in_both(name, nobody) if isinstance(name, dict) else nobody
