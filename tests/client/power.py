"""A power cut at any statement: the file is left as the disk has it at that moment."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

Side = Literal["before", "after"]


class PowerCut(BaseException):
    """The phone is dead. Not an Exception: nothing may catch it and go on."""


class Power:
    """Counts statements, and cuts the power before or after the chosen one."""

    def __init__(self, at: int, side: Side, path: Path, wreck: Path) -> None:
        self.count = 0
        self._at = at
        self._side = side
        self._path = path
        self._wreck = wreck
        self.is_cut = False

    def connect(self, path: str) -> sqlite3.Connection:
        """As `doorstep_client.store.connect`, on this power."""
        connection = sqlite3.connect(path, isolation_level=None, factory=_Connection)
        connection.power = self
        return connection

    def guard(self, side: Side) -> None:
        """Called around each statement."""
        if self.is_cut:
            raise PowerCut
        if side == "before":
            self.count += 1
        if self.count == self._at and side == self._side:
            self.is_cut = True
            for suffix in ("", "-wal"):
                if Path(f"{self._path}{suffix}").exists():
                    shutil.copy(f"{self._path}{suffix}", f"{self._wreck}{suffix}")
            raise PowerCut


class _Connection(sqlite3.Connection):
    power: Power | None = None

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return self._guarded(super().execute, sql, *values)

    def executemany(self, sql: str, rows: Iterable[Any]) -> sqlite3.Cursor:
        return self._guarded(super().executemany, sql, rows)

    def _guarded(self, run: Any, *values: Any) -> sqlite3.Cursor:
        if self.power is not None:
            self.power.guard("before")
        cursor: sqlite3.Cursor = run(*values)
        if self.power is not None:
            self.power.guard("after")
        return cursor
