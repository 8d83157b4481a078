"""Digests of aggregates and manifests (sections 8.2 and 12.3)."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.stranger.canonical import sha256


def aggregate_digest(records: Iterable[Mapping[str, Any]]) -> str:
    """The sum over the live records modulo 2^256, as 64 hexadecimal digits."""
    total = 0
    for record in records:
        if not record["deleted"]:
            text = f"{record['entity']}\n{record['id']}\n{record['ver']}"
            total += int(sha256(text.encode()), 16)
    return f"{total % 2**256:064x}"


def manifest_digest(manifest: Mapping[str, int]) -> str:
    """SHA-256 over one line per aggregate, sorted by name in byte order."""
    return sha256("".join(f"{name}\t{manifest[name]}\n" for name in sorted(manifest)).encode())


def outbox_digest(ids: Iterable[str]) -> str:
    """SHA-256 over the ids of unsent operations in the order of their numbers (section 3.1)."""
    return sha256("".join(f"{name}\n" for name in ids).encode())
