"""Operations as they come off the wire: legible or not, each gets its place in the device's order."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sync.canonical import NOT_JSON, sha256_hex
from sync.fault import line
from sync.operation import InvalidOperation, Operation, content_hash, decode_operation, encode_operation
from sync.value_type import is_identifier


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """One received operation. `operation` is None where it could not be understood, for `reason` and `detail`."""

    seq: int
    id: str
    hash: str
    raw: bytes
    operation: Operation | None = None
    reason: str = ""
    detail: str = ""
    is_erased: bool = False
    """It is about somebody whose personal data were erased, and its values are taken out already."""
    sees_all: bool = False
    """Its author works on what stands (the system, a creation): nothing is unseen."""


class _Envelope(msgspec.Struct):
    seq: int = 0
    id: str = ""


_envelope = msgspec.json.Decoder(_Envelope)


def receive(raw_operations: Sequence[bytes], device: str, first: int, largest_bytes: int) -> list[Incoming]:
    """Read a batch, in seq order, identical repetitions dropped. `first`: seq of its first operation, 0 if not told.

    An operation whose number cannot be read takes the place after its predecessor: the phone sent them in order, and
    its place must not block the ones behind it. Raises `Illegible` when nothing tells the first one's place.
    """
    received: dict[tuple[int, str], Incoming] = {}
    expected = first
    for place, raw in enumerate(raw_operations):
        one = _receive(bytes(raw), device, expected, largest_bytes)
        if one.seq < 1:
            raise Illegible(place)
        expected = one.seq + 1
        received.setdefault((one.seq, one.hash), one)
    return sorted(received.values(), key=lambda one: one.seq)


class Illegible(ValueError):
    """The seq of the operation at `place` cannot be read, and `first` does not tell it."""

    def __init__(self, place: int) -> None:
        super().__init__(f"push.ops[{place}]: its seq cannot be read and push.first does not tell it")
        self.place = place


def _receive(raw: bytes, device: str, expected: int, largest_bytes: int) -> Incoming:
    try:
        operation = decode_operation(raw, largest_bytes)
        if operation.device != device:
            raise InvalidOperation("invalid_value", line("not_one_of", "operation.device", device))
    except InvalidOperation as problem:
        hash = content_hash(raw)
        seq, id = _place(raw, expected, hash)
        return Incoming(seq=seq, id=id, hash=hash, raw=raw, reason=problem.reason, detail=problem.detail)
    # Phones send the canonical form; where they do, it need not be found by decoding once more.
    hash = sha256_hex(raw) if encode_operation(operation) == raw else content_hash(raw)
    return Incoming(seq=operation.seq, id=operation.id, hash=hash, raw=raw, operation=operation)


def _place(raw: bytes, expected: int, hash: str) -> tuple[int, str]:
    try:
        envelope = _envelope.decode(raw)
    except NOT_JSON:
        envelope = _Envelope()
    seq = envelope.seq if 1 <= envelope.seq < 2**53 else expected
    return seq, envelope.id if is_identifier(envelope.id) else f"illegible-{hash[:32]}"
