"""What phones with a wrong clock have made: the time that the phone showed beside the time of arrival."""

from __future__ import annotations

import msgspec

from server.db.connection import Database
from server.db.statement import Statement
from sync import canonical
from sync.apply import decode_result
from sync.operation import decode_operation

FLAG = "clock_off"
_FOUND = (
    "SELECT device, seq, user_id, received_at, payload, result FROM operation WHERE aggregate = :aggregate "
    "AND {flagged} AND status NOT IN ('parked', 'duplicate') ORDER BY received_at, device, seq"
)
# Word for word the condition of the index `ix_operation_clock_off`, else neither database uses it.
OF_AGGREGATE = Statement(
    _FOUND.format(flagged=f"position('{FLAG}'::bytea in result) > 0"),
    sqlite=_FOUND.format(flagged=f"instr(result, '{FLAG}') > 0"),
)


class ClockOff(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one record by a phone whose clock was known to be wrong, or ran ahead of the server's."""

    entity: str
    record: str
    fields: list[str]
    """What it set, by name."""
    device: str
    seq: int
    user: str
    made_at_device: str
    """What the phone's clock showed. Never corrected, and never used for order."""
    received_at: str
    offset_ms: int | None
    """Server time minus the phone's, as the phone last measured it; None when it never had."""
    flag: str = FLAG


def clock_off(database: Database, aggregate: str) -> list[ClockOff]:
    """Everything in an aggregate that was made under a wrong clock, by arrival. Parked work is not in the records."""
    found = database.read(lambda connection: connection.rows(OF_AGGREGATE, aggregate=aggregate))
    return [
        _told(device, seq, user, received_at, bytes(payload))
        for device, seq, user, received_at, payload, result in found
        if FLAG in decode_result(bytes(result)).flags
    ]


def _told(device: str, seq: int, user: str, received_at: str, payload: bytes) -> ClockOff:
    operation = decode_operation(payload, canonical.LARGEST_INTEGER)
    return ClockOff(
        entity=operation.entity,
        record=operation.record,
        fields=sorted(operation.set),
        device=device,
        seq=seq,
        user=user,
        made_at_device=operation.at.wall,
        received_at=received_at,
        offset_ms=operation.at.offset_ms,
    )
