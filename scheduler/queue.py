"""The port to the rows of reminders: who tries which one, and until when. One contract suite runs on every adapter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder that is ours to try, for as long as the lease runs. It proves nothing: the settling does."""

    subject: str
    """`entity/id`."""
    kind: str
    revision: int
    due_at: str
    past_at: str
    claimed_at: str
    """The time on the clock that counts."""
    fence: int
    """Greater than that of every earlier claim."""
    attempts: int
    """How often it has failed."""


class ReminderQueue(Protocol):
    """Reminders on one clock, the database's unless another was given. Any number of processes may use it at once."""

    def claim(self, kinds: Sequence[str], limit: int, lease_seconds: int) -> list[Claim]:
        """Take what is due, the longest due first, and of these kinds alone. Nobody else gets it while the lease runs.

        Raises StoreUnavailable.
        """

    def put_back(self, claim: Claim, error: str, pause_seconds: int) -> bool:
        """It failed: count that, and let nobody try before the pause is over. False when it is no longer ours."""

    def set_aside(self, claim: Claim, error: str) -> bool:
        """It is dead: nobody tries it again. False when it is no longer ours."""

    def settling_time(self) -> str:
        """What a settlement must say about the time: empty where the database tells it itself."""
