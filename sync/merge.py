"""One operation meets one record. The same code runs on the server, on phones and in the simulator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from sync.clock import CONCURRENT, SEQUENTIAL, Clock, Relation, relation
from sync.fault import line
from sync.operation import InvalidOperation, Operation
from sync.outcome import Disagreement, FieldOutcome
from sync.policy import Append, Machine, SetUnion
from sync.record import Record
from sync.schema import Entity, Field
from sync.settling.meeting import BadForm, Meeting
from sync.settling.settle import settle, takes_first_word
from sync.value_type import ValueType, fault

DELETED = "_deleted"
"""Name under which a deletion keeps its clock and its conflicts."""


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks. `roles` in the order of preference."""

    device: str
    user: str
    roles: tuple[str, ...]

    def role_for(self, field: Field) -> str:
        """The role in which this author writes a field: one that owns it, when they have one."""
        for role in self.roles:
            if role in field.owner:
                return role
        return self.roles[0]


class At(msgspec.Struct, frozen=True, kw_only=True):
    """Where in the aggregate's history the merge happens."""

    epoch: str
    current_ver: int
    """Version before this transaction."""
    next_ver: int
    """Version that this transaction makes."""
    replayed: bool = False
    forced: bool = False
    """A person has decided: values are set as they are, whatever the policy."""
    derived: bool = False
    """A follow-up: computed from what stands, hence after it, whatever its number."""


class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """The record after the operation, and what there is to say about it. The record is new, never changed in place."""

    record: Record
    changed: bool
    outcomes: tuple[FieldOutcome, ...]
    disagreements: tuple[Disagreement, ...]


def merge(entity: Entity, record: Record | None, operation: Operation, author: Author, at: At) -> Merge:
    """Merge an operation into a record (None: it does not exist). Raises `InvalidOperation` and changes nothing.

    An update of a record that does not exist is the caller's to park: it raises `unknown_record` here.
    """
    if record is None:
        if operation.action != "create":
            raise InvalidOperation("unknown_record", f"{operation.entity} {operation.record} does not exist")
        record = _new(entity, operation, author, at)
        fresh = True
    else:
        record = record.copy()
        fresh = False
        if operation.action == "delete":
            return _delete(record, operation, author, at)
    revived: list[Disagreement] = []
    outcomes: list[FieldOutcome] = []
    if record.deleted and not (at.forced and operation.set):
        refused = _revive(record, operation, author, at, revived, outcomes)
        if refused is not None:
            return refused
        fresh = True
    changed = fresh
    disagreements = list(revived)
    creating = record.created.device == operation.device and record.created.seq == operation.seq
    clocks: dict[str, Clock] = {}
    first_words = _first_words(entity, author, creating)

    def spoken(by: str) -> Clock:
        mine = clocks.get(by)
        if mine is None:
            mine = clocks[by] = Clock(at.next_ver, operation.device, operation.seq, by)
        return mine

    for name, incoming in operation.set.items():
        first = first_words.get(name) if name not in record.fields and not at.forced else None
        if first is not None:
            kind, by = first
            problem = fault(kind, incoming, name)
            if problem:
                raise InvalidOperation("invalid_value", f"{operation.entity}.{problem}")
            record.fields[name] = incoming
            if not creating or by != record.created.by:
                _stamp(record, name, spoken(by))
            changed = True
            continue
        field = entity.fields[name]
        mine = spoken(author.role_for(field))
        if at.forced:
            check_forced(entity, operation, name, incoming)
            if isinstance(field.policy, SetUnion):
                incoming = sorted(set(incoming or []))
                for element in set(incoming or []) ^ set(record.fields.get(name) or []):
                    _stamp(record, f"{name}/{element}", mine)
            record.fields[name] = incoming
            _stamp(record, name, mine)
            changed = True
            continue
        try:
            settled = settle(_meeting(record, operation, name, field, incoming, mine, at, creating))
        except BadForm as problem:
            raise InvalidOperation("invalid_value", f"{operation.entity}.{problem}") from problem
        if settled.value is not msgspec.UNSET:
            record.fields[name] = settled.value
            _stamp(record, name, mine)
            changed = True
        for element in settled.elements:
            _stamp(record, f"{name}/{element}", mine)
            changed = True
        if settled.outcome != "applied":
            outcomes.append(FieldOutcome(name, settled.outcome, settled.reason))
        if settled.disagreement is not None:
            disagreements.append(settled.disagreement)
    if changed:
        record.ver = at.next_ver
    return Merge(record=record, changed=changed, outcomes=tuple(outcomes), disagreements=tuple(disagreements))


def _first_words(entity: Entity, author: Author, creating: bool) -> dict[str, tuple[ValueType, str]]:
    """The fields whose first word simply stands when this author says it, each with its type and the author's role."""
    known = entity.first_words.get((author.roles, creating))
    if known is None:
        roles = {name: author.role_for(field) for name, field in entity.fields.items()}
        known = entity.first_words[author.roles, creating] = {
            name: (field.type, roles[name])
            for name, field in entity.fields.items()
            if takes_first_word(field, roles[name], creating)
        }
    return known


def _new(entity: Entity, operation: Operation, author: Author, at: At) -> Record:
    created = Clock(at.next_ver, operation.device, operation.seq, author.roles[0])
    return Record(
        entity=operation.entity,
        id=operation.record,
        aggregate=operation.aggregate,
        ver=at.next_ver,
        created=created,
        fields=dict(entity.initial_values),
        clocks={},
    )


def _meeting(
    record: Record,
    operation: Operation,
    name: str,
    field: Field,
    incoming: Any,
    mine: Clock,
    at: At,
    creating: bool,
) -> Meeting:
    standing_clock = record.clock(name)

    def judge_element(element: str) -> tuple[Relation, bool]:
        clock = record.clocks.get(f"{name}/{element}")
        if clock is None and element in (record.fields.get(name) or ()):
            clock = record.created
        return _relation(clock, operation, at), clock is not None

    return Meeting(
        name=name,
        field=field,
        standing=record.fields.get(name),
        clock=standing_clock,
        incoming=incoming,
        mine=mine,
        relation=_relation(standing_clock, operation, at),
        creating=creating,
        replayed=at.replayed,
        element_relation=judge_element,
    )


def check_forced(entity: Entity, operation: Operation, name: str, value: Any) -> None:
    """Raise `InvalidOperation` unless a value that a person chose fits its field."""
    field = entity.fields[name]
    problem = fault(field.type, value, name)
    match field.policy:
        case Machine(table=table) if value not in table:
            problem = line("unknown_state", name, value)
        case SetUnion() if problem is None and not all(type(one) is str for one in value or []):
            problem = line("element_not_text", name)
        case Append() if problem is None and not _have_own_ids(value or []):
            problem = line("entry_without_id", name)
        case _:
            pass
    if problem:
        raise InvalidOperation("invalid_value", f"{operation.entity}.{problem}")


def _have_own_ids(entries: list[Any]) -> bool:
    ids = [entry.get("id") if type(entry) is dict else None for entry in entries]
    return all(type(id) is str for id in ids) and len(set(ids)) == len(ids)


def _relation(record_clock: Clock | None, operation: Operation, at: At) -> Relation:
    if at.derived:
        return SEQUENTIAL
    return relation(record_clock, operation.base, operation.device, operation.seq, at.epoch, at.current_ver)


def _stamp(record: Record, name: str, clock: Clock) -> None:
    """Note who set a field or an element; what equals the creation's clock is implied by it, in bytes and here."""
    if clock != record.created:
        record.clocks[name] = clock


def newest_clock(clocks: Iterable[Clock]) -> Clock:
    """The latest of some clocks of one record: by version, then by number, then by device."""
    return max(clocks, key=lambda clock: (clock.ver, clock.seq, clock.device))


def _delete(record: Record, operation: Operation, author: Author, at: At) -> Merge:
    mine = Clock(at.next_ver, operation.device, operation.seq, author.roles[0])
    if record.deleted:
        outcome = FieldOutcome(DELETED, "same")
        return Merge(record=record, changed=False, outcomes=(outcome,), disagreements=())
    unseen = [
        clock
        for clock in (record.created, *record.clocks.values())
        if _relation(clock, operation, at) is not SEQUENTIAL
    ]
    if unseen and not at.forced:
        newest = newest_clock(unseen)
        kept = _whether_deleted("edited_meanwhile", open=True, losing=(True, mine), standing=(False, newest))
        outcome = FieldOutcome(DELETED, "conflict", "edited_meanwhile")
        return Merge(record=record, changed=False, outcomes=(outcome,), disagreements=(kept,))
    record.deleted = True
    record.clocks[DELETED] = mine
    record.ver = at.next_ver
    return Merge(record=record, changed=True, outcomes=(), disagreements=())


def _revive(
    record: Record,
    operation: Operation,
    author: Author,
    at: At,
    disagreements: list[Disagreement],
    outcomes: list[FieldOutcome],
) -> Merge | None:
    """Work on a record deleted unseen brings it back for review; the deleter's own knowledge refuses."""
    deletion = record.clocks[DELETED]
    mine = Clock(at.next_ver, operation.device, operation.seq, author.roles[0])
    if _relation(deletion, operation, at) is not CONCURRENT and not at.forced:
        outcome = FieldOutcome(DELETED, "refused", "deleted_meanwhile")
        kept = _whether_deleted(
            "deleted_meanwhile", open=False, losing=(False, mine), standing=(True, deletion)
        )
        return Merge(record=record, changed=False, outcomes=(outcome,), disagreements=(kept,))
    record.deleted = False
    record.clocks[DELETED] = mine
    if at.forced:
        return None
    disagreements.append(
        _whether_deleted("deleted_meanwhile", open=True, losing=(True, deletion), standing=(False, mine))
    )
    outcomes.append(FieldOutcome(DELETED, "conflict", "deleted_meanwhile"))
    return None


def _whether_deleted(
    reason: str, *, losing: tuple[bool, Clock], standing: tuple[bool, Clock], open: bool
) -> Disagreement:
    return Disagreement(
        field=DELETED,
        reason=reason,
        open=open,
        losing=losing[0],
        losing_device=losing[1].device,
        losing_seq=losing[1].seq,
        losing_by=losing[1].by,
        standing=standing[0],
        standing_device=standing[1].device,
        standing_seq=standing[1].seq,
        standing_by=standing[1].by,
    )
