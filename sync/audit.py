"""The audit chain: one per aggregate, salted commitments only, so that an erasure does not break it."""

from __future__ import annotations

import hashlib

import msgspec

from sync import canonical

GENESIS = bytes(32)


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One link. `salt` and `payload` may be erased (both None); `commitment` and `hash` stay for ever."""

    aggregate: str
    n: int
    """Position in the aggregate's chain, from 1, without gaps."""
    commitment: bytes
    hash: bytes
    salt: bytes | None
    payload: bytes | None


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an audit entry commits to."""

    op: str
    device: str
    seq: int
    user: str
    by: str
    entity: str
    record: str
    ver: int
    received_at: str
    before: dict[str, object] = {}
    """Values that were replaced."""
    after: dict[str, object] = {}
    """Values as the operation gave them, effective or not."""
    outcome: str = "applied"


def commit(salt: bytes, payload: bytes) -> bytes:
    """SHA-256 of salt and payload; the salt (16 bytes) keeps erased content from being guessed."""
    return hashlib.sha256(salt + payload).digest()


def link(previous: bytes, commitment: bytes) -> bytes:
    """Hash of an entry: SHA-256 over the previous hash and the commitment."""
    return hashlib.sha256(previous + commitment).digest()


def extend(aggregate: str, head: bytes, length: int, change: Change, salt: bytes) -> Entry:
    """The next entry of a chain whose head and length are given."""
    payload = canonical.encode(change)
    commitment = commit(salt, payload)
    return Entry(aggregate, length + 1, commitment, link(head, commitment), salt, payload)


def verify(entries: list[Entry], head: bytes = GENESIS, length: int = 0) -> list[str]:
    """What is wrong with a chain, each as a sentence; empty when it holds. Erased entries verify and are not faults."""
    faults = []
    for entry in entries:
        length += 1
        name = f"{entry.aggregate} entry {entry.n}"
        if entry.n != length:
            faults.append(f"{name}: expected number {length}")
        kept = entry.salt is not None and entry.payload is not None
        if kept and commit(entry.salt or b"", entry.payload or b"") != entry.commitment:
            faults.append(f"{name}: payload does not match its commitment")
        if link(head, entry.commitment) != entry.hash:
            faults.append(f"{name}: does not follow from the entry before it")
        head = entry.hash
    return faults
