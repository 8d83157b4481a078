"""A transaction that starts over, each time knowing more of what it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from sync.rules import NeedsMore
from sync.store import Store, WriteTransaction

T = TypeVar("T")
MOST_ROUNDS = 100
"""How often a transaction may start over; a few rounds are usual, one per poisoned release more."""


class Attempt(msgspec.Struct, frozen=True):
    """What earlier attempts at a transaction have found out."""

    aggregates: frozenset[str] = frozenset()
    """Needed beyond those that the operations name."""
    poisoned: frozenset[tuple[str, int]] = frozenset()
    """Parked operations that fail when they are tried again: they stay parked, and spoil nothing."""


class PoisonedRelease(Exception):
    """A parked operation, tried again, fails where it should be judged."""

    def __init__(self, place: tuple[str, int]) -> None:
        super().__init__(place)
        self.place = place


def with_enough(store: Store, work: Callable[[WriteTransaction, Attempt], T]) -> T:
    """Start over, wiser, when a further aggregate is needed or what was parked turns out to be poisoned."""
    known = Attempt()
    for _ in range(MOST_ROUNDS):
        wanted = known

        def attempt(tx: WriteTransaction, wanted: Attempt = wanted) -> T:
            return work(tx, wanted)

        try:
            return store.transact(attempt)
        except NeedsMore as more:
            if more.aggregates <= known.aggregates:
                raise RuntimeError(
                    f"aggregates {sorted(more.aggregates)} are locked and still asked for"
                ) from more
            known = msgspec.structs.replace(known, aggregates=known.aggregates | more.aggregates)
        except PoisonedRelease as release:
            known = msgspec.structs.replace(known, poisoned=known.poisoned | {release.place})
    raise RuntimeError(f"no end after {MOST_ROUNDS} rounds: {known}")
