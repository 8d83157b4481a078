"""What became of a person's work, in words."""

from __future__ import annotations

import msgspec

from doorstep_client import outbox
from doorstep_client.store import Store
from sync.outcome import FieldOutcome
from sync.reasons import sentence


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """One operation and its fate. Nothing ever leaves this list unanswered."""

    id: str
    device: str
    seq: int
    entity: str
    record: str
    aggregate: str
    status: str
    """pending, quarantined, or the server's answer: applied, merged, conflict, parked, duplicate."""
    reason: str = ""
    sentence: str = ""
    """The reason in the person's language."""
    detail: str = ""
    wrote: dict[str, int] = {}
    fields: tuple[FieldOutcome, ...] = ()
    flags: tuple[str, ...] = ()
    authored_ms: int
    """By the device's wall clock."""


def receipts(store: Store, language: str) -> list[Receipt]:
    """All operations held here, in order of authoring."""
    return [_receipt(entry, language) for entry in outbox.entries(store)]


def _receipt(entry: outbox.Entry, language: str) -> Receipt:
    operation, result = entry.operation, entry.result
    return Receipt(
        id=operation.id,
        device=operation.device,
        seq=operation.seq,
        entity=operation.entity,
        record=operation.record,
        aggregate=operation.aggregate,
        status=result.status if result is not None else entry.state,
        reason=result.reason if result is not None else "",
        sentence=sentence(result.reason, language) if result is not None and result.reason else "",
        detail=result.detail if result is not None else "",
        wrote=result.wrote if result is not None else {},
        fields=result.fields if result is not None else (),
        flags=result.flags if result is not None else (),
        authored_ms=entry.authored_ms,
    )
