"""What phones deposit about somebody who was erased meanwhile is kept without the values."""

from __future__ import annotations

from collections.abc import Sequence

from domain.personal import is_erased
from server.db.connection import Database
from server.db.reading import Reading
from server.db.traces import legible
from sync.record import Record
from sync.redact import redacted_bytes
from sync.rules import Rules


class LateValues:
    """See `server.db.quarantine.ToKeep`."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self._reading = Reading(database)
        self._rules = rules

    def __call__(self, operations: Sequence[bytes]) -> list[bytes]:
        """Each operation as it is to be kept. Raises StoreUnavailable."""
        return [self._kept(one) for one in operations]

    def _kept(self, payload: bytes) -> bytes:
        operation = legible(payload)
        if operation is None or not is_erased(operation, self._find):
            return payload
        return redacted_bytes(self._rules, operation, payload)

    def _find(self, entity: str, id: str) -> Record | None:
        return self._reading.records([(entity, id)]).get((entity, id))
