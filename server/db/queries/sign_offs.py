"""Where sign-offs are, page by page."""

from __future__ import annotations

from server.db.connection import Database
from server.db.statement import Statement

_AGGREGATES = Statement(
    "SELECT DISTINCT aggregate FROM sign_off WHERE aggregate > :after ORDER BY aggregate LIMIT :limit"
)


def signed_aggregates(database: Database, after: str, limit: int) -> list[str]:
    """The next aggregates after one of them that hold a sign-off, in order."""
    return [row[0] for row in database.read(lambda c: c.rows(_AGGREGATES, after=after, limit=limit))]
