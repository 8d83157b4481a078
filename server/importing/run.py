"""Check a whole file, then write it in batches: all rows are good, or nothing is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from server.importing.kind import ImportKind, Known, RowProblem, Wanted
from server.importing.table import Bad, Row
from sync import canonical
from sync.engine import Draft, Engine
from sync.schema import Schema
from sync.store import Ask, DeviceRow, Key, WriteTransaction
from sync.value_type import fault

BATCH_RECORDS = 200
DOOR = DeviceRow(
    id="import", user="import", roles=("admin", "intake", "dispatcher", "supervisor", "storekeeper")
)
"""Whoever may run the command on the server may write everything that a file can hold."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file would do."""

    wanted: Sequence[Wanted]
    bad: Sequence[Bad]
    rows: int


def check(kind: ImportKind, rows: Iterable[Row], known: Known, schema: Schema) -> Checked:
    """Read every row and list everything that is wrong, with its line and column. Writes nothing."""
    wanted: list[Wanted] = []
    bad: list[Bad] = []
    seen: dict[str, int] = {}
    count = 0
    for row in rows:
        count += 1
        cells, wrong = kind.parsed(row, known)
        key = row[kind.key]
        if key and key in seen:
            wrong.append(Bad(row.line, kind.key, f"is in line {seen[key]} already"))
        seen.setdefault(key, row.line)
        if not wrong:
            wrong = _made(kind, row, cells, schema, wanted)
        bad += wrong
    return Checked(wanted, bad, count)


def _made(kind: ImportKind, row: Row, cells: Any, schema: Schema, wanted: list[Wanted]) -> list[Bad]:
    try:
        made = kind.make(cells)
    except RowProblem as wrong_together:
        return [Bad(row.line, wrong_together.column, wrong_together.reason)]
    names = {column.name for column in kind.columns}
    wrong = [
        Bad(row.line, _column_of(name, names), problem)
        for one in made
        for name, value in one.fields.items()
        if value is not None
        and (problem := fault(schema.entities[one.entity].fields[name].type, value, name))
    ]
    if not wrong:
        wanted += made
    return wrong


def _column_of(field: str, columns: set[str]) -> str:
    return field if field in columns else next((name for name in (f"{field}_zh",) if name in columns), field)


@dataclass(slots=True)
class Done:
    """What a run did, in records."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


def write(
    engine: Engine, wanted: Sequence[Wanted], tell: Callable[[int, Done], None] = lambda through, done: None
) -> Done:
    """Create what is not there and change what differs. Safe to repeat, and to go on after it was interrupted.

    `tell` hears after each batch how many records are through. Raises `sync.push.Refused`.
    """
    done = Done()
    through = 0
    for batch in _batches(wanted):
        drafts = _drafts(engine, batch, done)
        if drafts:
            engine.write(DOOR, drafts)
        through += len(batch)
        tell(through, done)
    return done


def _drafts(engine: Engine, batch: Sequence[Wanted], done: Done) -> list[Draft]:
    keys: list[Key] = [(one.entity, one.id) for one in batch]
    aggregates = sorted({one.aggregate for one in batch})

    def load(tx: WriteTransaction) -> tuple[dict[Key, dict[str, Any]], dict[str, int]]:
        found = tx.load(Ask(records=keys, aggregates=aggregates))
        there = {key: record.fields for key, record in found.records.items() if not record.deleted}
        return there, {id: row.ver for id, row in found.aggregates.items()}

    there, versions = engine.store.transact(load)
    drafts = []
    for one in batch:
        known = there.get((one.entity, one.id))
        fields = {name: value for name, value in one.fields.items() if value is not None}
        if known is not None:
            fields = {name: value for name, value in fields.items() if known.get(name) != value}
        if not fields:
            done.unchanged += 1
            continue
        done.created += known is None
        done.changed += known is not None
        ver = versions.get(one.aggregate, 0)
        drafts.append(
            Draft(
                id=_operation_id(one, fields, ver),
                entity=one.entity,
                record=one.id,
                aggregate=one.aggregate,
                set=fields,
                action="create" if known is None else "update",
                base_ver=ver,
            )
        )
    return drafts


def _operation_id(one: Wanted, fields: Mapping[str, Any], ver: int) -> str:
    """The same change of the same state is the same operation, also when two runs meet."""
    said = f"{one.entity}\n{one.id}\n{ver}\n".encode() + canonical.encode(fields)
    return f"import-{hashlib.sha256(said).hexdigest()[:32]}"


def _batches(wanted: Sequence[Wanted]) -> Iterator[list[Wanted]]:
    left = iter(wanted)
    while batch := list(islice(left, BATCH_RECORDS)):
        yield batch
