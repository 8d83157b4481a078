"""What became of an operation: the receipt that its author gets, field by field."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Status = Literal["applied", "merged", "conflict", "parked", "duplicate"]
Settlement = Literal["applied", "same", "merged", "superseded", "refused", "conflict"]


class FieldOutcome(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One field. `conflict` is the id of the conflict record, where there is one."""

    field: str
    outcome: Settlement
    reason: str = ""
    conflict: str = ""


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The stored answer to one operation. Returned unchanged to every retry."""

    seq: int
    id: str
    status: Status
    reason: str = ""
    detail: str = ""
    wrote: dict[str, int] = {}
    """Aggregate → version that holds every effect of the operation."""
    fields: tuple[FieldOutcome, ...] = ()
    """Only the fields that were not simply applied."""
    flags: tuple[str, ...] = ()
    """`base_ahead`, `other_epoch`, `clock_off`, `after_cancellation`, …: facts to be shown, which changed nothing."""


def status_of(outcomes: tuple[FieldOutcome, ...]) -> Status:
    """The operation's status: its field in most need of a person decides."""
    worst: Status = "applied"
    for outcome in outcomes:
        if outcome.outcome == "conflict":
            return "conflict"
        if outcome.outcome not in ("applied", "same"):
            worst = "merged"
    return worst


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """Two values for one field, before it becomes a conflict record."""

    field: str
    reason: str
    open: bool
    """True: a person decides. False: settled by policy, reversible."""
    losing: Any
    losing_device: str
    losing_seq: int
    losing_by: str
    standing: Any
    standing_device: str
    standing_seq: int
    standing_by: str
