"""How many wrong passwords are borne before somebody has to wait, without letting strangers lock anybody out.

A name and an address together wait ever longer. An address alone, all addresses together, and a name alone are counted
over a window. A browser in which this person has signed in before is counted by itself, and by nothing else: whatever
strangers type elsewhere, it stays open.
"""

from __future__ import annotations

import threading
from math import ceil

from mobile_api.attempt_limit import AttemptLimit, GrowingDelay
from mobile_api.clock import Clock

_FREE = 5
_FIRST_SECONDS = 10
_LONGEST_SECONDS = 900
_FORGOTTEN_AFTER_SECONDS = 3600
_PER_SENDER = 20
_IN_ALL = 600
_WINDOW_SECONDS = 300
_PER_LOGIN = 50
"""Slow on purpose: it bounds who guesses from many addresses, and is out of reach of anybody at one desk."""
_LOGIN_WINDOW_SECONDS = 3600
_ANY_NUMBER = 1_000_000_000
_GRACE_SECONDS = 600
"""So long after an unlock neither the limit by name alone nor that by address alone holds for this name, or guessers
would use up what was made free."""
_EVERYBODY = ""


class SignInLimits:
    """Counts wrong passwords. Kept in this process: N processes bear N times as many."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._by_pair = GrowingDelay(_FREE, _FIRST_SECONDS, _LONGEST_SECONDS, _FORGOTTEN_AFTER_SECONDS, clock)
        self._by_browser = GrowingDelay(
            _FREE, _FIRST_SECONDS, _LONGEST_SECONDS, _FORGOTTEN_AFTER_SECONDS, clock
        )
        self._by_sender = AttemptLimit(_PER_SENDER, _ANY_NUMBER, _WINDOW_SECONDS, clock)
        self._in_all = AttemptLimit(_IN_ALL, _ANY_NUMBER, _WINDOW_SECONDS, clock)
        self._by_login = AttemptLimit(_PER_LOGIN, _ANY_NUMBER, _LOGIN_WINDOW_SECONDS, clock)

    def enter(self, login: str, sender: str, browser: str, unlocked_at: float) -> int:
        """0 when the password may be looked at, else how many seconds to wait.

        Where it may, it counts as wrong until `forgive` is called, so that a hundred guesses at once are a hundred.
        `browser` is empty where nobody knows it (see `KnownBrowsers`); `unlocked_at` is when an administrator last
        unlocked the name, in seconds since 1970, 0 for never.
        """
        with self._lock:
            if browser:
                self._by_browser.forget_until(browser, unlocked_at)
                wait = self._by_browser.wait_seconds(browser)
                if not wait:
                    self._by_browser.count_failure(browser)
                return ceil(wait)
            pair = _pair(login, sender)
            self._by_pair.forget_until(pair, unlocked_at)
            self._by_login.forget_until(login, unlocked_at)
            waits = [self._by_pair.wait_seconds(pair), self._in_all.wait_seconds(_EVERYBODY)]
            if self._clock() > unlocked_at + _GRACE_SECONDS:
                waits += [self._by_sender.wait_seconds(sender), self._by_login.wait_seconds(login)]
            if not any(waits):
                self._by_pair.count_failure(pair)
                self._by_sender.count_failure(sender)
                self._by_login.count_failure(login)
                self._in_all.count_failure(_EVERYBODY)
            return ceil(max(waits))

    def forgive(self, login: str, sender: str, browser: str) -> None:
        """The password was right: what was typed wrongly here before counts no longer either."""
        with self._lock:
            if browser:
                self._by_browser.forgive(browser)
                return
            self._by_pair.forgive(_pair(login, sender))
            self._by_sender.forgive(sender)
            self._by_login.forgive(login)
            self._in_all.forgive(_EVERYBODY)


def _pair(login: str, sender: str) -> str:
    return f"{login}\n{sender}"
