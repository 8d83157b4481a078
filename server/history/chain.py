"""Whether a chain holds, link by link, and up to the end that its aggregate names."""

from __future__ import annotations

from collections.abc import Sequence

from sync.audit import GENESIS, Entry, verify


def broken_at(entries: Sequence[Entry], head: bytes, length: int) -> list[int]:
    """Numbers of the entries at which the chain is broken; empty: it holds.

    `head` and `length` are those that the aggregate itself names: entries that are missing at the end, or that are too
    many, break it at the number after the last.
    """
    found, before = [], GENESIS
    for place, entry in enumerate(entries):
        if verify([entry], before, place):
            found.append(entry.n)
        before = entry.hash
    if before != head or len(entries) != length:
        found.append(len(entries) + 1)
    return found
