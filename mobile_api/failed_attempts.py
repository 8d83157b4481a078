"""Where failures are kept, by whom they count against: the port, and its form in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Failures:
    """When somebody failed, oldest first, in seconds since 1970; and from when on nothing of it matters any more."""

    moments: tuple[float, ...] = ()
    forgotten_at: float = 0.0


NONE = Failures()
Known = dict[str, Failures]
"""Name → its failures; a name without any is left out."""


class FailedAttempts(Protocol):
    """Failures by name, the same for every process that answers for one company. Raises StoreUnavailable."""

    def of(self, names: Sequence[str]) -> Known:
        """What is known of these names."""
        ...

    def change(self, names: Sequence[str], work: Callable[[Known], T], now: float) -> T:
        """Run `work` over what is known of these names, and keep what it leaves there.

        Nobody else changes these names meanwhile. `work` may run more than once. What is forgotten at `now` goes.
        """
        ...


class MemoryFailedAttempts:
    """See `FailedAttempts`; of one process alone."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: Known = {}

    def of(self, names: Sequence[str]) -> Known:
        """See `FailedAttempts.of`."""
        with self._lock:
            return {name: self._known[name] for name in names if name in self._known}

    def change(self, names: Sequence[str], work: Callable[[Known], T], now: float) -> T:
        """See `FailedAttempts.change`."""
        with self._lock:
            held = {name: self._known[name] for name in names if name in self._known}
            result = work(held)
            others = {name: kept for name, kept in self._known.items() if name not in names}
            self._known = {
                name: kept
                for name, kept in {**others, **held}.items()
                if kept.moments and kept.forgotten_at > now
            }
            return result
