"""Counts the boundaries of a request and ends the process, as `kill -9` does, at the one that was asked for."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg


class Bomb:
    """Every point that is passed while armed is a line in `trace`; the last line names where the process died."""

    def __init__(self, trace: Path) -> None:
        self._path = trace
        self._trace = -1
        self._counting = threading.Lock()
        self._armed = False
        self._left = 0

    def arm(self, at: int) -> None:
        """Die at the point of this number, counted from 1; 0 only writes the trace."""
        self._trace = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self._left = at
        self._armed = True

    def disarm(self) -> None:
        """Whatever comes now neither counts nor dies."""
        self._armed = False

    def point(self, label: str) -> None:
        """A boundary is passed."""
        if not self._armed:
            return
        with self._counting:
            os.write(self._trace, f"{' '.join(label.split())[:80]}\n".encode())
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def around(self, label: Any) -> Iterator[None]:
        """A boundary before and one after."""
        text = label.decode() if isinstance(label, bytes) else str(label)
        self.point(f"before {text}")
        yield
        self.point(f"after {text}")


def sqlite_class(bomb: Bomb) -> type[sqlite3.Connection]:
    """Connections whose every statement, COMMIT included, has a boundary on either side."""

    class Counted(sqlite3.Connection):
        def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
            if statement.startswith("PRAGMA"):
                # A connection is being opened, which happens once in a life: no boundary of the request.
                return super().execute(statement, *values)
            with bomb.around(statement):
                return super().execute(statement, *values)

        def executemany(self, statement: str, values: Any) -> sqlite3.Cursor:
            with bomb.around(f"{len(values)} × {statement}" if values else "nothing"):
                return super().executemany(statement, values)

    return Counted


def psycopg_class(bomb: Bomb) -> type[psycopg.Connection[Any]]:
    """The same for PostgreSQL. What runs in a pipeline is certain only after "after pipeline"."""

    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            with bomb.around(query):
                return super().execute(query, params, **more)

    class Counted(psycopg.Connection[Any]):
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more)
            self.cursor_factory = Cursor

        @contextmanager
        def pipeline(self) -> Iterator[psycopg.Pipeline]:
            with super().pipeline() as pipeline:
                yield pipeline
                bomb.point("before the end of pipeline")
            bomb.point("after pipeline")

    return Counted
