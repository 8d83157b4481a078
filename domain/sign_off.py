"""The bytes that a sign-off signs: frozen as version 1, with vectors in openapi/vectors/sign-off.json.

The device signs the RFC 8785 form of a `Statement`. Everybody keeps the bytes that were signed and verifies those;
nobody makes them again from a record. Verifying the signature itself needs a key: `domain.verification`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from sync import canonical
from sync.record import Record
from sync.value_type import ValueType, fault, is_identifier

STATEMENT: Literal["doorstep.sign-off.v1"] = "doorstep.sign-off.v1"
"""First member of meaning: a signature over these bytes can never be taken for one over anything else."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_INSTANT = ValueType(kind="instant", optional=False)


class Signer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signed, as they said."""

    name: str
    role: str | None


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was on the glass: the SHA-256 of the exact bytes, and how they were rendered."""

    sha256: str
    template: str
    """Template and version, such as visit-report-1."""
    locale: Literal["zh", "en"]


class MediaHash(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One original that belongs to what was signed."""

    id: str
    sha256: str


class DevicePlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The place of the signature in the device's own chain of operations."""

    id: str
    seq: int
    """Number of the operation that carries the sign-off."""
    previous_sha256: str | None
    """Content hash of the device's operation before it; null for its first."""


class Checkpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last signed state of the server's log that the device had seen: the signature is not older."""

    size: int
    root_sha256: str


class TimeShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the device knew about time; the members of `sync.operation.TimeEvidence`, none left out."""

    wall: str
    mono_ms: int
    boot: str
    offset_ms: int | None
    error_ms: int | None


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is signed. Every member is always present; what does not apply is null."""

    statement: Literal["doorstep.sign-off.v1"] = STATEMENT
    shown: Shown
    work_order: str
    visit: str
    epoch: str
    version: int
    """Version of the work order's aggregate that the device showed."""
    outcome: Literal["signed", "refused", "absent"]
    reason: str | None
    signer: Signer | None
    signature_image_sha256: str | None
    media: tuple[MediaHash, ...]
    """In ascending order of id, each once."""
    device: DevicePlace
    checkpoint: Checkpoint | None
    time: TimeShown


_decoder = msgspec.json.Decoder(Statement, strict=True)


class InvalidStatement(ValueError):
    """A statement that must not be signed or accepted; `faults` are sentences that name the place."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


def signing_bytes(statement: Statement) -> bytes:
    """The bytes to sign, as UTF-8; raises `InvalidStatement`."""
    found = faults(statement)
    if found:
        raise InvalidStatement(found)
    return _canonical(msgspec.to_builtins(statement))


def document_bytes(document: Mapping[str, Any]) -> bytes:
    """The bytes of what the customer sees, in the same canonical form; raises `InvalidStatement`.

    `domain.signed_document` makes the document. Its SHA-256 is the statement's `shown.sha256`.
    """
    return _canonical(dict(document))


def _canonical(value: Any) -> bytes:
    try:
        canonical.check(value)
        return canonical.encode(value)
    except (canonical.NotCanonical, UnicodeEncodeError) as problem:
        raise InvalidStatement([str(problem)]) from problem


def parse(signed: bytes) -> Statement:
    """Read signed bytes; raises `InvalidStatement` unless they are a statement in canonical form, byte for byte."""
    try:
        statement = _decoder.decode(signed)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise InvalidStatement([str(problem)]) from problem
    if signing_bytes(statement) != signed:
        raise InvalidStatement(["the bytes are not in canonical form"])
    return statement


def faults(statement: Statement) -> list[str]:
    """What is wrong with a statement by itself, each as a sentence that names the place."""
    found = [
        f"{name} must be a SHA-256 of 64 lower-case hexadecimal digits"
        for name, value in _hashes(statement)
        if not _SHA256.fullmatch(value)
    ]
    for name, value in (
        ("work_order", statement.work_order),
        ("visit", statement.visit),
        ("device.id", statement.device.id),
        *((f"media[{place}].id", one.id) for place, one in enumerate(statement.media)),
    ):
        if not is_identifier(value):
            found.append(f"{name} must be an identifier")
    ids = [one.id for one in statement.media]
    if ids != sorted(set(ids)):
        found.append("media must be in ascending order of id, each once")
    if statement.version < 0:
        found.append("version must not be negative")
    if statement.device.seq < 1:
        found.append("device.seq must be at least 1")
    if (statement.device.previous_sha256 is None) != (statement.device.seq == 1):
        found.append("device.previous_sha256 must be null for seq 1, and only then")
    if statement.checkpoint is not None and statement.checkpoint.size < 1:
        found.append("checkpoint.size must be at least 1")
    wall = fault(_INSTANT, statement.time.wall, "time.wall")
    return found + ([wall] if wall else []) + _outcome_faults(statement)


def _outcome_faults(statement: Statement) -> list[str]:
    found = []
    signed = statement.outcome == "signed"
    if signed and (statement.signer is None or not statement.signer.name.strip()):
        found.append("signer must be named for a signature")
    if signed != (statement.signature_image_sha256 is not None):
        found.append("signature_image_sha256 must be there for a signature, and only then")
    if signed == bool(statement.reason and statement.reason.strip()):
        found.append("reason must be there for a refusal or an absence, and only then")
    return found


def _hashes(statement: Statement) -> list[tuple[str, str]]:
    named = [("shown.sha256", statement.shown.sha256)]
    if statement.signature_image_sha256 is not None:
        named.append(("signature_image_sha256", statement.signature_image_sha256))
    if statement.device.previous_sha256 is not None:
        named.append(("device.previous_sha256", statement.device.previous_sha256))
    if statement.checkpoint is not None:
        named.append(("checkpoint.root_sha256", statement.checkpoint.root_sha256))
    return named + [(f"media[{place}].sha256", one.sha256) for place, one in enumerate(statement.media)]


def check(sign_off: Record, media: Sequence[Record]) -> list[str]:
    """Where a sign-off record contradicts its own signed bytes, or the media rows of its order; empty when it agrees.

    The signature over the bytes is another matter: `domain.verification`.
    """
    try:
        return [told for _, told in differences(sign_off, media)]
    except InvalidStatement as problem:
        return [f"statement: {problem}"]


def differences(sign_off: Record, media: Sequence[Record]) -> Iterator[tuple[str, str]]:
    """Each contradiction as the name of its place and a sentence; raises `InvalidStatement` for bytes that are none."""
    fields = sign_off.fields
    try:
        statement = parse(fields["statement"].encode())
    except UnicodeEncodeError as problem:
        raise InvalidStatement([str(problem)]) from problem
    shown = canonical.sha256_hex(fields["document"].encode())
    rows = {row.id: row.fields["sha256"] for row in media}
    drawn = fields.get("signature_media")
    pairs = (
        ("document", shown, statement.shown.sha256),
        ("document_sha256", fields["document_sha256"], statement.shown.sha256),
        ("visit", fields["visit"], statement.visit),
        ("aggregate", sign_off.aggregate, f"work_order/{statement.work_order}"),
        ("outcome", fields["outcome"], statement.outcome),
        ("reason", fields.get("reason"), statement.reason),
        ("signer", _given(fields.get("signer")), _given(msgspec.to_builtins(statement.signer))),
        ("signed_at", fields["signed_at"], statement.time.wall),
        ("signature_media", rows.get(drawn) if drawn else None, statement.signature_image_sha256),
        ("device", sign_off.created.device, statement.device.id),
        ("seq", sign_off.created.seq, statement.device.seq),
    )
    compared = [*pairs, *((f"media {one.id}", rows.get(one.id), one.sha256) for one in statement.media)]
    for name, told, said in compared:
        if told != said:
            yield name, f"{name}: the record says {told!r}, {said!r} was signed"


def _given(signer: Mapping[str, str | None] | None) -> dict[str, str] | None:
    """A signer without empty members: a record may leave them out, a statement never does."""
    return {name: value for name, value in signer.items() if value is not None} if signer else None
