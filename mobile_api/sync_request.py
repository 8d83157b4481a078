"""The body of `POST /v1/sync` as a typed request in which every number and name is fit for the engine.

What is wrong with the envelope refuses the request; what is wrong inside one operation never does: half a surrogate
pair in a note must not hold up the day's work behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from mobile_api.json_request import decoded
from mobile_api.problem import Problem, wrong
from mobile_api.problems import FieldInvalid, JsonInvalid, ProtocolUnsupported
from sync.canonical import LARGEST_INTEGER
from sync.operation import is_aggregate
from sync.pull import LAST_ID
from sync.value_type import is_identifier
from sync.wire import PROTOCOL, Pull, SyncRequest

_LARGEST_SCHEMA = 2**31 - 1
_HEX_DIGEST = re.compile("[0-9a-f]{64}")


class _Version(msgspec.Struct):
    protocol: int


_version = msgspec.json.Decoder(_Version)
_request = msgspec.json.Decoder(SyncRequest)


def read_sync_request(body: bytes) -> SyncRequest:
    """The exchange that a phone asks for; raises ProtocolUnsupported, FieldInvalid, JsonInvalid."""
    try:
        request = decoded(body, _request)
    except JsonInvalid as illegible:
        request = _with_operations_set_aside(body, illegible)
    except FieldInvalid:
        # Another protocol may well have other fields: its number is what is wrong then.
        _check_protocol(decoded(body, _version).protocol)
        raise
    _check_protocol(request.protocol)
    _check(request)
    return request


def _check_protocol(protocol: int) -> None:
    if protocol != PROTOCOL:
        raise ProtocolUnsupported(supported=PROTOCOL, received=protocol)


def _check(request: SyncRequest) -> None:
    _check_whole("schema", request.schema, _LARGEST_SCHEMA)
    if request.epoch and not is_identifier(request.epoch):
        raise FieldInvalid(**wrong("not_identifier", "epoch"))
    _check_whole("push.first", request.push.first)
    for place, seq in enumerate(request.push.parked):
        _check_whole(f"push.parked[{place}]", seq)
    if request.pull is not None:
        _check_pull(request.pull)
    if (outbox := request.outbox) is not None:
        for name in ("pending", "last_seq", "uploads", "upload_bytes"):
            _check_whole(f"outbox.{name}", getattr(outbox, name))
        _check_digest("outbox.digest", outbox.digest)


def _check_pull(pull: Pull) -> None:
    _check_digest("pull.digest", pull.digest or "")
    manifest = pull.manifest or {}
    _check_aggregates("pull.manifest", manifest)
    for aggregate, ver in manifest.items():
        _check_whole(f"pull.manifest.{aggregate}", ver)
    _check_aggregates("pull.after", pull.after)
    for aggregate, (ver, record) in pull.after.items():
        _check_whole(f"pull.after.{aggregate}", ver)
        if record != LAST_ID and not is_identifier(record):
            raise FieldInvalid(**wrong("not_identifier", f"pull.after.{aggregate}"))
    _check_aggregates("pull.refetch", pull.refetch)


def _check_whole(field: str, value: int, largest: int = LARGEST_INTEGER) -> None:
    if value < 0:
        raise FieldInvalid(**wrong("too_small", field, 0))
    if value > largest:
        raise FieldInvalid(**wrong("too_great", field, largest))


def _check_digest(field: str, value: str) -> None:
    if value and not _HEX_DIGEST.fullmatch(value):
        raise FieldInvalid(**wrong("not_sha256", field))


def _check_aggregates(field: str, names: Iterable[str]) -> None:
    for place, name in enumerate(names):
        if not is_aggregate(name):
            raise FieldInvalid(**wrong("not_aggregate", f"{field}[{place}]"))


_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},:]', re.DOTALL)


def _with_operations_set_aside(body: bytes, illegible: Problem) -> SyncRequest:
    """Read the envelope alone, when the whole cannot be read; the operations stay the bytes that they are.

    Raises `illegible` when the fault is not inside an operation.
    """
    found = _operations(body)
    if found is None:
        raise illegible
    start, end, operations = found
    places = b",".join(b"%d" % place for place in range(len(operations)))
    request = decoded(body[:start] + places + body[end:], _request)
    push = msgspec.structs.replace(request.push, ops=[msgspec.Raw(one) for one in operations])
    return msgspec.structs.replace(request, push=push)


def _operations(body: bytes) -> tuple[int, int, list[bytes]] | None:
    """Where the members of `push.ops` start and end, and each of them. Follows brackets only, to any depth."""
    depth, start, last_text = 0, 0, b""
    names = [b"", b"", b""]
    cuts: list[int] = []
    for token in _TOKEN.finditer(body):
        sign = token[0]
        if sign == b":" and depth < len(names):
            names[depth] = last_text
        elif sign == b"," and depth == 3 and start:
            cuts.append(token.start())
        elif sign in (b"[", b"{"):
            depth += 1
            if depth == 2:
                names[2] = b""
            if depth == 3 and sign == b"[" and names[1:] == [b'"push"', b'"ops"']:
                start = token.end()
        elif sign in (b"]", b"}"):
            if depth == 3 and start:
                return _cut(body, start, cuts, token.start())
            depth -= 1
            if depth < 0:
                return None
        else:
            last_text = sign
    return None


def _cut(body: bytes, start: int, cuts: list[int], end: int) -> tuple[int, int, list[bytes]] | None:
    begins = [start, *(cut + 1 for cut in cuts)]
    operations = [body[one:other].strip() for one, other in zip(begins, [*cuts, end], strict=True)]
    return (start, end, operations) if all(operations) else None
