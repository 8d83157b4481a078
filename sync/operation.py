"""An operation: one person's change to one record, as authored, immutable from then on."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args

import msgspec

from sync import canonical
from sync.clock import Base
from sync.fault import Fault, line, named
from sync.misfit import of_bytes
from sync.schema import ANY_ROOT, Schema
from sync.value_type import IDENTIFIER, is_identifier

LARGEST_OPERATION_BYTES = 64 * 1024
"""Default limit, enforced where operations are authored; larger content goes through uploads."""

Action = Literal["create", "update", "delete"]


class TimeEvidence(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What the device knew about time. Evidence, never order."""

    wall: str
    """The device's wall clock, an instant in UTC."""
    mono_ms: int = 0
    """Milliseconds since `boot` began, which no one can set."""
    boot: str = ""
    offset_ms: int | None = None
    """Server time minus wall clock, as last measured; null when never measured."""
    error_ms: int | None = None
    """Bound on the error of that offset."""


class Operation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One change. `device` and `seq` name it on its device, `id` (a UUIDv7) everywhere and for ever."""

    device: str
    seq: int
    id: str
    schema: int
    entity: str
    record: str
    aggregate: str
    base: Base
    at: TimeEvidence
    action: Action = "update"
    set: dict[str, Any]
    """Field → value, or the policy's own form: `{"inc": 2}`, `{"add": [...]}`, `{"event": "arrive"}`, …"""
    moved_from: str = ""
    """For a create: the id of the record that was deleted in another aggregate by the same move."""
    decides: str = ""
    """Free evidence of what caused the operation, such as the conflict whose decision it carries out."""


class InvalidOperation(ValueError):
    """An operation that cannot be understood; `reason` is a code of `sync.reasons`, `detail` names the place."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


_decoder = msgspec.json.Decoder(Operation, strict=True)
_AGGREGATE = re.compile(rf"_*[A-Za-z][A-Za-z_]*/{IDENTIFIER}")
_NAMED = re.compile(rf"(?:{IDENTIFIER}\n){{4}}{_AGGREGATE.pattern}")
"""All names of an operation in one look, each on a line of its own."""


def encode_operation(operation: Operation) -> bytes:
    """Canonical bytes of an operation, as kept in the outbox and sent."""
    return canonical.encode(operation)


def decode_operation(data: bytes | msgspec.Raw, largest_bytes: int = LARGEST_OPERATION_BYTES) -> Operation:
    """Parse and check the envelope of an operation; raises `InvalidOperation`. Field values are not judged here."""
    raw = bytes(data)
    if len(raw) > largest_bytes:
        raise InvalidOperation("too_large", f"operation has {len(raw)} bytes, more than {largest_bytes}")
    try:
        operation = _decoder.decode(raw)
    except canonical.NOT_JSON as problem:
        raise _malformed(of_bytes(raw, problem)) from problem
    o = operation
    if not _NAMED.fullmatch(f"{o.id}\n{o.record}\n{o.entity}\n{o.device}\n{o.aggregate}"):
        raise _misnamed(operation)
    if not 1 <= operation.seq <= canonical.LARGEST_INTEGER:
        raise _malformed(_outside("seq", operation.seq, 1))
    if not 0 <= operation.base.ver <= canonical.LARGEST_INTEGER:
        raise _malformed(_outside("base[1]", operation.base.ver, 0))
    try:
        canonical.check(operation.set, "set")
    except canonical.NotCanonical as problem:
        raise InvalidOperation("invalid_value", str(problem)) from problem
    return operation


def _misnamed(operation: Operation) -> InvalidOperation:
    for name in ("id", "record", "entity", "device"):
        if not is_identifier(getattr(operation, name)):
            return _malformed(Fault("not_identifier", name))
    return _malformed(Fault("not_aggregate", "aggregate"))


def _outside(member: str, value: int, least: int) -> Fault:
    if value < least:
        return Fault("too_small", member, str(least))
    return Fault("too_great", member, str(canonical.LARGEST_INTEGER))


def _malformed(fault: Fault) -> InvalidOperation:
    """The envelope's members are named as `operation.seq`, as a record's fields are as `job.phone`."""
    if fault == Fault("does_not_fit", "action"):
        fault = Fault("not_one_of", "action", ", ".join(get_args(Action)))
    return InvalidOperation("invalid_value", str(fault.at(f"operation.{named(fault.field)}".rstrip("."))))


def is_aggregate(value: str) -> bool:
    """Whether a text names an aggregate: `kind/id`."""
    return _AGGREGATE.fullmatch(value) is not None


def content_hash(raw: bytes) -> str:
    """Hash that tells a retry from a fork: SHA-256 of the canonical form of the operation as received.

    Bytes that are not JSON hash as they are.
    """
    try:
        return canonical.sha256_hex(canonical.encode(canonical.decode(raw)))
    except canonical.NOT_JSON:
        return canonical.sha256_hex(raw)


def check_against(schema: Schema, operation: Operation) -> None:
    """Raise `InvalidOperation` unless entity, aggregate kind and fields are declared. Value forms are the merge's."""
    entity = schema.entities.get(operation.entity)
    if entity is None:
        raise InvalidOperation("unknown_entity", f"entity {operation.entity!r} is not known")
    if entity.root not in (ANY_ROOT, operation.aggregate.partition("/")[0]):
        raise InvalidOperation(
            "wrong_aggregate", f"{operation.entity} lives in {entity.root}/…, not {operation.aggregate}"
        )
    fields = entity.fields
    for name in operation.set:
        if name not in fields:
            raise InvalidOperation("unknown_field", line("unknown", f"{operation.entity}.{named(name)}"))
    if operation.action == "create":
        for name in entity.required:
            if operation.set.get(name) is None:
                raise InvalidOperation("missing_field", line("needed", f"{operation.entity}.{name}"))
