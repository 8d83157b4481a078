"""What the person sees: the records here, and on top every operation of their own that these do not hold yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from doorstep_client import outbox, replica
from doorstep_client.identity import epoch, identity, schema
from doorstep_client.outbox import Entry
from doorstep_client.store import Store
from sync.merge import At, Author, merge
from sync.operation import InvalidOperation, Operation, check_against
from sync.record import Record
from sync.schema import Schema


class Parked(msgspec.Struct, frozen=True):
    """An operation on the record that the server keeps waiting."""

    operation: str
    reason: str
    detail: str


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One record as the person sees it."""

    entity: str
    id: str
    aggregate: str
    fields: dict[str, Any]
    deleted: bool
    pending: tuple[str, ...] = ()
    """Ids of operations without a result, oldest first: not sent, or sent and not answered."""
    parked: tuple[Parked, ...] = ()
    read_only: bool = False
    """It has left this phone and waits for pending work to be sent."""


class Stand(msgspec.Struct, frozen=True, kw_only=True):
    """A record after replay, and where in its aggregate's history that happened."""

    record: Record | None
    at: At
    replayed: tuple[Entry, ...]
    """What is on top of the server's record, in order of authoring."""


def stand(store: Store, entity: str, id: str, aggregate: str = "") -> Stand:
    """Replay what is not in the server's record yet. `aggregate` says where a record that is not here would live."""
    found = replica.record(store, entity, id)
    entries = outbox.shown(store, entity, id)
    home = found.aggregate if found else entries[0].operation.aggregate if entries else aggregate
    where = replica.standing(store, home)
    ver = where.ver if where else 0
    at = At(epoch=where.epoch if where else epoch(store), current_ver=ver, next_ver=ver + 1)
    record = replay(schema(store), found, entries, identity(store).author, at)
    return Stand(record=record, at=at, replayed=tuple(entries))


def replay(
    schema: Schema, record: Record | None, entries: Sequence[Entry], author: Author, at: At
) -> Record | None:
    """The record with these operations on top, by the same merge as the server's.

    An operation that cannot be merged here changes nothing; it stays in the outbox with its result.
    """
    for entry in entries:
        try:
            record = merged(schema, record, entry.operation, author, at, parked=entry.is_parked)
        except InvalidOperation:
            continue
    return record


def merged(
    schema: Schema,
    record: Record | None,
    operation: Operation,
    author: Author,
    at: At,
    *,
    parked: bool = False,
) -> Record:
    """The record after one operation; raises `InvalidOperation`. A parked one never replaces what came after it."""
    if operation.entity not in schema.entities:
        raise InvalidOperation("unknown_entity", f"entity {operation.entity!r} is not known")
    check_against(schema, operation)
    place = msgspec.structs.replace(at, replayed=parked)
    return merge(schema.entities[operation.entity], record, operation, author, place).record


def seen(store: Store, entity: str, id: str) -> Seen | None:
    """One record; None when there is none. A deleted one is told as such."""
    with store.reading():
        return _seen(store, stand(store, entity, id))


def of(store: Store, aggregate: str, entity: str) -> list[Seen]:
    """All live records of one kind in an aggregate, ordered by id."""
    with store.reading():
        ids = {*replica.record_ids(store, aggregate, entity), *outbox.shown_records(store, aggregate, entity)}
        found = (_seen(store, stand(store, entity, id)) for id in sorted(ids))
        return [one for one in found if one is not None and not one.deleted]


def _seen(store: Store, stand: Stand) -> Seen | None:
    record = stand.record
    if record is None:
        return None
    where = replica.standing(store, record.aggregate)
    return Seen(
        entity=record.entity,
        id=record.id,
        aggregate=record.aggregate,
        fields=record.fields,
        deleted=record.deleted,
        pending=tuple(entry.operation.id for entry in stand.replayed if entry.state == "pending"),
        parked=tuple(
            Parked(entry.operation.id, entry.result.reason, entry.result.detail)
            for entry in stand.replayed
            if entry.result is not None and entry.is_parked
        ),
        read_only=where is not None and where.shadow,
    )


def aggregates(store: Store, kind: str = "") -> list[str]:
    """Ids of all aggregates that have something to show, in order."""
    rows = store.all(
        "SELECT id FROM aggregate UNION SELECT aggregate FROM outbox"
        " WHERE shown_until IS NULL OR shown_until > 0 ORDER BY 1"
    )
    return [id for (id,) in rows if not kind or id.startswith(f"{kind}/")]
