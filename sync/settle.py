"""What stands when an incoming value meets a field: one function per policy (openapi/sync-protocol.md, section 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from sync.canonical import LARGEST_INTEGER
from sync.clock import Clock, Relation
from sync.fault import line
from sync.grant import counted
from sync.outcome import Disagreement, Settlement
from sync.policy import (
    CONFLICT,
    KEEP_BOTH,
    Append,
    Counter,
    First,
    Immutable,
    LwwWithInbox,
    Machine,
    Manual,
    Max,
    Owner,
    SetUnion,
    Text,
)
from sync.schema import Field
from sync.text_merge import merge_text
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


_PLAIN = (Owner, Immutable, First, LwwWithInbox, Manual)


def takes_first_word(field: Field, by: str, creating: bool) -> bool:
    """Whether the first word in a field that nobody has set simply stands: the short way for most of all words."""
    if not isinstance(field.policy, _PLAIN):
        return False
    if not field.owner or by in field.owner or by == "system" or field.others == "apply":
        return True
    return creating and field.others == "request"


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


def settle(meeting: Meeting) -> Settled:
    """Decide one field; raises `BadForm`."""
    if not meeting.is_owner:
        if meeting.field.others == "refuse":
            return _stays(meeting, "refused", "not_allowed", open=False, losing=_kept_form(meeting))
        if meeting.field.others == "request" and not meeting.creating:
            return _stays(meeting, "conflict", "requested", open=True, losing=_kept_form(meeting))
    return _POLICIES[type(meeting.field.policy).__name__](meeting)


def _kept_form(m: Meeting) -> Any:
    """How a word that does not take effect is kept; raises `BadForm` where it could not have taken effect."""
    match m.field.policy:
        case Machine(events=events):
            event = _event(m)
            return {"event": event, "to": events[event]}
        case Counter():
            _moved_by(m)
        case SetUnion():
            _elements(m)
        case Append():
            _entries(m)
        case Text():
            _text_and_start(m)
        case _:
            _check_type(m)
    return m.incoming


def _check_type(m: Meeting) -> None:
    problem = fault(m.field.type, m.incoming, m.name)
    if problem:
        raise BadForm(problem)


def _applied(m: Meeting, value: Any) -> Settled:
    return Settled(outcome="applied", value=value)


def _disagreement(
    m: Meeting, reason: str, *, open: bool, incoming_loses: bool, losing: Any = msgspec.UNSET
) -> Disagreement:
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


def _stays(
    m: Meeting, outcome: Settlement, reason: str, *, open: bool, losing: Any = msgspec.UNSET
) -> Settled:
    """The standing value stays; the incoming one is kept in a conflict."""
    return Settled(
        outcome=outcome,
        reason=reason,
        disagreement=_disagreement(m, reason, open=open, incoming_loses=True, losing=losing),
    )


def _replaces(m: Meeting, outcome: Settlement, reason: str, *, open: bool) -> Settled:
    """The incoming value stands; the one that it replaced unseen is kept in a conflict."""
    return Settled(
        outcome=outcome,
        reason=reason,
        value=m.incoming,
        disagreement=_disagreement(m, reason, open=open, incoming_loses=False),
    )


def _before_policy(m: Meeting) -> Settled | None:
    """What plain-value policies share: the type, no news, the author's own later word, late replays."""
    _check_type(m)
    if m.relation is Relation.SUPERSEDED:
        return Settled(outcome="superseded", reason="superseded")
    if m.clock is not None and m.relation is Relation.CONCURRENT:
        if m.incoming == m.standing:
            return Settled(outcome="same")
        if m.replayed:
            return _stays(m, "conflict", "replayed_late", open=True)
    return None


def _owner(m: Meeting) -> Settled:
    early = _before_policy(m)
    if early:
        return early
    if m.relation is Relation.SEQUENTIAL or m.clock is None:
        return _applied(m, m.incoming)
    standing_is_owner = not m.field.owner or m.clock.by in m.field.owner or m.clock.by == "system"
    if m.is_owner and not standing_is_owner:
        return _replaces(m, "merged", "owner_overrides", open=False)
    if standing_is_owner and not m.is_owner:
        return _stays(m, "merged", "owner_stands", open=False)
    return _replaces(m, "conflict", "later_stands", open=True)


def _lww_with_inbox(m: Meeting) -> Settled:
    early = _before_policy(m)
    if early:
        return early
    if m.relation is Relation.SEQUENTIAL or m.clock is None:
        return _applied(m, m.incoming)
    return _replaces(m, "conflict", "later_stands", open=True)


def _manual(m: Meeting) -> Settled:
    early = _before_policy(m)
    if early:
        return early
    if m.relation is Relation.SEQUENTIAL or m.clock is None:
        return _applied(m, m.incoming)
    return _stays(m, "conflict", "both_kept", open=True)


def _immutable(m: Meeting) -> Settled:
    _check_type(m)
    return _once(m, "immutable")


def _first(m: Meeting) -> Settled:
    _check_type(m)
    if m.relation is Relation.SUPERSEDED:
        return Settled(outcome="superseded", reason="superseded")
    return _once(m, "first_stands")


def _once(m: Meeting, reason: str) -> Settled:
    if m.clock is None:
        return _applied(m, m.incoming)
    if m.incoming == m.standing:
        return Settled(outcome="same")
    return _stays(m, "merged", reason, open=False)


def _max(m: Meeting) -> Settled:
    _check_type(m)
    policy = m.field.policy
    assert isinstance(policy, Max)
    if m.incoming is None:
        raise BadForm(line("empty", m.name))
    if policy.order and m.incoming not in policy.order:
        raise BadForm(line("not_one_of", m.name, ", ".join(policy.order)))
    if m.clock is None or m.standing is None:
        return _applied(m, m.incoming)
    if m.incoming == m.standing:
        return Settled(outcome="same")
    rank = policy.order.index if policy.order else int
    if rank(m.incoming) > rank(m.standing):
        return _applied(m, m.incoming)
    return Settled(outcome="merged", reason="greater_stands")


def _counter(m: Meeting) -> Settled:
    total = (m.standing or 0) + _moved_by(m)
    if abs(total) > LARGEST_INTEGER:
        raise BadForm(line("out_of_range", m.name))
    return _applied(m, total)


def _moved_by(m: Meeting) -> int:
    form = m.incoming
    shaped = type(form) is dict and set(form) in ({"inc"}, {"recount", "observed"})
    if shaped and all(type(number) is int for number in form.values()):
        return counted(form)
    raise BadForm(line("no_count", m.name))


def _set_union(m: Meeting) -> Settled:
    added, removed = _elements(m)
    elements = list(m.standing or [])
    touched: list[str] = []
    reason = ""
    late: list[str] = []
    for element in added:
        relation, known = m.element_relation(element)
        if relation is Relation.SUPERSEDED:
            continue
        if element in elements:
            touched.append(element)  # said again: a removal that has not seen this does not win
            continue
        if known and m.replayed and relation is Relation.CONCURRENT:
            late.append(element)
            continue
        elements.append(element)
        touched.append(element)
    for element in removed:
        relation, known = m.element_relation(element)
        if known and relation is not Relation.SEQUENTIAL:
            if element in elements:
                reason = "superseded" if relation is Relation.SUPERSEDED else "element_kept"
            continue
        if element in elements:
            elements.remove(element)
        touched.append(element)
    problem = fault(m.field.type, elements, m.name)
    if problem:
        raise BadForm(problem)
    disagreement = None
    if late:
        disagreement = _disagreement(m, "replayed_late", open=True, incoming_loses=True, losing={"add": late})
    if not touched:
        if disagreement:
            return Settled(outcome="conflict", reason="replayed_late", disagreement=disagreement)
        return Settled(outcome="merged" if reason else "same", reason=reason)
    value = sorted(elements)
    return Settled(
        outcome="conflict" if late else "merged" if reason else "applied",
        reason="replayed_late" if late else reason,
        value=value,
        elements=tuple(touched),
        disagreement=_now_standing(disagreement, m, value) if disagreement else None,
    )


def _elements(m: Meeting) -> list[list[str]]:
    added, removed = _members(m, ("add", "remove"))
    for element in added + removed:
        if type(element) is not str:
            raise BadForm(line("element_not_text", m.name))
    return [added, removed]


def _now_standing(kept: Disagreement, m: Meeting, value: Any) -> Disagreement:
    """Where the same operation also changed the field, what stands is its own word: a decision is about that."""
    mine = m.mine
    return msgspec.structs.replace(
        kept,
        standing=value,
        standing_device=mine.device,
        standing_seq=mine.seq,
        standing_by=mine.by,
    )


def _append(m: Meeting) -> Settled:
    added = _entries(m)
    entries = list(m.standing or [])
    by_id = {entry["id"]: entry for entry in entries}
    clashing = []
    fresh = 0
    for entry in added:
        if entry["id"] not in by_id:
            by_id[entry["id"]] = entry
            entries.append(entry)
            fresh += 1
        elif by_id[entry["id"]] != entry:
            clashing.append(entry)
    problem = fault(m.field.type, entries, m.name)
    if problem:
        raise BadForm(problem)
    value = entries if fresh else msgspec.UNSET
    if clashing:
        kept = _disagreement(m, "entry_exists", open=False, incoming_loses=True, losing={"add": clashing})
        kept = _now_standing(kept, m, entries) if fresh else kept
        return Settled(outcome="merged", reason="entry_exists", value=value, disagreement=kept)
    return Settled(outcome="applied" if fresh else "same", value=value)


def _entries(m: Meeting) -> list[dict[str, Any]]:
    (added,) = _members(m, ("add",))
    for entry in added:
        if type(entry) is not dict or type(entry.get("id")) is not str:
            raise BadForm(line("entry_without_id", m.name))
    return added


def _members(m: Meeting, names: tuple[str, ...]) -> list[list[Any]]:
    if type(m.incoming) is not dict or not m.incoming or not set(m.incoming) <= set(names):
        raise BadForm(line("no_edit", m.name, ", ".join(names)))
    lists = [m.incoming.get(name, []) for name in names]
    if not all(type(one) is list for one in lists):
        raise BadForm(line("no_lists", m.name, ", ".join(names)))
    return lists


def _text_and_start(m: Meeting) -> tuple[str, str]:
    match m.incoming:
        case str(text):
            return text, (m.standing or "") if m.relation is Relation.SEQUENTIAL else ""
        case {"text": str(text), "base": str(start), **rest} if not rest:
            return text, start
        case _:
            raise BadForm(line("no_text_edit", m.name))


def _text(m: Meeting) -> Settled:
    text, start = _text_and_start(m)
    standing = m.standing or ""
    joined = merge_text(start, standing, text)
    problem = fault(m.field.type, text if joined is None else joined, m.name)
    if problem:
        raise BadForm(problem)
    if joined is None:
        if m.relation is Relation.SUPERSEDED:
            return Settled(outcome="superseded", reason="superseded")
        return _stays(m, "conflict", "text_overlaps", open=True, losing=text)
    if joined == standing and m.clock is not None:
        return Settled(outcome="same")
    if joined == text:
        return _applied(m, joined)
    return Settled(outcome="merged", reason="text_merged", value=joined)


def _event(m: Meeting) -> str:
    match m.incoming:
        case {"event": str(event), **rest} if not rest:
            policy = m.field.policy
            assert isinstance(policy, Machine)
            if event not in policy.events:
                raise BadForm(line("unknown_event", m.name, event))
            return event
        case _:
            raise BadForm(line("no_event", m.name))


def _machine(m: Meeting) -> Settled:
    event = _event(m)
    policy = m.field.policy
    assert isinstance(policy, Machine)
    if m.relation is Relation.SUPERSEDED:
        return Settled(outcome="superseded", reason="superseded")
    losing = {"event": event, "to": policy.events[event]}
    if m.replayed and m.clock is not None and m.relation is Relation.CONCURRENT:
        return _stays(m, "conflict", "replayed_late", open=True, losing=losing)
    cell = policy.table[m.standing or policy.initial][event]
    if cell == CONFLICT:
        return _stays(m, "conflict", "event_conflicts", open=True, losing=losing)
    if cell == KEEP_BOTH:
        return _stays(m, "merged", "event_kept", open=False, losing=losing)
    if cell == m.standing:
        return Settled(outcome="same")
    return _applied(m, cell)


_POLICIES: dict[str, Callable[[Meeting], Settled]] = {
    "Owner": _owner,
    "Immutable": _immutable,
    "Append": _append,
    "SetUnion": _set_union,
    "Counter": _counter,
    "First": _first,
    "Max": _max,
    "Text": _text,
    "Machine": _machine,
    "LwwWithInbox": _lww_with_inbox,
    "Manual": _manual,
}
