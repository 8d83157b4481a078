"""Records, clocks and hashes in their written form, by the shortest code that follows the protocol."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from openapi.vectors_build.world import EPOCH, JOB, Json

Clock = tuple[int, str, int, str]
"""(ver, device, seq, by)"""
CREATED: Clock = (1, "desk-li", 1, "dispatcher")


def canonical(value: Any) -> bytes:
    """RFC 8785 for the restricted values of section 4.4."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(data: bytes) -> str:
    """As 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def record(
    fields: Json,
    clocks: dict[str, Clock] | None = None,
    *,
    ver: int = 4,
    created: Clock = CREATED,
    entity: str = "job",
    id: str = "j1",
    aggregate: str = JOB,
    deleted: bool = False,
) -> Json:
    """A record as section 12.1 writes it: clocks grouped by origin, the creation first."""
    origins: dict[Clock, list[str]] = {}
    for name, clock in (clocks or {}).items():
        if clock != created:
            origins.setdefault(clock, []).append(name)
    listed = [[*created, []], *([*origin, sorted(origins[origin])] for origin in sorted(origins))]
    return {
        "aggregate": aggregate,
        "clocks": listed,
        "deleted": deleted,
        "entity": entity,
        "fields": fields,
        "id": id,
        "ver": ver,
    }


def operation(
    device: str,
    seq: int,
    set: Json,
    *,
    base: tuple[str, int] = (EPOCH, 5),
    action: str = "update",
    entity: str = "job",
    id: str = "j1",
    aggregate: str = JOB,
    **more: Any,
) -> Json:
    """An operation as section 4.1 writes it."""
    made: Json = {
        "device": device,
        "seq": seq,
        "id": f"op-{device}-{seq}",
        "schema": 2,
        "entity": entity,
        "record": id,
        "aggregate": aggregate,
        "base": list(base),
        "at": {"wall": "2026-01-31T08:00:00Z"},
        "set": set,
        **more,
    }
    if action != "update":
        made["action"] = action
    return made


def outcome_of(field: str, outcome: str, reason: str = "") -> Json:
    """What is said of one field; without a reason none is written."""
    said: Json = {"field": field, "outcome": outcome}
    return {**said, "reason": reason} if reason else said


def side(value: Any, clock: Clock | None) -> Json:
    """One side of a conflict; nobody's value has an empty device."""
    _, device, seq, by = clock or (0, "", 0, "")
    return {"value": value, "device": device, "seq": seq, "by": by}


def conflict_id(entity: str, id: str, field: str, losing: Json) -> str:
    """Section 6.13: from the record, the field and the losing operation."""
    text = "\n".join((entity, id, field, losing["device"], str(losing["seq"])))
    return "c-" + sha256(text.encode())[:32]


def conflict(
    field: str, reason: str, state: str, standing: Json, losing: Json, *, entity: str = "job", id: str = "j1"
) -> Json:
    """What a vector expects of a conflict record."""
    return {
        "id": conflict_id(entity, id, field, losing),
        "entity": entity,
        "record": id,
        "field": field,
        "reason": reason,
        "state": state,
        "standing": standing,
        "losing": losing,
    }


def digest_term(entity: str, id: str, ver: int) -> int:
    """Section 12.3."""
    return int(sha256(f"{entity}\n{id}\n{ver}".encode()), 16)


def digest_hex(terms: list[int]) -> str:
    """Section 12.3: the sum modulo 2^256."""
    return f"{sum(terms) % 2**256:064x}"


def manifest_digest(manifest: dict[str, int]) -> str:
    """Section 8.2."""
    return sha256("".join(f"{id}\t{manifest[id]}\n" for id in sorted(manifest)).encode())
