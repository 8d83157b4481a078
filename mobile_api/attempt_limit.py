"""How many wrong guesses are borne: per sender and in all over a window, or with a delay that grows."""

from __future__ import annotations

import ipaddress
from collections import deque
from math import ceil

from mobile_api.clock import Clock

_MOST_SENDERS = 10_000


class AttemptLimit:
    """Counts failures over a sliding window. Kept in this process: N processes bear N times as many."""

    def __init__(self, per_sender: int, in_all: int, window_seconds: int, clock: Clock) -> None:
        self._per_sender = per_sender
        self._in_all = in_all
        self._window_seconds = window_seconds
        self._clock = clock
        self._failures: deque[float] = deque()
        self._by_sender: dict[str, deque[float]] = {}

    def wait_seconds(self, sender: str) -> int:
        """How long the sender must wait before the next attempt; 0 when it may try now."""
        forget_before = self._clock() - self._window_seconds
        waits = [0.0]
        for failures, most in (
            (self._failures, self._in_all),
            (self._by_sender.get(sender), self._per_sender),
        ):
            if failures is None:
                continue
            _forget(failures, forget_before)
            if len(failures) >= most:
                waits.append(failures[-most] - forget_before)
        return ceil(max(waits))

    def count_failure(self, sender: str) -> None:
        """The sender guessed wrong; or is about to guess, so that a hundred guesses at once are a hundred."""
        now = self._clock()
        if len(self._by_sender) >= _MOST_SENDERS:
            self._forget_silent_senders(now - self._window_seconds)
        self._by_sender.setdefault(sender, deque(maxlen=self._per_sender)).append(now)
        self._failures.append(now)

    def forgive(self, sender: str) -> None:
        """What was counted last, before its outcome was known, was no failure."""
        for failures in (self._failures, self._by_sender.get(sender)):
            if failures:
                failures.pop()

    def forget_until(self, sender: str, until: float) -> None:
        """What this sender did up to then counts for it no longer; it still counts in all."""
        if sender in self._by_sender:
            _forget(self._by_sender[sender], until)

    def _forget_silent_senders(self, forget_before: float) -> None:
        for sender, failures in list(self._by_sender.items()):
            if not failures or failures[-1] <= forget_before:
                del self._by_sender[sender]


class GrowingDelay:
    """A few failures are free; from then on each doubles the wait until the next attempt. Kept in this process."""

    def __init__(
        self,
        free: int,
        first_seconds: float,
        longest_seconds: float,
        forgotten_after_seconds: float,
        clock: Clock,
    ) -> None:
        """`forgotten_after_seconds` of quiet make good for everything; longer than `longest_seconds`."""
        self._free = free
        self._first_seconds = first_seconds
        self._longest_seconds = longest_seconds
        self._forgotten_after_seconds = forgotten_after_seconds
        self._clock = clock
        self._failures: dict[str, tuple[int, float]] = {}
        """Whom → how often, and when last."""

    def wait_seconds(self, whom: str) -> float:
        """How long to wait before the next attempt; 0 when it may come now."""
        count, last = self._known(whom)
        if count < self._free:
            return 0.0
        doublings = min(count - self._free, 32)
        delay = min(self._first_seconds * 2**doublings, self._longest_seconds)
        return max(0.0, last + delay - self._clock())

    def count_failure(self, whom: str) -> None:
        """A wrong guess; or one that is about to be made (see `AttemptLimit.count_failure`)."""
        if len(self._failures) >= _MOST_SENDERS:
            for other in list(self._failures):
                self._known(other)
        count, _ = self._known(whom)
        self._failures[whom] = (count + 1, self._clock())

    def forgive(self, whom: str) -> None:
        """It was right: nothing counts any longer."""
        self._failures.pop(whom, None)

    def forget_until(self, whom: str, until: float) -> None:
        """Failures up to then count no longer."""
        if self._failures.get(whom, (0, until + 1))[1] <= until:
            del self._failures[whom]

    def _known(self, whom: str) -> tuple[int, float]:
        known = self._failures.get(whom)
        if known is None:
            return 0, 0.0
        if known[1] + self._forgotten_after_seconds <= self._clock():
            del self._failures[whom]
            return 0, 0.0
        return known


def _forget(failures: deque[float], forget_before: float) -> None:
    while failures and failures[0] <= forget_before:
        failures.popleft()


def sender_of(address: str) -> str:
    """The sender behind an address: one household of IPv6 addresses (a /64) is one sender."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(known) >> 64 << 64, 64)))
    return address
