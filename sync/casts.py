"""Schema versions: operations are cast up to the current one, records down to the phone's (protocol, section 10).

A phone is never told to upgrade before it may push, and never sent a field that it does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from sync.clock import Clock
from sync.operation import Operation
from sync.record import Record, decode_record, encode_record
from sync.schema import Schema


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """How one entity changed at one version. New fields and entities need none: they carry `since`."""

    version: int
    """The version that brought the change."""
    entity: str
    renamed: dict[str, str] = {}
    """Old field name → new field name."""
    dropped: tuple[str, ...] = ()
    """Fields that are no longer kept. Their words stay in the ledger."""
    values: dict[str, dict[str, str]] = {}
    """Field (new name) → old value → new value, for choices that were renamed; must be one to one."""


def upcast(operation: Operation, schema: Schema, casts: Sequence[Cast]) -> Operation | None:
    """The operation in the current schema; None when it comes from a newer one, which is read after a deploy."""
    if operation.schema > schema.version:
        return None
    if operation.schema == schema.version:
        return operation
    fields = operation.set
    for cast in sorted(casts, key=lambda cast: cast.version):
        if cast.entity == operation.entity and cast.version > operation.schema:
            fields = _up(fields, cast)
    return msgspec.structs.replace(operation, set=fields, schema=schema.version)


def _up(fields: dict[str, Any], cast: Cast) -> dict[str, Any]:
    new = {cast.renamed.get(name, name): value for name, value in fields.items() if name not in cast.dropped}
    for name, mapping in cast.values.items():
        if type(new.get(name)) is str:
            new[name] = mapping.get(new[name], new[name])
    return new


def downcast(body: bytes, schema: Schema, casts: Sequence[Cast], version: int) -> bytes:
    """A record's bytes as the older `version` wants them; bare when it does not know the entity at all.

    Left out, the record would be missing in the aggregate's digest, which never came out again on that phone.
    """
    record = decode_record(body)
    entity = schema.entities.get(record.entity)
    if entity is None or entity.since > version:
        return encode_record(_with(record, {}, {}))
    later = sorted(
        (cast for cast in casts if cast.entity == record.entity and cast.version > version),
        key=lambda cast: -cast.version,
    )
    newer = {name for name, field in entity.fields.items() if field.since > version}
    renamed = {new for cast in later for new in cast.renamed.values()}
    hidden = newer - renamed
    if not later and not hidden & set(record.fields):
        return body
    fields = {name: value for name, value in record.fields.items() if name not in hidden}
    clocks = {name: clock for name, clock in record.clocks.items() if name.partition("/")[0] not in hidden}
    for cast in later:
        fields, clocks = _down(fields, clocks, cast)
    return encode_record(_with(record, fields, clocks))


def _down(
    fields: dict[str, Any], clocks: dict[str, Clock], cast: Cast
) -> tuple[dict[str, Any], dict[str, Clock]]:
    for name, mapping in cast.values.items():
        back = {new: old for old, new in mapping.items()}
        if type(fields.get(name)) is str:
            fields = {**fields, name: back.get(fields[name], fields[name])}
    back_names = {new: old for old, new in cast.renamed.items()}
    fields = {back_names.get(name, name): value for name, value in fields.items()}
    renamed_clocks = {}
    for name, clock in clocks.items():
        field, slash, element = name.partition("/")
        renamed_clocks[back_names.get(field, field) + slash + element] = clock
    return fields, renamed_clocks


def _with(record: Record, fields: dict[str, Any], clocks: dict[str, Clock]) -> Record:
    cast = record.copy()
    cast.fields = fields
    cast.clocks = clocks
    return cast
