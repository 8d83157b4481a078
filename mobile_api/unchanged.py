"""What was last answered to each phone, so that "nothing new" needs no second look."""

from __future__ import annotations

from mobile_api.ports import PollRow

_MOST_REMEMBERED = 100_000


class Unchanged:
    """Device → the user, change count and manifest digest that belonged together when they were last read.

    Kept in this process and never trusted alone: an entry counts only while the row still has its change count.
    """

    def __init__(self) -> None:
        self._answered: dict[str, tuple[str, int, str]] = {}

    def holds(self, device: str, row: PollRow, digest: str) -> bool:
        """Whether a phone with this manifest digest lacks nothing."""
        return self._answered.get(device) == (row.user, row.change, digest)

    def remember(self, device: str, user: str, change: int, digest: str) -> None:
        """One snapshot told that this digest belongs to this change count."""
        if len(self._answered) >= _MOST_REMEMBERED:
            self._answered.clear()
        self._answered[device] = (user, change, digest)
