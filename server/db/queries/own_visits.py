"""A technician's visits, for the calendar of the phone."""

from __future__ import annotations

from server.db.connection import Database
from server.db.statement import Statement

_OWN = Statement(
    "SELECT id FROM visit WHERE technician = :technician AND starts_at >= :since ORDER BY starts_at, id LIMIT :most"
)


def own_visits(database: Database, technician: str, since: str, most: int) -> list[str]:
    """Ids of the visits that begin at an instant or later, cancelled ones too, the next one first."""
    rows = database.read(lambda c: c.rows(_OWN, technician=technician, since=since, most=most))
    return [str(id) for (id,) in rows]
