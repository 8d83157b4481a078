"""What a desk asks for stands already: nothing is written, and the answer says so instead of `applied`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.commands.draft import Drafted, update
from domain.commands.lifecycle import ALREADY
from domain.declaration import SCHEMA
from server.desk.records import Records
from sync.policy import SetUnion
from sync.record import Record


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The record as it stands, its aggregate's version, and why there is nothing to change."""

    record: Record
    ver: int
    sentences: tuple[str, str] = ALREADY["values"]
    """English and Chinese."""

    def sentence(self, spoken: str) -> str:
        """Why, in `zh` or `en`."""
        return self.sentences[1] if spoken == "zh" else self.sentences[0]


def unchanged(records: Records, record: Record, sentences: tuple[str, str] = ALREADY["values"]) -> Unchanged:
    """The answer for a record, at the present version of its aggregate. May block."""
    return Unchanged(record, records.reading.versions([record.aggregate])[record.aggregate], sentences)


def corrected(records: Records, record: Record, set: dict[str, Any]) -> Sequence[Drafted] | Unchanged:
    """A correction of some fields; none where each of them stands already. May block."""
    if stands_already(record, set):
        return unchanged(records, record)
    return [update(record, **set)]


def stands_already(record: Record, set: Mapping[str, Any]) -> bool:
    """Whether each of these values is the record's own. What only the engine can tell counts as new."""
    return all(_stands(record, name, value) for name, value in set.items())


def _stands(record: Record, name: str, value: Any) -> bool:
    declared = SCHEMA.entities[record.entity].fields.get(name)
    if declared is None:
        return False
    standing = record.fields.get(name)
    if isinstance(declared.policy, SetUnion):
        added = value.get("add") if isinstance(value, dict) and value.keys() == {"add"} else None
        return isinstance(added, list) and all(one in (standing or []) for one in added)
    return bool(standing == value and type(standing) is type(value))
