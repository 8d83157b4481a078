"""The audit chain of an aggregate (section 11)."""

import hashlib
from collections.abc import Sequence
from typing import Any

from tests.stranger.canonical import canonical

BEGINNING = "00" * 32
DEFAULTS: dict[str, Any] = {"before": {}, "after": {}, "outcome": "applied"}


def faults(entries: Sequence[dict[str, Any]]) -> list[int]:
    """Numbers of the entries at which the chain is broken, one for each broken promise; empty: it verifies."""
    found, head = [], BEGINNING
    for number, entry in enumerate(entries, start=1):
        if entry["n"] != number:
            found.append(entry["n"])
        if entry["hash"] != _link(head, entry["commitment"]):
            found.append(entry["n"])
        if entry["payload"] is not None and entry["commitment"] != _commit(entry["salt"], entry["payload"]):
            found.append(entry["n"])
        head = entry["hash"]
    return found


def append(change: dict[str, Any], salt: str, head: str, length: int) -> dict[str, Any]:
    """The entry that follows `head`, the last of `length` entries."""
    kept = {name: value for name, value in change.items() if DEFAULTS.get(name, ...) != value}
    payload = canonical(kept).decode()
    commitment = _commit(salt, payload)
    return {"n": length + 1, "payload": payload, "commitment": commitment, "hash": _link(head, commitment)}


def _commit(salt: str, payload: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + payload.encode()).hexdigest()


def _link(head: str, commitment: str) -> str:
    return hashlib.sha256(bytes.fromhex(head) + bytes.fromhex(commitment)).hexdigest()
