"""How many wrong guesses are borne: so many over a window, or with a delay that grows.

The rules are arithmetic over the moments of failures; where those are kept, and for how many processes, is the port's
affair (`mobile_api.failed_attempts`).
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Protocol

from mobile_api.clock import Clock
from mobile_api.failed_attempts import NONE, FailedAttempts, Failures, Known

_MOST_DOUBLINGS = 32


class Rule(Protocol):
    """What failures of one kind cost."""

    @property
    def kind(self) -> str:
        """Which failures are counted together; no two rules have the same."""
        ...

    def wait_seconds(self, moments: Sequence[float], now: float) -> float:
        """How long to wait before the next attempt; 0 when it may come now."""
        ...

    def counted(self, moments: Sequence[float], now: float) -> Failures:
        """One failure more: as much of them as will still matter."""
        ...

    def forgiven(self, moments: Sequence[float]) -> tuple[float, ...]:
        """What was counted last was no failure."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """At most so many failures over a sliding window."""

    kind: str
    most: int
    seconds: float

    def wait_seconds(self, moments: Sequence[float], now: float) -> float:
        """See `Rule`: until the oldest of the last `most` falls out of the window."""
        recent = self._recent(moments, now)
        return recent[-self.most] + self.seconds - now if len(recent) >= self.most else 0.0

    def counted(self, moments: Sequence[float], now: float) -> Failures:
        """See `Rule`."""
        return Failures((*self._recent(moments, now), now)[-self.most :], now + self.seconds)

    def forgiven(self, moments: Sequence[float]) -> tuple[float, ...]:
        """See `Rule`: the one that was counted, and no other."""
        return tuple(moments[:-1])

    def _recent(self, moments: Sequence[float], now: float) -> tuple[float, ...]:
        return tuple(moment for moment in moments if moment > now - self.seconds)


@dataclass(frozen=True, slots=True)
class GrowingDelay:
    """A few failures are free; from then on each doubles the wait until the next attempt."""

    kind: str
    free: int
    first_seconds: float
    longest_seconds: float
    forgotten_after_seconds: float
    """So much quiet makes good for everything; longer than `longest_seconds`."""

    def wait_seconds(self, moments: Sequence[float], now: float) -> float:
        """See `Rule`."""
        if len(moments) < self.free or self._is_forgotten(moments, now):
            return 0.0
        doublings = min(len(moments) - self.free, _MOST_DOUBLINGS)
        delay = min(self.first_seconds * 2**doublings, self.longest_seconds)
        return max(0.0, moments[-1] + delay - now)

    def counted(self, moments: Sequence[float], now: float) -> Failures:
        """See `Rule`."""
        kept = () if self._is_forgotten(moments, now) else moments
        most = self.free + _MOST_DOUBLINGS
        return Failures((*kept, now)[-most:], now + self.forgotten_after_seconds)

    def forgiven(self, moments: Sequence[float]) -> tuple[float, ...]:
        """See `Rule`: nothing counts any longer."""
        return ()

    def _is_forgotten(self, moments: Sequence[float], now: float) -> bool:
        return not moments or moments[-1] + self.forgotten_after_seconds <= now


@dataclass(frozen=True, slots=True)
class Counted:
    """A rule, and against whom it counts."""

    rule: Rule
    whom: str
    since: float = 0.0
    """Failures up to then count no longer."""
    is_waived: bool = False
    """It is counted, and makes nobody wait."""

    @property
    def name(self) -> str:
        """Under which the failures are kept: it tells neither an address nor a login to whoever reads the table."""
        return hashlib.sha256(f"{self.rule.kind}\n{self.whom}".encode("utf-8", "replace")).hexdigest()[:32]

    def moments(self, known: Known) -> tuple[float, ...]:
        """Those failures that count."""
        return tuple(moment for moment in known.get(self.name, NONE).moments if moment > self.since)


class AttemptLimits:
    """Attempts that several rules count at once, in all processes together."""

    def __init__(self, failed: FailedAttempts, clock: Clock) -> None:
        self._failed = failed
        self._clock = clock

    def enter(self, counts: Sequence[Counted]) -> int:
        """0 when the attempt may be made, else how many seconds to wait. May block.

        Where it may, it counts as failed until `forgive` is called, so that a hundred guesses at once are a hundred.
        """
        now, names = self._clock(), [count.name for count in counts]
        # Most who are refused are asked here alone, without a write.
        if wait := _wait(counts, self._failed.of(names), now):
            return ceil(wait)

        def work(known: Known) -> float:
            if wait := _wait(counts, known, now):
                return wait
            for count in counts:
                known[count.name] = count.rule.counted(count.moments(known), now)
            return 0.0

        return ceil(self._failed.change(names, work, now))

    def forgive(self, counts: Sequence[Counted]) -> None:
        """The attempt that has entered was right. May block."""

        def work(known: Known) -> None:
            for count in counts:
                if count.name in known:
                    kept = known[count.name]
                    known[count.name] = Failures(count.rule.forgiven(kept.moments), kept.forgotten_at)

        self._failed.change([count.name for count in counts], work, self._clock())


def _wait(counts: Sequence[Counted], known: Known, now: float) -> float:
    waits = [one.rule.wait_seconds(one.moments(known), now) for one in counts if not one.is_waived]
    return max(waits, default=0.0)


def sender_of(address: str) -> str:
    """The sender behind an address: one household of IPv6 addresses (a /64) is one sender."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(known) >> 64 << 64, 64)))
    return address
