"""Read models, written in the transaction that writes the records. Nothing here may ever refuse a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Float
from sqlalchemy import Table as CoreTable
from sqlalchemy import Text as TextType

from server.db.bulk import Upsert
from server.db.connection import Connection
from server.db.statement import Statement
from sync.record import Record
from sync.store import Key

Values = Mapping[str, Any]
Project = Callable[[Record], Values]
"""A live record → its row's values by column. Pure, so that a rebuild gives the same row. May raise anything."""

_MARK_STALE = Statement(
    "INSERT INTO stale_projection (entity, id, fault) VALUES (:entity, :id, :fault) "
    "ON CONFLICT (entity, id) DO UPDATE SET fault = excluded.fault"
)
_CLEAR_STALE = Statement("DELETE FROM stale_projection WHERE entity = :entity AND id = ANY(:ids)")

_MOST_REMEMBERED = 1000
_TYPES: dict[type, Any] = {TextType: str, BigInteger: int, Boolean: bool, Float: float}


class ReadModelsRefused(Exception):
    """The database refused something in a transaction that wrote read models: it is done again without them.

    Either that was the cause, or the same refusal comes again, for the engine.
    """


class Projector:
    """One entity's read model: the table, and how a record becomes its row. The table's key is `id`."""

    def __init__(self, entity: str, table: CoreTable, project: Project) -> None:
        self.entity = entity
        self.table = table
        self.put = Upsert(table)
        self.remove = Statement(f"DELETE FROM {table.name} WHERE id = ANY(:ids)")
        self._project = project
        self._row = msgspec.defstruct(
            f"{entity}_row",
            [(str(column.name), _type(column)) for column in table.columns],
            forbid_unknown_fields=True,
        )
        self._fitting: set[tuple[type, ...]] = set()

    def row(self, record: Record) -> tuple[Any, ...]:
        """The record's row; raises whatever is wrong with it."""
        values = self._project(record)
        row = tuple(map(values.__getitem__, self.put.columns))
        kinds = tuple(map(type, row))
        if kinds not in self._fitting or len(values) != len(row):
            self._check(values, kinds)
        for value in row:
            if type(value) is str:
                if "\0" in value:
                    return _without_nul(row)
            elif type(value) is int and not -(2**63) <= value < 2**63:
                raise ValueError("a number is too large for its column")
        return row

    def _check(self, values: Values, kinds: tuple[type, ...]) -> None:
        """Hold values against the table's columns; which types fit is remembered, for there are few combinations."""
        msgspec.convert(dict(values), self._row)
        if len(self._fitting) >= _MOST_REMEMBERED:
            self._fitting.clear()
        self._fitting.add(kinds)


class Projections:
    """All read models, by entity."""

    def __init__(self, projectors: Sequence[Projector] = ()) -> None:
        self.by_entity = {projector.entity: projector for projector in projectors}
        self.failures = 0
        """Records marked stale since the start."""

    def concern(self, records: Sequence[Record]) -> bool:
        """Whether any of these records has a read model."""
        return not self.by_entity.keys().isdisjoint({record.entity for record in records})

    def write(self, connection: Connection, records: Sequence[Record], *, suspended: bool = False) -> None:
        """Write the read models of changed records; with `suspended`, only mark them stale."""
        for entity, group in _by_entity(records).items():
            projector = self.by_entity.get(entity)
            if projector is not None:
                self._write(connection, projector, group, suspended)

    def _write(
        self, connection: Connection, projector: Projector, records: list[Record], suspended: bool
    ) -> None:
        made, gone, faults = project(projector, records, suspended)
        if made:
            connection.put_rows(projector.put, made)
        if gone:
            connection.run(projector.remove, ids=gone)
        fresh = [record.id for record in records if (record.entity, record.id) not in faults]
        if fresh:
            connection.run(_CLEAR_STALE, entity=projector.entity, ids=fresh)
        for (entity, id), fault in faults.items():
            connection.run(_MARK_STALE, entity=entity, id=id, fault=fault)
        self.failures += len(faults)


def project(
    projector: Projector, records: Sequence[Record], suspended: bool = False
) -> tuple[list[tuple[Any, ...]], list[str], dict[Key, str]]:
    """Rows to put, ids to remove, and what is wrong with the rest."""
    made: list[tuple[Any, ...]] = []
    gone: list[str] = []
    faults: dict[Key, str] = {}
    for record in records:
        if suspended:
            faults[record.entity, record.id] = "the database refused its row"
        elif record.deleted:
            gone.append(record.id)
        else:
            try:
                made.append(projector.row(record))
            except Exception as error:
                faults[record.entity, record.id] = _fault(error)
    return made, gone, faults


def _without_nul(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """PostgreSQL holds no NUL in a text."""
    return tuple(value.replace("\0", "") if type(value) is str else value for value in row)


def _type(column: Column[Any]) -> Any:
    exact = _TYPES[type(column.type)]
    return exact | None if column.nullable else exact


def _fault(error: Exception) -> str:
    # Of a validation only the place is told: its message names types, never values.
    return str(error) if isinstance(error, msgspec.ValidationError) else type(error).__name__


def _by_entity(records: Sequence[Record]) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record.entity, []).append(record)
    return groups
