"""How many wrong passwords are borne before somebody has to wait, without letting strangers lock anybody out.

A name and an address together wait ever longer. An address alone, all addresses together, and a name alone are counted
over a window. A browser in which this person has signed in before is counted by itself, and by nothing else: whatever
strangers type elsewhere, it stays open.
"""

from __future__ import annotations

from collections.abc import Sequence

from mobile_api.attempt_limit import AttemptLimits, Counted, GrowingDelay, Window
from mobile_api.clock import Clock
from mobile_api.failed_attempts import FailedAttempts

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
_GRACE_SECONDS = 600
"""So long after an unlock neither the limit by name alone nor that by address alone holds for this name, or guessers
would use up what was made free."""

_BY_BROWSER = GrowingDelay(
    "sign-in browser", _FREE, _FIRST_SECONDS, _LONGEST_SECONDS, _FORGOTTEN_AFTER_SECONDS
)
_BY_PAIR = GrowingDelay("sign-in pair", _FREE, _FIRST_SECONDS, _LONGEST_SECONDS, _FORGOTTEN_AFTER_SECONDS)
_BY_SENDER = Window("sign-in sender", _PER_SENDER, _WINDOW_SECONDS)
_BY_LOGIN = Window("sign-in login", _PER_LOGIN, _LOGIN_WINDOW_SECONDS)
_OF_ALL = Window("sign-in all", _IN_ALL, _WINDOW_SECONDS)


class SignInLimits:
    """Counts wrong passwords, in all processes together."""

    def __init__(self, failed: FailedAttempts, clock: Clock) -> None:
        self._limits = AttemptLimits(failed, clock)
        self._clock = clock

    def enter(self, login: str, sender: str, browser: str, unlocked_at: float) -> int:
        """0 when the password may be looked at, else how many seconds to wait. May block.

        Where it may, it counts as wrong until `forgive` is called, so that a hundred guesses at once are a hundred.
        `browser` is empty where nobody knows it (see `KnownBrowsers`); `unlocked_at` is when an administrator last
        unlocked the name, in seconds since 1970, 0 for never.
        """
        return self._limits.enter(self._counts(login, sender, browser, unlocked_at))

    def forgive(self, login: str, sender: str, browser: str) -> None:
        """The password was right: what was typed wrongly here before counts no longer either. May block."""
        self._limits.forgive(self._counts(login, sender, browser, 0))

    def _counts(self, login: str, sender: str, browser: str, unlocked_at: float) -> Sequence[Counted]:
        if browser:
            return [Counted(_BY_BROWSER, browser, since=unlocked_at)]
        is_new = self._clock() <= unlocked_at + _GRACE_SECONDS
        return [
            Counted(_BY_PAIR, f"{login}\n{sender}", since=unlocked_at),
            Counted(_BY_SENDER, sender, is_waived=is_new),
            Counted(_BY_LOGIN, login, since=unlocked_at, is_waived=is_new),
            Counted(_OF_ALL, ""),
        ]
