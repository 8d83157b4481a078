"""Messages and what became of them, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from server.db.connection import Database
from server.db.statement import Statement

_COLUMNS = (
    "id, aggregate, ver, work_order, visit, kind, state, about_at, asked_at, late, channel, accepted_at, "
    "delivered_at, opened_at, failure"
)
_CONDITIONS = {"state": "state = :state", "aggregate": "aggregate = :aggregate"}
_AT = "coalesce(asked_at, '')"


class MessageRow(msgspec.Struct, frozen=True):
    """A message: accepted by its channel, delivered, opened, or why not."""

    id: str
    aggregate: str
    ver: int
    work_order: str | None
    visit: str | None
    kind: str | None
    state: str | None
    about_at: str | None
    asked_at: str | None
    late: bool | None
    channel: str | None
    accepted_at: str | None
    delivered_at: str | None
    opened_at: str | None
    failure: str | None


def messages(
    database: Database, state: str, aggregate: str, most: int, after: Sequence[str] | None = None
) -> list[MessageRow]:
    """Those in a state (any when empty) and of an aggregate (any when empty), after (asked at, id)."""
    given = {"state": state, "aggregate": aggregate}
    conditions = tuple(_CONDITIONS[name] for name, value in given.items() if value)
    if after is not None:
        conditions += (f"({_AT} < :asked_at OR ({_AT} = :asked_at AND id > :id))",)
        given |= {"asked_at": after[0], "id": after[1]}
    statement = _statement(*conditions)
    rows = database.read(lambda connection: connection.rows(statement, most=most, **given))
    return [MessageRow(*(*row[:9], None if row[9] is None else bool(row[9]), *row[10:])) for row in rows]


@lru_cache(16)
def _statement(*conditions: str) -> Statement:
    return Statement(
        f"SELECT {_COLUMNS} FROM notification WHERE {' AND '.join(conditions) or '1 = 1'} "
        f"ORDER BY {_AT} DESC, id LIMIT :most"
    )
