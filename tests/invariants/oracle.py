"""What the protocol says, computed a second time with nothing but the standard library."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Bodies = dict[tuple[str, str], Any]
"""(entity, id) → a record's JSON, parsed."""

STATES = {
    "new": {"working", "done", "cancelled"},
    "working": {"done"},
    "done": set[str](),
    "cancelled": set[str](),
}
"""Where a job's state may go without a person's decision."""


def canonical(value: Any) -> bytes:
    """RFC 8785 of what the product allows: sorted names, no spaces, no escapes but the needed ones."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(bodies: Mapping[tuple[str, str], Any]) -> str:
    """Of an aggregate: the sum of SHA-256(entity, id, ver) over live records, modulo 2^256, in hexadecimal."""
    terms = (
        int.from_bytes(hashlib.sha256(f"{entity}\n{id}\n{body['ver']}".encode()).digest(), "big")
        for (entity, id), body in bodies.items()
        if not body["deleted"]
    )
    return f"{sum(terms) % 2**256:064x}"


def manifest_digest(manifest: Mapping[str, int]) -> str:
    """Of everything that a phone holds."""
    lines = "".join(f"{aggregate}\t{ver}\n" for aggregate, ver in sorted(manifest.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def chain_faults(entries: Sequence[Any], head: bytes, length: int) -> list[str]:
    """Replay a chain from 32 zero bytes: numbers, commitments, links, and the head that the aggregate names."""
    faults = []
    previous = bytes(32)
    for place, entry in enumerate(entries, start=1):
        if entry.n != place:
            faults.append(f"entry {entry.n} at place {place}")
        if hashlib.sha256(entry.salt + entry.payload).digest() != entry.commitment:
            faults.append(f"entry {place}: not what it commits to")
        if hashlib.sha256(previous + entry.commitment).digest() != entry.hash:
            faults.append(f"entry {place}: does not follow from the one before it")
        if canonical(json.loads(entry.payload)) != entry.payload:
            faults.append(f"entry {place}: not in canonical form")
        previous = entry.hash
    if previous != head or length != len(entries):
        faults.append(f"the aggregate names entry {length}, the chain has {len(entries)}")
    return faults


def bits(numbers: Iterable[int]) -> int:
    """The sum of the given effects: each operation is one bit of a counter, so one that counts twice carries over."""
    return sum(numbers)
