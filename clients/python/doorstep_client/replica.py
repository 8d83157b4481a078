"""The server's records as this phone last saw them: each aggregate equals one committed version, never a mixture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from doorstep_client.store import Store
from sync.record import DIGEST_MODULUS, Record, decode_record, digest_hex, digest_term
from sync.wire import AggregateChange


class Standing(msgspec.Struct, frozen=True):
    """One aggregate here."""

    epoch: str
    ver: int
    shadow: bool
    """It has left this phone and waits, read-only, for pending work to be sent."""


class Unsound(ValueError):
    """A change does not add up to its digest, or cannot be read; nothing of it was kept."""


class _Head(msgspec.Struct):
    aggregate: str
    deleted: bool
    entity: str
    id: str
    ver: int


_head = msgspec.json.Decoder(_Head)

_UPSERT = (
    "INSERT INTO {table} (aggregate, entity, id, ver, deleted, body) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (aggregate, entity, id) DO UPDATE SET"
    " ver = excluded.ver, deleted = excluded.deleted, body = excluded.body WHERE excluded.ver >= ver"
)


def standing(store: Store, aggregate: str) -> Standing | None:
    """How an aggregate stands; None when it is not here."""
    row = store.one("SELECT epoch, ver, shadow FROM aggregate WHERE id = ?", aggregate)
    return None if row is None else Standing(row[0], row[1], bool(row[2]))


def manifest(store: Store, epoch: str) -> dict[str, int]:
    """Aggregate → version: what this phone tells the server that it has."""
    rows = store.all("SELECT id, ver FROM aggregate WHERE epoch = ? AND NOT shadow ORDER BY id", epoch)
    return dict(rows)


def is_of_older_epoch(store: Store, epoch: str) -> bool:
    """Whether something here has not come since the server was restored."""
    return store.one("SELECT 1 FROM aggregate WHERE epoch != ? AND NOT shadow", epoch) is not None


def record(store: Store, entity: str, id: str) -> Record | None:
    """One record, deleted ones included; None when it is not here."""
    row = store.one("SELECT body FROM record WHERE entity = ? AND id = ?", entity, id)
    return None if row is None else decode_record(row[0])


def record_ids(store: Store, aggregate: str, entity: str) -> list[str]:
    """Ids of the records of one kind in an aggregate, deleted ones included."""
    return [
        row[0]
        for row in store.all("SELECT id FROM record WHERE aggregate = ? AND entity = ?", aggregate, entity)
    ]


def counts(store: Store) -> dict[str, dict[str, int]]:
    """Aggregate → entity → number of live records."""
    found: dict[str, dict[str, int]] = {}
    for aggregate, entity, count in store.all(
        "SELECT aggregate, entity, count(*) FROM record WHERE NOT deleted GROUP BY aggregate, entity"
    ):
        found.setdefault(aggregate, {})[entity] = count
    return found


def swap_in(store: Store, change: AggregateChange, epoch: str, *, whole: bool) -> None:
    """Bring one aggregate to its new version: staged pages and the change's own records at once.

    Inside a transaction. `whole` replaces what is here. Raises `Unsound` and keeps what was here, staging dropped.
    """
    store.run("SAVEPOINT swap")
    try:
        if whole:
            store.run("DELETE FROM record WHERE aggregate = ?", change.id)
        store.run(
            _UPSERT.format(table="record").replace(
                "VALUES (?, ?, ?, ?, ?, ?)",
                "SELECT aggregate, entity, id, ver, deleted, body FROM staging WHERE aggregate = ?",
            ),
            change.id,
        )
        store.run_many(_UPSERT.format(table="record"), _rows(change.id, change.ver, change.records))
        if digest_hex(_digest(store, change.id)) != change.digest:
            raise Unsound(f"{change.id} does not add up to its digest at version {change.ver}")
        store.run(
            "INSERT INTO aggregate (id, epoch, ver) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " epoch = excluded.epoch, ver = excluded.ver, shadow = 0",
            change.id,
            epoch,
            change.ver,
        )
    except Unsound:
        store.run("ROLLBACK TO swap")
        raise
    finally:
        store.run("RELEASE swap")
        drop_staging(store, change.id)


def stage(store: Store, change: AggregateChange, *, whole: bool) -> None:
    """Lay a page aside; nothing of it shows before the last one has come. Inside a transaction.

    Raises `Unsound` where the page cannot be read or says not how to go on.
    """
    if change.after is None:
        raise Unsound(f"{change.id}: a page that is not the last must say how to go on")
    store.run_many(_UPSERT.format(table="staging"), _rows(change.id, change.ver, change.records))
    store.run(
        "INSERT INTO paging (aggregate, whole, after_ver, after_id) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (aggregate) DO UPDATE SET after_ver = excluded.after_ver, after_id = excluded.after_id",
        change.id,
        whole,
        change.after[0],
        change.after[1],
    )


def paging(store: Store) -> dict[str, tuple[int, str]]:
    """Aggregate → last (version, record id) staged, for those that are being paged in."""
    return {
        row[0]: (row[1], row[2]) for row in store.all("SELECT aggregate, after_ver, after_id FROM paging")
    }


def is_paged_whole(store: Store, aggregate: str) -> bool | None:
    """Whether the staged pages replace the aggregate; None when nothing is staged."""
    row = store.one("SELECT whole FROM paging WHERE aggregate = ?", aggregate)
    return None if row is None else bool(row[0])


def drop_staging(store: Store, aggregate: str | None = None) -> None:
    """Forget staged pages, of one aggregate or of all. Inside a transaction."""
    if aggregate is None:
        store.run("DELETE FROM paging")
        store.run("DELETE FROM staging")
    elif store.run("DELETE FROM paging WHERE aggregate = ?", aggregate):
        store.run("DELETE FROM staging WHERE aggregate = ?", aggregate)


def leave(store: Store, aggregates: Iterable[str]) -> None:
    """These are no longer ours: dropped, or kept read-only while work on them is pending. Inside a transaction."""
    for id in aggregates:
        store.run("UPDATE aggregate SET shadow = 1 WHERE id = ?", id)
        drop_staging(store, id)
        store.run("DELETE FROM refetch WHERE aggregate = ?", id)
        store.run("DELETE FROM snapshot WHERE aggregate = ?", id)


def drop_settled_shadows(store: Store) -> list[str]:
    """Drop every aggregate that has left and of which nothing is pending. Inside a transaction."""
    rows = store.all(
        "SELECT id FROM aggregate WHERE shadow AND NOT EXISTS"
        " (SELECT 1 FROM outbox WHERE outbox.aggregate = aggregate.id AND state = 'pending')"
    )
    for (id,) in rows:
        store.run("DELETE FROM aggregate WHERE id = ?", id)
        store.run("DELETE FROM record WHERE aggregate = ?", id)
        store.run("UPDATE outbox SET shown_until = 0 WHERE aggregate = ? AND shown_until IS NOT NULL", id)
    return [id for (id,) in rows]


def leave_other_epochs(store: Store, epoch: str) -> None:
    """After everything of the new epoch has come, what is still of an older one is no longer ours."""
    leave(
        store,
        [row[0] for row in store.all("SELECT id FROM aggregate WHERE epoch != ? AND NOT shadow", epoch)],
    )


def wipe(store: Store) -> None:
    """Forget all records, staged ones too. Operations stay. Inside a transaction."""
    for table in ("aggregate", "record", "staging", "paging", "refetch", "snapshot"):
        store.run(f"DELETE FROM {table}")


def _rows(
    aggregate: str, ver: int, records: Sequence[msgspec.Raw]
) -> list[tuple[str, str, str, int, bool, bytes]]:
    rows = []
    for raw in records:
        body = bytes(raw)
        try:
            head = _head.decode(body)
        except msgspec.DecodeError as problem:
            raise Unsound(f"a record of {aggregate} cannot be read: {problem}") from problem
        if head.aggregate != aggregate or head.ver > ver:
            raise Unsound(f"{head.entity} {head.id} at version {head.ver} is not of {aggregate} at {ver}")
        rows.append((aggregate, head.entity, head.id, head.ver, head.deleted, body))
    return rows


def _digest(store: Store, aggregate: str) -> int:
    rows = store.all("SELECT entity, id, ver FROM record WHERE aggregate = ? AND NOT deleted", aggregate)
    return sum(digest_term(*row) for row in rows) % DIGEST_MODULUS
