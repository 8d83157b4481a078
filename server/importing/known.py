"""What the database holds already, for imports: found by the codes that people use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.identity import derived_id
from server.db.open import SqlStore
from server.db.reading import Reading


class KnownRecords:
    """See `server.importing.kind.Known`. Remembers what it has looked up: one import, one instance."""

    def __init__(self, store: SqlStore) -> None:
        self._reading = Reading(store.database)
        self._ids: dict[tuple[str, str], str | None] = {}
        self._fields: dict[tuple[str, str], Mapping[str, Any] | None] = {}

    def id_of(self, entity: str, code: str) -> str | None:
        """See `Known.id_of`."""
        key = (entity, code)
        if key not in self._ids:
            found = self._reading.ids_of(entity, code)
            own = derived_id(entity, code)
            there = self.fields_of(entity, own) is not None
            self._ids[key] = own if there else next(iter(found), None)
        return self._ids[key]

    def fields_of(self, entity: str, id: str) -> Mapping[str, Any] | None:
        """See `Known.fields_of`."""
        key = (entity, id)
        if key not in self._fields:
            record = self._reading.records([key]).get(key)
            self._fields[key] = None if record is None or record.deleted else record.fields
        return self._fields[key]
