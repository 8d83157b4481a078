"""The other server processes on the same database, told and heard."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from server.db.address import is_sqlite
from server.db.waking.hearing import POLL_SECONDS, Hearing, Woken
from server.db.waking.telling import Telling


class OtherProcesses:
    """Tells them of our commits (`tell` listens to the store), and wakes `woken` for theirs. Does nothing on SQLite.

    Close it before those that it wakes.
    """

    def __init__(
        self, database_url: str, woken: Sequence[Woken] = (), poll_seconds: float = POLL_SECONDS
    ) -> None:
        self._telling: Telling | None = None
        self._hearing: Hearing | None = None
        if not is_sqlite(database_url):
            by = secrets.token_hex(8)
            self._telling = Telling(database_url, by)
            self._hearing = Hearing(database_url, by, woken, poll_seconds)

    def hear(self) -> None:
        """Begin to wake. Called by a process that serves; a command only tells."""
        if self._hearing is not None and self._telling is not None:
            self._hearing.open()
            # Who served here before us may have died between a commit and its telling.
            self._telling.tell_everything()

    def tell(self, aggregates: Sequence[str], users: Sequence[str]) -> None:
        """A listener of the store: returns at once."""
        if self._telling is not None and aggregates:
            self._telling.tell(aggregates)

    def close(self) -> None:
        """Tell what is still untold, and stop; repeating is safe."""
        if self._hearing is not None and self._telling is not None:
            self._hearing.close()
            self._telling.close()
