"""One incoming value meets one field: what is known of both, and the answers that every policy gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from sync.clock import Clock, Relation
from sync.outcome import Disagreement, Settlement
from sync.schema import Field
from sync.value_type import fault


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """One incoming value and the field that it meets."""

    name: str
    field: Field
    standing: Any
    clock: Clock | None
    """Clock of the standing value; None when nobody has set it."""
    incoming: Any
    mine: Clock
    """The clock that the field gets if the incoming value takes effect."""
    relation: Relation
    creating: bool
    """The operation creates the record: it may fill every field that is not refused to its author."""
    replayed: bool
    """The operation was parked and is tried again: it never replaces what came after it."""
    element_relation: Callable[[str], tuple[Relation, bool]]
    """For sets: how the operation stands to one element, and whether that element was ever touched."""

    @property
    def is_owner(self) -> bool:
        """Whether the author's word counts in this field."""
        return not self.field.owner or self.mine.by in self.field.owner or self.mine.by == "system"


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: what stands, and what is said about it."""

    outcome: Settlement
    reason: str = ""
    value: Any = msgspec.UNSET
    """The new value; unset when the standing one stays."""
    disagreement: Disagreement | None = None
    elements: tuple[str, ...] = ()
    """For sets: the elements whose clock becomes the operation's."""


class BadForm(ValueError):
    """The incoming value has not the form that type or policy ask for; the text names the place."""


def check_type(m: Meeting) -> None:
    """Raise `BadForm` unless the incoming value fits the type of its field."""
    problem = fault(m.field.type, m.incoming, m.name)
    if problem:
        raise BadForm(problem)


def applied(m: Meeting, value: Any) -> Settled:
    """The incoming word, or what it makes of the standing value, stands."""
    return Settled(outcome="applied", value=value)


def stays(
    m: Meeting, outcome: Settlement, reason: str, *, open: bool, losing: Any = msgspec.UNSET
) -> Settled:
    """The standing value stays; the incoming one is kept in a conflict."""
    return Settled(
        outcome=outcome,
        reason=reason,
        disagreement=disagreement(m, reason, open=open, incoming_loses=True, losing=losing),
    )


def replaces(m: Meeting, outcome: Settlement, reason: str, *, open: bool) -> Settled:
    """The incoming value stands; the one that it replaced unseen is kept in a conflict."""
    return Settled(
        outcome=outcome,
        reason=reason,
        value=m.incoming,
        disagreement=disagreement(m, reason, open=open, incoming_loses=False),
    )


def disagreement(
    m: Meeting, reason: str, *, open: bool, incoming_loses: bool, losing: Any = msgspec.UNSET
) -> Disagreement:
    """Two words about one field, kept: which one stands, and which one does not."""
    clock = m.clock or Clock(0, "", 0, "")
    other = m.mine
    mine_side = (m.incoming if losing is msgspec.UNSET else losing, other.device, other.seq, other.by)
    standing_side = (m.standing, clock.device, clock.seq, clock.by)
    lost, stood = (mine_side, standing_side) if incoming_loses else (standing_side, mine_side)
    return Disagreement(
        field=m.name,
        reason=reason,
        open=open,
        losing=lost[0],
        losing_device=lost[1],
        losing_seq=lost[2],
        losing_by=lost[3],
        standing=stood[0],
        standing_device=stood[1],
        standing_seq=stood[2],
        standing_by=stood[3],
    )


def now_standing(kept: Disagreement, m: Meeting, value: Any) -> Disagreement:
    """Where the same operation also changed the field, what stands is its own word: a decision is about that."""
    mine = m.mine
    return msgspec.structs.replace(
        kept,
        standing=value,
        standing_device=mine.device,
        standing_seq=mine.seq,
        standing_by=mine.by,
    )
