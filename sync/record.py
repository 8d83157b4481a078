"""A record and the bytes that store it, send it and hash it: the same bytes everywhere, encoded once."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from sync.clock import Clock


class Record(msgspec.Struct, kw_only=True):
    """One record of one aggregate. Field values and field clocks are keyed by the same names."""

    entity: str
    id: str
    aggregate: str
    ver: int
    """Aggregate version that last changed this record."""
    created: Clock
    fields: dict[str, Any]
    clocks: dict[str, Clock]
    """Clock of each field that any operation has set; `created` where absent but present in `fields`."""
    deleted: bool = False

    def clock(self, field: str) -> Clock | None:
        """Clock of a field; None when nobody has set it."""
        found = self.clocks.get(field)
        if found is None and field in self.fields:
            return self.created
        return found

    def copy(self) -> Record:
        """A copy whose fields and clocks may be replaced (values inside are shared and never changed in place)."""
        return Record(
            entity=self.entity,
            id=self.id,
            aggregate=self.aggregate,
            ver=self.ver,
            created=self.created,
            fields=dict(self.fields),
            clocks=dict(self.clocks),
            deleted=self.deleted,
        )


class _Wire(msgspec.Struct):
    aggregate: str
    clocks: list[tuple[int, str, int, str, list[str]]]
    deleted: bool
    entity: str
    fields: dict[str, Any]
    id: str
    ver: int


_decoder = msgspec.json.Decoder(_Wire)
_encoder = msgspec.json.Encoder(order="deterministic")


def encode_record(record: Record) -> bytes:
    """The record's canonical bytes.

    `clocks` lists origins as `[ver, device, seq, by, [fields]]`: the creation first, with an empty list that stands for
    every field, and every element of a set, that no later origin names.
    """
    created = record.created
    origins: dict[Clock, list[str]] = {}
    for name, clock in record.clocks.items():
        if clock != created:
            origins.setdefault(clock, []).append(name)
    clocks: list[tuple[int, str, int, str, list[str]]] = [
        (created.ver, created.device, created.seq, created.by, [])
    ]
    clocks += [
        (clock.ver, clock.device, clock.seq, clock.by, sorted(origins[clock]))
        for clock in sorted(origins, key=_origin_order)
    ]
    return _encoder.encode(
        _Wire(record.aggregate, clocks, record.deleted, record.entity, record.fields, record.id, record.ver)
    )


def decode_record(data: bytes) -> Record:
    """The inverse of `encode_record`; raises `msgspec.DecodeError` or `msgspec.ValidationError`."""
    wire = _decoder.decode(data)
    created: Clock | None = None
    clocks: dict[str, Clock] = {}
    for ver, device, seq, by, names in wire.clocks:
        clock = Clock(ver, device, seq, by)
        if created is None:
            created = clock
        for name in names:
            clocks[name] = clock
    if created is None:
        raise msgspec.ValidationError("a record needs the clock of its creation")
    return Record(
        entity=wire.entity,
        id=wire.id,
        aggregate=wire.aggregate,
        ver=wire.ver,
        created=created,
        fields=wire.fields,
        clocks=clocks,
        deleted=wire.deleted,
    )


def _origin_order(clock: Clock) -> tuple[int, str, int, str]:
    return (clock.ver, clock.device, clock.seq, clock.by)


DIGEST_MODULUS = 2**256
EMPTY_DIGEST = 0


def digest_term(entity: str, id: str, ver: int) -> int:
    """What a live record adds to its aggregate's digest (sum modulo 2^256)."""
    return int.from_bytes(hashlib.sha256(f"{entity}\n{id}\n{ver}".encode()).digest(), "big")


def digest_hex(digest: int) -> str:
    """A digest as 64 hexadecimal digits."""
    return f"{digest:064x}"
