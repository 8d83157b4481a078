"""A phone's file that is written and not waited for: no tape here cuts the power, and waiting took half the time."""

from __future__ import annotations

import sqlite3
from typing import Any


class _Hasty(sqlite3.Connection):
    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if statement == "PRAGMA synchronous = FULL":
            statement = "PRAGMA synchronous = OFF"
        return super().execute(statement, *values)


def connect(path: str) -> sqlite3.Connection:
    """See `doorstep_client.store.Connect`."""
    return sqlite3.connect(path, isolation_level=None, timeout=30, factory=_Hasty)
