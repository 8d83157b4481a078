"""When a technician is booked already."""

from __future__ import annotations

from server.db.connection import Database
from server.db.statement import Statement

_BOOKED = Statement(
    "SELECT starts_at, ends_at FROM visit WHERE technician = :technician AND starts_at < :until AND ends_at > :since "
    "AND dispatch_state IN ('planned', 'dispatched') AND id <> :but ORDER BY starts_at, id"
)


def booked(database: Database, technician: str, since: str, until: str, but: str) -> list[tuple[str, str]]:
    """(start, end) of the technician's standing visits that touch a stretch of time, `but` one."""
    values = {"technician": technician, "since": since, "until": until, "but": but}
    return [(str(one), str(two)) for one, two in database.read(lambda c: c.rows(_BOOKED, **values))]
