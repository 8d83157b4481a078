"""Failed attempts, on either database: one row per name, so that all processes count together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import TypeVar

import msgspec

from mobile_api.failed_attempts import NONE, Failures, Known
from server.db.connection import Connection, Database
from server.db.statement import Statement

T = TypeVar("T")

_FIND = Statement("SELECT name, moments, forgotten_at_ms FROM failed_attempt WHERE name = ANY(:names)")
_HOLD = Statement(
    "INSERT INTO failed_attempt (name, moments, forgotten_at_ms) VALUES (:name, '[]', 0) "
    "ON CONFLICT (name) DO UPDATE SET name = excluded.name"
)
"""Changes nothing, and locks the row."""
_PUT = Statement(
    "UPDATE failed_attempt SET moments = :moments, forgotten_at_ms = :forgotten_at_ms WHERE name = :name"
)
_SWEEP = Statement(
    "DELETE FROM failed_attempt WHERE name IN "
    "(SELECT name FROM failed_attempt WHERE forgotten_at_ms <= :now_ms FOR UPDATE SKIP LOCKED)",
    sqlite="DELETE FROM failed_attempt WHERE forgotten_at_ms <= :now_ms",
)
"""Whoever is held by another process is left to the next sweep."""
_moments = msgspec.json.Decoder(tuple[float, ...])


class SqlFailedAttempts:
    """See `mobile_api.failed_attempts.FailedAttempts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, names: Sequence[str]) -> Known:
        """See the port."""
        return self._database.read(lambda connection: _known(connection, names))

    def change(self, names: Sequence[str], work: Callable[[Known], T], now: float) -> T:
        """See the port."""

        def within(connection: Connection) -> T:
            # In one order, so that two who count the same names wait for each other instead of both for ever.
            for name in sorted(names):
                connection.run(_HOLD, name=name)
            known = _known(connection, names)
            result = work(known)
            for name in sorted(names):
                kept = known.get(name, NONE)
                connection.run(
                    _PUT,
                    name=name,
                    moments=msgspec.json.encode(kept.moments).decode(),
                    forgotten_at_ms=ceil(kept.forgotten_at * 1000) if kept.moments else 0,
                )
            connection.run(_SWEEP, now_ms=int(now * 1000))
            return result

        return self._database.write(within)


def _known(connection: Connection, names: Sequence[str]) -> Known:
    return {
        name: Failures(_moments.decode(moments), forgotten_at_ms / 1000)
        for name, moments, forgotten_at_ms in connection.rows(_FIND, names=names)
        if moments != "[]"
    }
