"""NOTIFY, after commits: at most once a tick, from a thread and a connection of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Any

import psycopg

from server.db.waking.own_connection import own_connection
from server.db.waking.word import CHANNEL, everything, words

log = logging.getLogger(__name__)

NAME = "doorstep telling"
TICK_SECONDS = 0.05
"""The first change is told at once; what comes within a tick of it travels together."""
RETRY_SECONDS = 2.0
MOST_NAMED = 5_000
"""Beyond so many in a tick, others are told to read everything again."""


class Telling:
    """Tells the other processes. What could not be told is told as "everything" once the database is back."""

    def __init__(self, database_url: str, by: str) -> None:
        self._url = database_url
        self._by = by
        self._named: dict[str, None] = {}
        self._everything = False
        self._closed = False
        self._due = threading.Condition()
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._faulty = False
        self._thread = threading.Thread(target=self._work, name="telling-others", daemon=True)
        self._thread.start()

    def tell(self, aggregates: Sequence[str]) -> None:
        """These have changed, and are committed. Returns at once."""
        with self._due:
            if not self._everything:
                self._named.update(dict.fromkeys(aggregates))
                self._everything = len(self._named) > MOST_NAMED
            self._due.notify()

    def tell_everything(self) -> None:
        """Have all others read everything again. Returns at once."""
        with self._due:
            self._everything = True
            self._due.notify()

    def close(self) -> None:
        """Tell what is still untold, once, then stop; repeating is safe."""
        with self._due:
            self._closed = True
            self._due.notify()
        self._thread.join()

    def _work(self) -> None:
        while payloads := self._next():
            pause = TICK_SECONDS if self._say(payloads) else RETRY_SECONDS
            with self._due:
                self._due.wait_for(lambda: self._closed, pause)
        if self._connection is not None:
            self._connection.close()

    def _next(self) -> list[str]:
        """What is to be said next; waits for it. Nothing when closed."""
        with self._due:
            self._due.wait_for(lambda: self._closed or self._everything or bool(self._named))
            payloads = everything(self._by) if self._everything else words(self._by, self._named)
            self._named, self._everything = {}, False
            return payloads

    def _say(self, payloads: list[str]) -> bool:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = own_connection(self._url, NAME)
            self._connection.execute(
                "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", (CHANNEL, payloads)
            )
        except psycopg.Error as error:
            self._has_failed(error)
            return False
        self._faulty = False
        return True

    def _has_failed(self, error: psycopg.Error) -> None:
        if not self._faulty:
            log.warning("other processes cannot be told of changes for now: %s", str(error).strip())
        self._faulty = True
        with self._due:
            if not self._closed:
                self._everything = True
