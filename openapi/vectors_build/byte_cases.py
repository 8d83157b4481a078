"""canonical.json, record.json, digest.json, audit.json: what is hashed, byte by byte (sections 4.4, 11, 12)."""

from __future__ import annotations

import hashlib
from typing import Any

from openapi.vectors_build.form import (
    CREATED,
    canonical,
    digest_hex,
    digest_term,
    manifest_digest,
    operation,
    record,
    sha256,
)
from openapi.vectors_build.world import Json


def canonical_cases() -> list[Json]:
    """Text of JSON as received → its canonical text, or null where it has none."""
    lines: list[tuple[str, str, str | None]] = [
        ("members are sorted", '{"b": 1, "a": 2}', '{"a":2,"b":1}'),
        ("no white space", " [ 1 , true , null ] ", "[1,true,null]"),
        ("upper case sorts before lower case", '{"a":1,"B":2,"_":3}', '{"B":2,"_":3,"a":1}'),
        (
            "nested members are sorted",
            '{"a":{"d":1,"c":[{"z":1,"y":2}]}}',
            '{"a":{"c":[{"y":2,"z":1}],"d":1}}',
        ),
        ("lists keep their order", "[3,1,2]", "[3,1,2]"),
        ("Chinese stays as it is", '{"name":"上门服务"}', '{"name":"上门服务"}'),
        ("escapes become characters", '"\\u4e0a\\u0041\\/"', '"上A/"'),
        (
            "control characters have the short form",
            '"\\u0008\\u0009\\u000a\\u000c\\u000d"',
            '"\\b\\t\\n\\f\\r"',
        ),
        ("other control characters have four digits", '"\\u0000\\u001F"', '"\\u0000\\u001f"'),
        ("quotes and backslashes", '"\\u0022\\u005c"', '"\\"\\\\"'),
        ("delete and separators are not escaped", '"\\u007f\\u2028"', '"\x7f\u2028"'),
        ("a surrogate pair is one character", '"\\ud83d\\udd27"', '"🔧"'),
        ("minus zero is zero", "[-0]", "[0]"),
        ("the largest integer", "9007199254740991", "9007199254740991"),
        ("the least integer", "-9007199254740991", "-9007199254740991"),
        ("of two equal names the last one counts", '{"a":1,"a":2}', '{"a":2}'),
        ("an empty object", "{}", "{}"),
        ("an integer that is too large", "9007199254740992", None),
        ("an integer that is too small", "-9007199254740992", None),
        ("a fraction", "[1.5]", None),
        ("an exponent", "[1e2]", None),
        ("a member name that is not ASCII", '{"名":1}', None),
        ("twelve levels", "[" * 12 + "1" + "]" * 12, "[" * 12 + "1" + "]" * 12),
        ("thirteen levels", "[" * 13 + "1" + "]" * 13, None),
        ("half of a surrogate pair", '"\\ud83d"', None),
        ("not JSON", "{a:1}", None),
    ]
    return [
        {
            "name": name,
            "json": given,
            "expect": {
                "canonical": wanted,
                "sha256": None if wanted is None else sha256(wanted.encode()),
            },
        }
        for name, given, wanted in lines
    ]


def operation_cases() -> list[Json]:
    """Operation → canonical bytes and content hash (sections 4.4 and 7.3)."""
    lines: list[tuple[str, Json]] = [
        ("an update", operation("phone-a", 7, {"phone": "139"})),
        ("a creation", operation("phone-a", 8, {"number": "P-1"}, action="create")),
        ("a deletion", operation("phone-a", 9, {}, action="delete")),
        ("text beyond ASCII", operation("phone-a", 10, {"remarks": {"text": "已上油", "base": ""}})),
    ]
    return [
        {
            "name": f"operation: {name}",
            "operation": one,
            "expect": {"canonical": canonical(one).decode(), "content_hash": sha256(canonical(one))},
        }
        for name, one in lines
    ]


def record_cases() -> list[Json]:
    """Record → bytes (section 12.1): clocks by field in, grouped by origin out."""
    li, wang = (4, "desk-li", 10, "dispatcher"), (4, "desk-wang", 2, "dispatcher")
    early, later = (2, "phone-a", 9, "technician"), (4, "desk-li", 11, "dispatcher")
    lines: list[tuple[str, Json, dict[str, Any], Json]] = [
        ("nothing but its creation", {"number": "SO-1"}, {}, {"ver": 1}),
        ("clocks equal to the creation are left out", {"number": "SO-1"}, {"number": CREATED}, {"ver": 1}),
        ("two fields of one operation", {"phone": "1", "serial": "A7"}, {"serial": li, "phone": li}, {}),
        ("origins sorted by version", {"phone": "1", "serial": "A7"}, {"serial": li, "phone": early}, {}),
        (
            "origins of one version sorted by device",
            {"phone": "1", "serial": "A7"},
            {"serial": wang, "phone": li},
            {},
        ),
        (
            "origins of one device sorted by seq",
            {"phone": "1", "serial": "A7"},
            {"phone": later, "serial": li},
            {},
        ),
        ("an element of a set", {"tags": ["wet"]}, {"tags": li, "tags/wet": li, "tags/dry": early}, {}),
        ("a tombstone keeps its body", {"phone": "1"}, {"phone": early, "_deleted": li}, {"deleted": True}),
        (
            "nested values, other scripts",
            {
                "remarks": "已上油\n",
                "window": {"starts_at": "2026-01-31T08:00:00Z", "ends_at": "2026-01-31T09:00:00Z"},
            },
            {},
            {"ver": 1},
        ),
        ("an empty value is kept", {"phone": None}, {"phone": li}, {}),
    ]
    return [
        {
            "name": name,
            "clocks": {field: list(clock) for field, clock in clocks.items()},
            "record": record(fields, clocks, **more),
            "expect": {
                "bytes": canonical(record(fields, clocks, **more)).decode(),
                "sha256": sha256(canonical(record(fields, clocks, **more))),
            },
        }
        for name, fields, clocks, more in lines
    ]


def digest_cases() -> list[Json]:
    """Terms, sums and manifests (sections 8.2 and 12.3)."""
    term = digest_term
    sums: list[tuple[str, list[tuple[str, str, int, bool]], list[int]]] = [
        ("no record", [], []),
        ("one record", [("job", "j1", 1, False)], [term("job", "j1", 1)]),
        (
            "three records in any order",
            [("job", "j1", 4, False), ("line", "l2", 2, False), ("line", "l1", 3, False)],
            [term("line", "l1", 3), term("line", "l2", 2), term("job", "j1", 4)],
        ),
        (
            "a tombstone adds nothing",
            [("job", "j1", 4, False), ("line", "l1", 5, True)],
            [term("job", "j1", 4)],
        ),
        (
            "the sum wraps at 2^256",
            [("line", f"l{place}", place, False) for place in range(1, 9)],
            [term("line", f"l{place}", place) for place in range(1, 9)],
        ),
    ]
    manifests: list[tuple[str, dict[str, int]]] = [
        ("nothing held", {}),
        ("one aggregate", {"job/j1": 4}),
        ("sorted by aggregate, not by version", {"job/j2": 1, "job/j10": 9, "catalogue/parts": 7}),
        ("an underscore sorts after capitals and before letters", {"job/a_b": 1, "job/aB": 2, "job/ab": 3}),
    ]
    return [
        {
            "name": f"aggregate: {name}",
            "records": [
                {"entity": entity, "id": id, "ver": ver, "deleted": deleted}
                for entity, id, ver, deleted in records
            ],
            "expect": {"digest": digest_hex(terms)},
        }
        for name, records, terms in sums
    ] + [
        {"name": f"manifest: {name}", "manifest": manifest, "expect": {"digest": manifest_digest(manifest)}}
        for name, manifest in manifests
    ]


def audit_cases() -> list[Json]:
    """Chains (section 11): payloads and salts in, commitments and hashes out; and chains with faults."""
    payloads = [
        canonical(
            {
                "op": f"op-phone-a-{seq}",
                "device": "phone-a",
                "seq": seq,
                "user": "alice",
                "by": "technician",
                "entity": "job",
                "record": "j1",
                "ver": seq + 1,
                "received_at": "2026-01-31T09:00:00Z",
                "after": {"phone": str(seq)},
            }
        )
        for seq in (1, 2, 3)
    ]
    whole = _chain(payloads)
    erased = [whole[0], {**whole[1], "salt": None, "payload": None}, whole[2]]
    flipped = [whole[0], {**whole[1], "payload": whole[1]["payload"].replace('"2"', '"9"')}, whole[2]]
    rehashed = [whole[0], {**whole[1], "commitment": whole[0]["commitment"]}, whole[2]]
    return [
        {"name": "a chain of three", "entries": whole, "expect": {"faults": 0, "head": whole[2]["hash"]}},
        {
            "name": "an erased entry still verifies",
            "entries": erased,
            "expect": {"faults": 0, "head": whole[2]["hash"]},
        },
        {"name": "a changed payload", "entries": flipped, "expect": {"faults": 1, "at": [2]}},
        {"name": "a missing entry", "entries": [whole[0], whole[2]], "expect": {"faults": 2, "at": [3, 3]}},
        {"name": "another commitment", "entries": rehashed, "expect": {"faults": 2, "at": [2, 2]}},
        {"name": "a beginning cut off", "entries": whole[1:], "expect": {"faults": 3, "at": [2, 2, 3]}},
        _extended(whole),
    ]


def _extended(whole: list[Json]) -> Json:
    change = {
        "op": "op-phone-a-4",
        "device": "phone-a",
        "seq": 4,
        "user": "alice",
        "by": "technician",
        "entity": "job",
        "record": "j1",
        "ver": 5,
        "received_at": "2026-01-31T09:00:00Z",
        "before": {"phone": "3"},
        "after": {"phone": "4"},
        "outcome": "conflict",
    }
    payload = canonical(change)
    commitment = hashlib.sha256(bytes([4]) * 16 + payload).digest()
    return {
        "name": "an entry's payload is canonical",
        "change": change,
        "salt": (bytes([4]) * 16).hex(),
        "head": whole[2]["hash"],
        "length": 3,
        "expect": {
            "n": 4,
            "payload": payload.decode(),
            "commitment": commitment.hex(),
            "hash": hashlib.sha256(bytes.fromhex(whole[2]["hash"]) + commitment).hexdigest(),
        },
    }


def _chain(payloads: list[bytes]) -> list[Json]:
    entries: list[Json] = []
    head = bytes(32)
    for place, payload in enumerate(payloads, start=1):
        salt = bytes([place]) * 16
        commitment = hashlib.sha256(salt + payload).digest()
        head = hashlib.sha256(head + commitment).digest()
        entries.append(
            {
                "aggregate": "job/j1",
                "n": place,
                "salt": salt.hex(),
                "payload": payload.decode(),
                "commitment": commitment.hex(),
                "hash": head.hex(),
            }
        )
    return entries
