"""How many operations are parked."""

from __future__ import annotations

from server.db.connection import Database
from server.db.statement import Statement

_COUNT = Statement("SELECT count(*) FROM operation WHERE status = 'parked'")


def parked_count(database: Database) -> int:
    """Parked operations, those that were dismissed included. An index holds just these."""
    found = database.read(lambda connection: connection.row(_COUNT))
    return int(found[0]) if found else 0
