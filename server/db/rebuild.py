"""Make every read model again from the records, while phones and desks go on."""

from __future__ import annotations

from collections.abc import Callable

from server.db.connection import Connection, Database
from server.db.projection import Projections, Projector
from server.db.read_models.version import VERSION
from server.db.statement import Statement
from sync.record import decode_record

RECORDS_AT_A_TIME = 500
"""Their aggregates are locked for as long as their rows take to write: some tens of milliseconds."""

_NEXT = Statement(
    "SELECT id, aggregate FROM record WHERE entity = :entity AND id > :after ORDER BY id LIMIT :limit"
)
_LOCK = Statement("SELECT id FROM aggregate WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_BODIES = Statement("SELECT body FROM record WHERE entity = :entity AND id = ANY(:ids)")
_FORGET_STALE = Statement(
    "DELETE FROM stale_projection WHERE entity = :entity AND NOT EXISTS "
    "(SELECT 1 FROM record WHERE record.entity = stale_projection.entity AND record.id = stale_projection.id)"
)
_STALE = Statement("SELECT entity, id, fault FROM stale_projection ORDER BY entity, id")

_REBUILT = Statement("UPDATE meta SET read_models = :version")

Progress = Callable[[str, int], None]
"""Called with an entity and how many of its records are done."""


def rebuild(
    database: Database, projections: Projections, progress: Progress = lambda entity, done: None
) -> dict[str, int]:
    """Write every row anew, and remove rows of no record. Returns how many records each entity has.

    Safe beside writers and safe to repeat or to break off: each step is a transaction that holds the locks that a
    push would hold. A record that cannot be projected keeps the row it had, marked stale. Where processes of the
    previous release still write, it is run again after the last of them has ended.
    """
    done: dict[str, int] = {}
    for projector in projections.by_entity.values():
        done[projector.entity] = _rebuild_entity(database, projections, projector, progress)
    database.write(lambda connection: connection.run(_REBUILT, version=VERSION))
    return done


def stale(database: Database) -> list[tuple[str, str, str]]:
    """(entity, id, what is wrong) of every record whose read model is not up to date."""
    return [(row[0], row[1], row[2]) for row in database.read(lambda connection: connection.rows(_STALE))]


def _rebuild_entity(
    database: Database, projections: Projections, projector: Projector, progress: Progress
) -> int:
    after, count = "", 0
    while True:
        last, number = database.write(_step(projections, projector, after))
        count += number
        progress(projector.entity, count)
        if last is None:
            return count
        after = last


def _step(
    projections: Projections, projector: Projector, after: str
) -> Callable[[Connection], tuple[str | None, int]]:
    def work(connection: Connection) -> tuple[str | None, int]:
        entity = projector.entity
        found = connection.rows(_NEXT, entity=entity, after=after, limit=RECORDS_AT_A_TIME)
        ids = [id for id, _ in found]
        if ids:
            # Lock first and read second, or a push in between would be overwritten with what was before it.
            connection.rows(_LOCK, ids=sorted({aggregate for _, aggregate in found}))
            bodies = connection.rows(_BODIES, entity=entity, ids=ids)
            projections.write(connection, [decode_record(bytes(body)) for (body,) in bodies])
        last = ids[-1] if len(ids) == RECORDS_AT_A_TIME else None
        connection.run(_remove_strangers(projector, last), entity=entity, after=after, last=last or "")
        if last is None:
            connection.run(_FORGET_STALE, entity=entity)
        return last, len(ids)

    return work


def _remove_strangers(projector: Projector, last: str | None) -> Statement:
    """Delete rows of no live record between the ends of a step."""
    table = projector.table.name
    end = f"AND {table}.id <= :last " if last is not None else ""
    return Statement(
        f"DELETE FROM {table} WHERE {table}.id > :after {end}AND NOT EXISTS (SELECT 1 FROM record "
        f"WHERE record.entity = :entity AND record.id = {table}.id AND NOT record.deleted)"
    )
