"""How many wrong guesses are borne, per sender and in all."""

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

    def _forget_silent_senders(self, forget_before: float) -> None:
        for sender, failures in list(self._by_sender.items()):
            if failures[-1] <= forget_before:
                del self._by_sender[sender]


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
