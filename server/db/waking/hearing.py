"""LISTEN, in a thread, on a connection of its own that comes back; while it is down, look again by the clock."""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any, Protocol

import psycopg

from server.db.waking.own_connection import own_connection
from server.db.waking.word import CHANNEL, heard

log = logging.getLogger(__name__)

NAME = "doorstep hearing"
POLL_SECONDS = 5.0
"""While the connection is down: how often everything is looked at again, and connecting is tried."""


class Woken(Protocol):
    """Who waits for changes. Both are called in a thread of ours, and return at once."""

    def tell(self, aggregates: Sequence[str], users: Sequence[str], /) -> None:
        """These aggregates have changed. The users whose rights have changed are not told across processes."""
        ...

    def look_again(self) -> None:
        """Anything may have changed."""
        ...


class Hearing:
    """Wakes for what other processes have committed. `open` it once; nothing that was committed since is missed."""

    def __init__(
        self, database_url: str, by: str, woken: Sequence[Woken], poll_seconds: float = POLL_SECONDS
    ) -> None:
        self._url = database_url
        self._by = by
        self._woken = woken
        self._poll_seconds = poll_seconds
        self._closed = threading.Event()
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._work, name="hearing-others", daemon=True)

    def open(self) -> None:
        """Begin; repeating is safe until it is closed."""
        if self._thread.ident is None and not self._closed.is_set():
            self._thread.start()

    def close(self) -> None:
        """Stop at once; repeating is safe."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._stop.send(b"\0")
        if self._thread.ident is not None:
            self._thread.join()
        self._stop.close()
        self._stopped.close()

    def _work(self) -> None:
        while not self._closed.is_set():
            began = time.monotonic()
            try:
                self._listen()
            except psycopg.Error as error:
                log.warning("changes of other processes are not heard for now: %s", str(error).strip())
            # A connection that held for long is replaced at once; one that fails at once, without haste.
            if time.monotonic() - began < self._poll_seconds and not self._closed.wait(self._poll_seconds):
                self._look_again()

    def _listen(self) -> None:
        with own_connection(self._url, NAME) as connection:
            connection.execute(f"LISTEN {CHANNEL}".encode())
            # In this order: what is committed from here on is heard, and what was before is looked at now.
            self._look_again()
            self._hear(connection)

    def _hear(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(connection.fileno(), selectors.EVENT_READ)
            selector.register(self._stopped, selectors.EVENT_READ)
            while not self._closed.is_set():
                changed: dict[str, None] = {}
                again = False
                for notify in connection.notifies(timeout=0):
                    word = heard(notify.payload)
                    if word.by != self._by:
                        changed.update(dict.fromkeys(word.aggregates))
                        again = again or word.everything
                if again:
                    self._look_again()
                elif changed:
                    self._tell(list(changed))
                selector.select()

    def _tell(self, aggregates: list[str]) -> None:
        for one in self._woken:
            try:
                one.tell(aggregates, ())
            except Exception:
                log.exception("a listener failed after a commit of another process")

    def _look_again(self) -> None:
        for one in self._woken:
            try:
                one.look_again()
            except Exception:
                log.exception("a listener failed while looking again")
