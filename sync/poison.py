"""A fault of ours in a batch: it is halved down to the one operation, which is parked as it came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sync.incoming import Incoming
from sync.store import StoreUnavailable

T = TypeVar("T")

POISON = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    RuntimeError,
)
"""What a fault in a rule, a merge or a row looks like (`StoreRejected` is a ValueError)."""


def in_halves(batch: Sequence[Incoming], take: Callable[[Sequence[Incoming], bool], T]) -> Iterator[T]:
    """What `take` gave for each part that it could take in, in order; the later parts wait for the next one asked.

    `take(part, poisoned)`: a single operation that fails is given once more, as poisoned. Faults of an empty batch
    and an unavailable store go to the caller.
    """
    try:
        taken = take(batch, False)
    except StoreUnavailable:
        raise
    except POISON:
        if not batch:
            raise
    else:
        yield taken
        return
    if len(batch) == 1:
        yield take(batch, True)
        return
    middle = len(batch) // 2
    yield from in_halves(batch[:middle], take)
    yield from in_halves(batch[middle:], take)
