"""What the server has erased about a customer is erased here, too; what it does not have yet is never touched."""

from __future__ import annotations

from pathlib import Path

import msgspec

from doorstep_client import outbox, replica
from doorstep_client.identity import schema
from doorstep_client.store import Store
from sync.personal import without_personal
from sync.schema import Schema

ERASED = "erased"
"""Reason of an operation about somebody who was erased."""
_MARK = "erased_at"
"""Field of the record after which an aggregate is named, once its personal data were taken out."""


def erased_aggregates(store: Store, swapped: list[str]) -> list[str]:
    """Aggregates whose records came without personal data in this exchange, or whose work was answered so."""
    told = {
        aggregate
        for (aggregate,) in store.all("SELECT DISTINCT aggregate FROM outbox WHERE reason = ?", ERASED)
    }
    return sorted(told | {id for id in swapped if _is_marked(store, id)})


def purge(store: Store, aggregate: str) -> list[Path]:
    """Take the values out of answered work on an aggregate, and give its files up; which. Inside a transaction.

    Safe to repeat. Operations without an answer stay as they are: the server has not got them yet.
    """
    known = schema(store)
    for entry in outbox.answered(store, aggregate):
        operation = entry.operation
        said = _without(known, operation.entity, operation.set)
        if said != operation.set:
            outbox.rewrite(store, msgspec.structs.replace(operation, set=said))
    media = {
        id for (id,) in store.all("SELECT id FROM record WHERE aggregate = ? AND entity = 'media'", aggregate)
    }
    media |= {
        id
        for (id,) in store.all(
            "SELECT record FROM outbox WHERE aggregate = ? AND entity = 'media' AND state != 'pending'",
            aggregate,
        )
    }
    files = []
    for id in sorted(media):
        files += [Path(path) for (path,) in store.all("SELECT path FROM upload WHERE media = ?", id)]
        store.run("DELETE FROM upload WHERE media = ?", id)
    return files


def delete(files: list[Path]) -> None:
    """Delete files that were given up; one that is gone already, or cannot go, stops nothing."""
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError:
            continue


def _is_marked(store: Store, aggregate: str) -> bool:
    kind, _, id = aggregate.partition("/")
    root = replica.record(store, kind, id)
    return root is not None and root.fields.get(_MARK) is not None


def _without(known: Schema, entity: str, fields: dict[str, object]) -> dict[str, object]:
    declared = known.entities.get(entity)
    if declared is None:
        return dict.fromkeys(fields)
    return {**fields, **without_personal(declared, fields)}
