"""A change that a command wants, before anybody authors it."""

from __future__ import annotations

from typing import Any

import msgspec

from sync.operation import Action
from sync.record import Record


class Drafted(msgspec.Struct, frozen=True, kw_only=True):
    """One operation without author, id, base and time. A desk gives an update the base that its form displayed."""

    entity: str
    record: str
    aggregate: str
    set: dict[str, Any] = {}
    action: Action = "update"
    moved_from: str = ""


def create(entity: str, record: str, aggregate: str, /, **fields: Any) -> Drafted:
    """A new record; empty values (None) are left out."""
    given = {name: value for name, value in fields.items() if value is not None}
    return Drafted(entity=entity, record=record, aggregate=aggregate, set=given, action="create")


def update(record: Record, /, **fields: Any) -> Drafted:
    """A change of some fields; None empties a field."""
    return Drafted(entity=record.entity, record=record.id, aggregate=record.aggregate, set=fields)


def delete(record: Record) -> Drafted:
    """A tombstone."""
    return Drafted(entity=record.entity, record=record.id, aggregate=record.aggregate, action="delete")
