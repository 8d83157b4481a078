"""Check a whole file, then write it in batches: all rows are good, or nothing is written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.importing.kind import (
    Cells,
    ImportKind,
    Known,
    TwoOfThem,
    Wanted,
    chunks,
    own_kind,
    two_of_them,
)
from server.importing.sheet import Row
from server.importing.wrong import Bad, Said
from sync import canonical
from sync.engine import Draft, Engine
from sync.fault import Fault
from sync.fault import read as read_fault
from sync.policy import Immutable
from sync.schema import Schema
from sync.store import Ask, DeviceRow, Key, WriteTransaction
from sync.value_type import fault

BATCH_RECORDS = 200
CHUNK_ROWS = 500
"""So many rows are looked up together, and held at once."""
DOOR = DeviceRow(
    id="import", user="import", roles=("admin", "intake", "dispatcher", "supervisor", "storekeeper")
)
"""Whoever may run the command on the server may write everything that a file can hold."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file holds."""

    bad: Sequence[Bad]
    rows: int
    records: int


def check(
    kind: ImportKind,
    rows: Iterable[Row],
    known: Known,
    schema: Schema,
    now: datetime,
    tell: Callable[[int], None] = lambda rows: None,
) -> Checked:
    """Read every row and list everything that is wrong, with its line and column. Writes nothing.

    `now` is the present moment in the company's zone; `tell` hears how many rows have been looked at.
    """
    bad: list[Bad] = []
    seen: dict[str, int] = {}
    count = records = 0
    for chunk in chunks(iter(rows), CHUNK_ROWS):
        for row, found, made in _read(kind, chunk, known, schema, now):
            count += 1
            records += len(made)
            key = kind.same(row[kind.key])
            if key and key in seen:
                already = Said(f"is in line {seen[key]} already", f"与第 {seen[key]} 行重复")
                bad.append(Bad(row.line, kind.key, row[kind.key], already))
            seen.setdefault(key, row.line)
            bad += found
        tell(count)
    return Checked(bad, count, records)


def wanted(
    kind: ImportKind, rows: Iterable[Row], known: Known, schema: Schema, now: datetime
) -> Iterator[Wanted]:
    """What the rows of a checked file become. Raises ChangedMeanwhile where a row has become bad since."""
    for chunk in chunks(iter(rows), CHUNK_ROWS):
        for _, found, made in _read(kind, chunk, known, schema, now):
            if found:
                raise ChangedMeanwhile(found[0])
            yield from made


class ChangedMeanwhile(Exception):
    """A row was good when it was checked, and is not any more: somebody has changed what it refers to."""


def _read(
    kind: ImportKind, chunk: Sequence[Row], known: Known, schema: Schema, now: datetime
) -> Iterator[tuple[Row, list[Bad], Sequence[Wanted]]]:
    """Each row with all that is wrong with it, and with what it wants where nothing is."""
    known.prepare(kind.asked(chunk))
    read: list[tuple[Row, Cells, Sequence[Wanted]]] = []
    for row in chunk:
        cells = kind.parsed(row, known, now)
        made: Sequence[Wanted] = ()
        if not cells.bad:
            try:
                made = kind.make(cells)
            except TwoOfThem:
                cells.refuse(kind.key, two_of_them(own_kind(kind.entity)).said)
        read.append((row, cells, made))
    there = known.all_fields(sorted({(one.entity, one.id) for _, _, made in read for one in made}))
    for row, cells, made in read:
        for one in made:
            _check_fields(kind, cells, one, there.get((one.entity, one.id)), schema)
        yield row, cells.bad, () if cells.bad else made


def _check_fields(
    kind: ImportKind, cells: Cells, one: Wanted, there: Mapping[str, Any] | None, schema: Schema
) -> None:
    """Lengths, and what is set once for all: the write door would keep another value aside, and nobody would see it."""
    names = {column.name for column in kind.columns}
    for name, value in one.fields.items():
        if value is None:
            continue
        declared = schema.entities[one.entity].fields[name]
        problem = fault(declared.type, value, name)
        if problem:
            told = read_fault(problem) or Fault("does_not_fit", name)
            said = Said(told.phrase("en"), told.phrase("zh"))
            cells.refuse(_column_of(one.entity, told.field, names), said)
            continue
        if there is None or one.only_new or not isinstance(declared.policy, Immutable):
            continue
        if there.get(name) not in (None, value):
            said = Said(
                "differs from what is set here, and that cannot change",
                "与系统中已确定的内容不同，且不可更改",
            )
            cells.refuse(_column_of(one.entity, name, names), said)


def _column_of(entity: str, path: str, columns: set[str]) -> str:
    """The column that a field's value came from, such as `city_en` for `address.city.en`."""
    parts = re.split(r"[.\[\]]+", path)
    language = f"_{parts[-1]}" if parts[-1] in ("zh", "en") else "_zh"
    for part in reversed(parts):
        for name in (f"{entity}_{part}", part, f"{part}{language}"):
            if name in columns:
                return name
    return path


@dataclass(slots=True)
class Done:
    """What a run did, in records."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


def write(
    engine: Engine, wanted: Iterable[Wanted], tell: Callable[[int, Done], None] = lambda through, done: None
) -> Done:
    """Create what is not there and change what differs. Safe to repeat, and to go on after it was interrupted.

    `tell` hears after each batch how many records are through. Raises `sync.push.Refused`.
    """
    done = Done()
    through = 0
    for batch in chunks(iter(wanted), BATCH_RECORDS):
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
        if known is not None and one.only_new:
            fields = {}
        elif known is not None:
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
