"""What desks and imports read outside the write door: records, versions, codes. Nothing is locked."""

from __future__ import annotations

from collections.abc import Sequence

from server.db import rows
from server.db.connection import Connection, Database
from server.db.statement import Statement
from sync.record import Record, decode_record
from sync.store import AggregateRow, Key

_AGGREGATES = Statement(f"SELECT {rows.AGGREGATE} FROM aggregate WHERE id = ANY(:ids)")
_BODIES = Statement("SELECT entity, id, body FROM record WHERE entity = :entity AND id = ANY(:ids)")
_OF_AGGREGATE = Statement("SELECT body FROM record WHERE aggregate = :aggregate ORDER BY entity, id")


class Reading:
    """One consistent reading per call. Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def aggregates(self, ids: Sequence[str]) -> dict[str, AggregateRow]:
        """The aggregates that exist, by id."""
        found = self._database.read(lambda connection: connection.rows(_AGGREGATES, ids=ids))
        return {row[0]: rows.aggregate(row) for row in found}

    def versions(self, ids: Sequence[str]) -> dict[str, int]:
        """Present version of each aggregate; 0 for what nobody has written."""
        found = self.aggregates(ids)
        return {id: found[id].ver if id in found else 0 for id in ids}

    def records(self, keys: Sequence[Key]) -> dict[Key, Record]:
        """The records that exist, deleted ones included, by (entity, id)."""
        by_entity: dict[str, list[str]] = {}
        for entity, id in keys:
            by_entity.setdefault(entity, []).append(id)

        def work(connection: Connection) -> dict[Key, Record]:
            return {
                (row[0], row[1]): decode_record(bytes(row[2]))
                for entity, ids in by_entity.items()
                for row in connection.rows(_BODIES, entity=entity, ids=ids)
            }

        return self._database.read(work)

    def of_aggregate(self, aggregate: str) -> tuple[AggregateRow, list[Record]]:
        """An aggregate with all its records by entity and id, deleted ones included, of one moment."""

        def work(connection: Connection) -> tuple[AggregateRow, list[Record]]:
            row = connection.row(_AGGREGATES, ids=[aggregate])
            bodies = connection.rows(_OF_AGGREGATE, aggregate=aggregate)
            held = rows.aggregate(row) if row else AggregateRow(id=aggregate)
            return held, [decode_record(bytes(body)) for (body,) in bodies]

        return self._database.read(work)
