"""Everything that is held about a customer, for the customer: one structure, from one reading after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from domain.personal import Belongings
from server.db.belongings import belongings_of
from server.db.connection import Database
from server.db.queries.chain import chain_of
from server.personal.erasing import NoSuchCustomer
from sync.audit import Change
from sync.record import Record

FORMAT = "doorstep-personal-data/1"
_change = msgspec.json.Decoder(Change)


class HeldRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One record as it stands."""

    entity: str
    id: str
    ver: int
    fields: Mapping[str, Any]
    deleted: bool = False


class HeldChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change: what was given and what it replaced, when and by whom. Of an erased one only that it was."""

    n: int
    erased: bool = False
    entity: str = ""
    record: str = ""
    at: str = ""
    """When the office received it, an instant in UTC."""
    by: str = ""
    role: str = ""
    before: Mapping[str, Any] = {}
    after: Mapping[str, Any] = {}


class HeldAggregate(msgspec.Struct, frozen=True, kw_only=True):
    """A customer, a site or an order, with everything under it."""

    id: str
    records: list[HeldRecord]
    history: list[HeldChange]


class HeldFile(msgspec.Struct, frozen=True, kw_only=True):
    """A photo, clip or document: the file itself is handed out on request."""

    media: str
    order: str
    kind: str | None
    content_type: str | None
    size_bytes: int | None
    sha256: str | None
    captured_at: str | None
    state: str | None


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """`data.json`. What somebody signed is among the records: `sign_off`, with document, statement and signature."""

    format: str = FORMAT
    customer: str
    number: str
    made_at: str
    aggregates: list[HeldAggregate]
    files: list[HeldFile]
    sign_offs: list[str]
    """Ids of the signed documents among the records."""


def held_about(database: Database, customer: str, now: str) -> Held:
    """Collect everything; raises NoSuchCustomer, StoreUnavailable."""
    found = belongings_of(database, customer)
    if found is None:
        raise NoSuchCustomer(customer)
    return _held(database, found, now)


def _held(database: Database, found: Belongings, now: str) -> Held:
    kept = {aggregate: chain_of(database, aggregate) for aggregate in found.aggregates}
    every = [one.records[key] for one in kept.values() for key in sorted(one.records)]
    return Held(
        customer=found.customer.id,
        number=found.customer.fields.get("number") or "",
        made_at=now,
        aggregates=[
            HeldAggregate(
                id=id,
                records=[_record(one.records[key]) for key in sorted(one.records)],
                history=[_told(entry.n, entry.payload) for entry in one.entries],
            )
            for id, one in kept.items()
        ],
        files=[_file(one) for one in every if one.entity == "media"],
        sign_offs=[one.id for one in every if one.entity == "sign_off"],
    )


def _record(one: Record) -> HeldRecord:
    return HeldRecord(entity=one.entity, id=one.id, ver=one.ver, fields=one.fields, deleted=one.deleted)


def _told(n: int, payload: bytes | None) -> HeldChange:
    if payload is None:
        return HeldChange(n=n, erased=True)
    change = _change.decode(payload)
    return HeldChange(
        n=n,
        entity=change.entity,
        record=change.record,
        at=change.received_at,
        by=change.user,
        role=change.by,
        before=change.before,
        after=change.after,
    )


def _file(media: Record) -> HeldFile:
    names = ("kind", "content_type", "size_bytes", "sha256", "captured_at", "state")
    return HeldFile(
        media=media.id,
        order=media.aggregate.partition("/")[2],
        **{name: media.fields.get(name) for name in names},
    )
