"""Reads the vectors and runs them against `sync/`: a runner returns what was said, to be compared with `expect`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from sync import audit, canonical, merge
from sync.clock import Base, Clock, relation
from sync.conflict import conflict_id
from sync.merge import At, Author
from sync.operation import InvalidOperation, content_hash, decode_operation, encode_operation
from sync.record import DIGEST_MODULUS, Record, decode_record, digest_hex, digest_term, encode_record
from sync.schema import Schema
from sync.text_merge import merge_text
from sync.wire import manifest_digest

FOLDER = Path(__file__).parents[2] / "openapi" / "vectors"
Json = dict[str, Any]


def load(kind: str) -> Json:
    """One file of vectors."""
    return json.loads((FOLDER / f"{kind}.json").read_text("utf-8"))


SCHEMA = Schema.from_json(json.dumps(load("merge")["schema"]).encode())


def run_merge(case: Json) -> Json:
    """Outcome of one merge, in the vectors' words."""
    operation = decode_operation(json.dumps(case["operation"]).encode())
    before = None if case["record"] is None else as_record(case["record"])
    stored = None if before is None else encode_record(before)
    author = Author(**{**case["author"], "roles": tuple(case["author"]["roles"])})
    entity = SCHEMA.entities[operation.entity]
    try:
        merged = merge.merge(entity, before, operation, author, At(**case["at"]))
    except InvalidOperation as problem:
        return {"parked": problem.reason}
    finally:
        assert before is None or encode_record(before) == stored, "the record that was given has been changed"
    return {
        "changed": merged.changed,
        "record": json.loads(encode_record(merged.record)),
        "outcomes": [json.loads(msgspec.json.encode(one)) for one in merged.outcomes],
        "conflicts": [
            {
                "id": conflict_id(operation.entity, operation.record, one),
                "entity": operation.entity,
                "record": operation.record,
                "field": one.field,
                "reason": one.reason,
                "state": "open" if one.open else "settled",
                "standing": _side(one, "standing"),
                "losing": _side(one, "losing"),
            }
            for one in merged.disagreements
        ],
    }


def _side(one: Any, name: str) -> Json:
    parts = {part: getattr(one, f"{name}_{part}") for part in ("device", "seq", "by")}
    return {"value": getattr(one, name), **parts}


def as_record(written: Json) -> Record:
    """A record from its written form."""
    return decode_record(json.dumps(written).encode())


def run_text(case: Json) -> Json:
    return {"joined": merge_text(case["base"], case["standing"], case["incoming"])}


def run_clock(case: Json) -> Json:
    standing = None if case["standing"] is None else Clock(*case["standing"])
    sent, at = case["operation"], case["at"]
    judged = relation(
        standing, Base(*sent["base"]), sent["device"], sent["seq"], at["epoch"], at["current_ver"]
    )
    return {"relation": judged.value}


def run_canonical(case: Json) -> Json:
    if "operation" in case:
        raw = json.dumps(case["operation"]).encode()
        return {
            "canonical": encode_operation(decode_operation(raw)).decode(),
            "content_hash": content_hash(raw),
        }
    try:
        value = canonical.decode(case["json"].encode())
        canonical.check(value)
    except (msgspec.DecodeError, canonical.NotCanonical):
        return {"canonical": None, "sha256": None}
    encoded = canonical.encode(value)
    return {"canonical": encoded.decode(), "sha256": canonical.sha256_hex(encoded)}


def run_record(case: Json) -> Json:
    written = case["record"]
    record = as_record(written)
    again = Record(
        entity=record.entity,
        id=record.id,
        aggregate=record.aggregate,
        ver=record.ver,
        created=record.created,
        fields=written["fields"],
        clocks={name: Clock(*clock) for name, clock in case["clocks"].items()},
        deleted=written["deleted"],
    )
    encoded = encode_record(again)
    assert encode_record(record) == encoded, "what was decoded is written otherwise"
    return {"bytes": encoded.decode(), "sha256": canonical.sha256_hex(encoded)}


def run_digest(case: Json) -> Json:
    if "manifest" in case:
        return {"digest": manifest_digest(case["manifest"])}
    terms = [
        digest_term(one["entity"], one["id"], one["ver"]) for one in case["records"] if not one["deleted"]
    ]
    return {"digest": digest_hex(sum(terms) % DIGEST_MODULUS)}


def run_audit(case: Json) -> Json:
    if "change" in case:
        change = msgspec.convert(case["change"], audit.Change)
        entry = audit.extend(
            "job/j1", bytes.fromhex(case["head"]), case["length"], change, bytes.fromhex(case["salt"])
        )
        assert entry.payload is not None
        return {
            "n": entry.n,
            "payload": entry.payload.decode(),
            "commitment": entry.commitment.hex(),
            "hash": entry.hash.hex(),
        }
    entries = [
        audit.Entry(
            aggregate=one["aggregate"],
            n=one["n"],
            commitment=bytes.fromhex(one["commitment"]),
            hash=bytes.fromhex(one["hash"]),
            salt=None if one["salt"] is None else bytes.fromhex(one["salt"]),
            payload=None if one["payload"] is None else one["payload"].encode(),
        )
        for one in case["entries"]
    ]
    faults = audit.verify(entries)
    found: Json = {"faults": len(faults)}
    if "head" in case["expect"]:
        found["head"] = entries[-1].hash.hex()
    if "at" in case["expect"]:
        found["at"] = [int(fault.partition(":")[0].rpartition(" ")[2]) for fault in faults]
    return found


PURE: dict[str, Callable[[Json], Json]] = {
    "merge": run_merge,
    "text": run_text,
    "clock": run_clock,
    "canonical": run_canonical,
    "record": run_record,
    "digest": run_digest,
    "audit": run_audit,
}
"""Kinds of vectors that need no server."""
