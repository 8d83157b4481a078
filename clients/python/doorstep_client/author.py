"""Authoring: a change becomes an operation, is tried against what the person sees, and is kept, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from doorstep_client import outbox, replica, view
from doorstep_client.clock import Reading
from doorstep_client.exchange import Limits
from doorstep_client.identifier import RandomBytes, uuid7
from doorstep_client.identity import epoch, identity, schema
from doorstep_client.outbox import Entry
from doorstep_client.problem import ReadOnly
from doorstep_client.store import Store
from doorstep_client.time_evidence import Measured, evidence
from sync.clock import Base
from sync.fault import line
from sync.operation import (
    Action,
    InvalidOperation,
    Operation,
    TimeEvidence,
    decode_operation,
    encode_operation,
)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A change as a screen, or a command of the business, words it."""

    entity: str
    record: str = ""
    """Empty for a creation: it gets a fresh id."""
    aggregate: str = ""
    """Empty: the record's own."""
    set: dict[str, Any] = {}
    action: str = "update"
    moved_from: str = ""
    decides: str = ""


def author_all(
    store: Store,
    drafts: Sequence[Draft],
    now: Reading,
    random_bytes: RandomBytes,
    limits: Limits,
    *,
    checked: bool,
) -> list[Entry]:
    """Keep all drafts as operations, or none; see `Phone.author`."""
    at = evidence(now, store.get("measured", Measured))
    with store.transaction():
        made = []
        for draft in drafts:
            operation = _operation(store, draft, at, now, random_bytes)
            _check(store, operation, limits, checked=checked)
            outbox.add(store, operation, now.wall_ms)
            made.append(Entry(operation, "pending", now.wall_ms))
        return made


def _operation(
    store: Store, draft: Draft, at: TimeEvidence, now: Reading, random_bytes: RandomBytes
) -> Operation:
    record = draft.record
    if not record and draft.action == "create":
        record = uuid7(now.wall_ms, random_bytes)
    aggregate = draft.aggregate or _home(store, draft.entity, record)
    where = replica.standing(store, aggregate)
    if where is not None and where.shadow:
        raise ReadOnly(aggregate)
    return Operation(
        device=identity(store).device,
        seq=outbox.next_seq(store),
        id=uuid7(now.wall_ms, random_bytes),
        schema=schema(store).version,
        entity=draft.entity,
        record=record,
        aggregate=aggregate,
        base=Base(where.epoch, where.ver) if where else Base(epoch(store), 0),
        at=at,
        action=cast(Action, draft.action),
        set=draft.set,
        moved_from=draft.moved_from,
        decides=draft.decides,
    )


def _home(store: Store, entity: str, record: str) -> str:
    found = view.stand(store, entity, record).record
    if found is None:
        raise InvalidOperation(
            "unknown_record", f"{entity} {record!r} is not here; a creation names its aggregate"
        )
    return found.aggregate


def _check(store: Store, operation: Operation, limits: Limits, *, checked: bool) -> None:
    """Everything that the server would park for its form is told here, where somebody can still mend it."""
    try:
        raw = encode_operation(operation)
    except UnicodeEncodeError as problem:
        raise InvalidOperation("invalid_value", line("half_character", "set")) from problem
    except (TypeError, OverflowError) as problem:
        raise InvalidOperation("invalid_value", f"set: {problem}") from problem
    decode_operation(raw, limits.operation_bytes)
    if checked:
        before = view.stand(store, operation.entity, operation.record, operation.aggregate)
        view.merged(schema(store), before.record, operation, identity(store).author, before.at)
