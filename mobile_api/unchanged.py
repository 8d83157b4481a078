"""What was last answered to each phone, so that "nothing new" needs no second look.

Kept in this process and never trusted alone: an entry counts only while the device's row still has its change count.
"""

from __future__ import annotations

from mobile_api.ports import PollRow

_MOST_REMEMBERED = 100_000


class Unchanged:
    """Two memories per device: which manifest digest is up to date, and which poll, byte for byte, was told so."""

    def __init__(self) -> None:
        self._current: dict[str, tuple[str, int, str]] = {}
        self._asked: dict[str, tuple[str, int, bytes, str]] = {}

    def is_current(self, device: str, row: PollRow, digest: str) -> bool:
        """Whether a phone with this manifest digest lacks nothing."""
        return self._current.get(device) == (row.user, row.change, digest)

    def remember(self, device: str, user: str, change: int, digest: str) -> None:
        """One snapshot told that this digest belongs to this change count."""
        if len(self._current) >= _MOST_REMEMBERED:
            self._current.clear()
        self._current[device] = (user, change, digest)

    def asked_again(self, device: str, row: PollRow, body: bytes) -> str:
        """The digest, when the phone repeats the very poll that was last answered so, and that still holds."""
        asked = self._asked.get(device)
        if asked is None or asked[2] != body or asked[1] != row.change or asked[0] != row.user:
            return ""
        return asked[3]

    def remember_question(self, device: str, row: PollRow, body: bytes, digest: str) -> None:
        """The poll was just told that nothing is new."""
        if len(self._asked) >= _MOST_REMEMBERED:
            self._asked.clear()
        self._asked[device] = (row.user, row.change, body, digest)

    def forget_question(self, device: str) -> None:
        """The phone says something else."""
        self._asked.pop(device, None)
