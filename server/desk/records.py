"""Records as desks read them, and what each person may look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from server.db.reading import Reading
from server.desk.problems import NotYours, RecordDeleted, RecordMissing
from server.desk.roles import may_see
from server.desk.session import SignedIn
from sync.record import Record
from sync.value_type import is_identifier

_NARROW = {
    "expert": frozenset({"expert_case"}),
    "storekeeper": frozenset({"stock_move", "part"}),
}
"""Roles that see a work order only because of something in it: a case to answer, parts that moved."""
_WIDE = frozenset({"intake", "dispatcher", "supervisor", "auditor", "admin"})


class Shown(msgspec.Struct, kw_only=True):
    """A record on the wire. `clocks` stay with the engine."""

    entity: str
    id: str
    aggregate: str
    ver: int
    """Version of the aggregate that last changed the record; a write's base is the aggregate's own."""
    fields: dict[str, Any]
    deleted: bool = False


class Waiting(Shown, kw_only=True):
    """A record that waits for a decision. `base` goes with the decision, in If-Match or in the body."""

    base: str


class AggregateShown(msgspec.Struct, kw_only=True):
    """An aggregate with everything under it. `base` goes into the If-Match of a write to any of it."""

    id: str
    epoch: str
    ver: int
    base: str
    records: dict[str, list[Shown]]
    """By entity, each ordered by id."""
    deleted: bool = False
    """The record that the aggregate is named after has been deleted: it can be read, and writes answer 404."""


def shown(record: Record) -> Shown:
    """A record as desks get it."""
    return Shown(
        entity=record.entity,
        id=record.id,
        aggregate=record.aggregate,
        ver=record.ver,
        fields=record.fields,
        deleted=record.deleted,
    )


@dataclass(frozen=True, slots=True)
class Records:
    """Reading by id. All may block."""

    reading: Reading
    epoch: str

    def find(self, entity: str, id: str) -> Record | None:
        """A record, a deleted one too; None when there is none."""
        if not is_identifier(id):
            return None
        return self.reading.records([(entity, id)]).get((entity, id))

    def live(self, entity: str, id: str, who: SignedIn) -> Record:
        """A record that is not deleted and that the person may see. Raises RecordMissing, RecordDeleted, NotYours."""
        record = self.known(entity, id, who)
        if record.deleted:
            raise RecordDeleted(entity)
        return record

    def known(self, entity: str, id: str, who: SignedIn) -> Record:
        """A record that the person may see, a deleted one too. Raises RecordMissing, NotYours."""
        record = self.find(entity, id)
        if record is None:
            raise RecordMissing(entity)
        self.check(record.aggregate, who)
        return record

    def all_of(self, aggregate: str) -> tuple[int, Sequence[Record]]:
        """The aggregate's version and its records, deleted ones included, from one consistent reading."""
        row, records = self.reading.of_aggregate(aggregate)
        return row.ver, records

    def aggregate(self, aggregate: str, who: SignedIn, *, entity: str) -> AggregateShown:
        """Everything under an aggregate. Raises RecordMissing, NotYours."""
        ver, records = self.all_of(aggregate) if is_identifier(aggregate.partition("/")[2]) else (0, [])
        if not ver:
            raise RecordMissing(entity)
        _check_seen(aggregate, who, {record.entity for record in records if not record.deleted})
        by_entity: dict[str, list[Shown]] = {}
        for record in sorted(records, key=lambda record: record.id):
            if not record.deleted or record.id == aggregate.partition("/")[2]:
                by_entity.setdefault(record.entity, []).append(shown(record))
        return AggregateShown(
            id=aggregate,
            epoch=self.epoch,
            ver=ver,
            base=f"{self.epoch}:{ver}",
            records=by_entity,
            deleted=any(one.deleted for one in by_entity.get(entity, [])),
        )

    def versions_seen(self, aggregates: Sequence[str], who: SignedIn) -> Mapping[str, int]:
        """Present versions of those that the person may see."""
        return self.reading.versions([one for one in aggregates if self.sees(one, who)])

    def sees(self, aggregate: str, who: SignedIn) -> bool:
        """Whether the person may see this aggregate, as `check` judges."""
        try:
            self.check(aggregate, who)
        except NotYours:
            return False
        return True

    def check(self, aggregate: str, who: SignedIn) -> None:
        """Raises NotYours unless the person may see this aggregate."""
        entities: set[str] = set()
        if aggregate.startswith("work_order/") and _WIDE.isdisjoint(who.roles):
            entities = {record.entity for record in self.all_of(aggregate)[1] if not record.deleted}
        _check_seen(aggregate, who, entities)


def _check_seen(aggregate: str, who: SignedIn, entities: set[str]) -> None:
    if not may_see(who.roles, aggregate):
        raise NotYours()
    if not aggregate.startswith("work_order/") or not _WIDE.isdisjoint(who.roles):
        return
    if not any(entities & _NARROW.get(role, frozenset()) for role in who.roles):
        raise NotYours()
