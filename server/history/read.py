"""Reads a history: the chain says what was given and what was replaced, the ledger when and with which outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import UNSET

from domain.declaration import SCHEMA
from server.db.connection import Database
from server.db.queries.chain import Kept, Line, chain_of, ledger_lines
from server.desk.names import thing
from server.history.chain import broken_at
from server.history.entry import FieldChange, History, HistoryEntry, Person, Settlement
from server.history.people import Directory, origin, person
from server.history.sentences import entry_sentence, field_sentence, no_content_sentence, verdict_sentence
from server.history.told import label_of, references
from sync.apply import decode_result
from sync.audit import Change, Entry
from sync.conflict import ENTITY as CONFLICT
from sync.operation import Operation
from sync.outcome import FieldOutcome, Result
from sync.record import Record
from sync.store import Key

_change = msgspec.json.Decoder(Change)
_operation = msgspec.json.Decoder(Operation)
"""Without the checks that a phone's operations meet: consequences have names that no phone could give."""
_WITHOUT_EFFECT = frozenset({"same", "superseded", "refused", "conflict"})


def read_history(
    database: Database, directory: Directory, aggregate: str, spoken: str, record: Key | None = None
) -> History:
    """Everything that happened to an aggregate, or to one `record` of it, the oldest first. May block."""
    kept = chain_of(database, aggregate, record)
    changes = [(entry, _decoded(entry)) for entry in kept.entries]
    broken = broken_at(kept.entries, kept.aggregate.chain_head, kept.aggregate.chain_length)
    told = [(entry, one) for entry, one in changes if record is None or one is None or _about(one) == record]
    if record is not None:
        told = [(entry, one) for entry, one in told if one is not None]
    reader = _Reader(directory, kept, _stood_after(changes, kept), _decisions(changes), spoken)
    return History(
        aggregate=aggregate,
        verified=not broken,
        broken_at=broken,
        sentence=verdict_sentence(len(kept.entries), broken, spoken),
        entries=len(kept.entries),
        erased=sum(entry.payload is None for entry in kept.entries),
        head=kept.aggregate.chain_head.hex(),
        items=reader.items(told, ledger_lines(database, sorted({one.op for _, one in told if one}))),
    )


def _decoded(entry: Entry) -> Change | None:
    """None for one that was erased, or that somebody has spoilt."""
    try:
        return _change.decode(entry.payload) if entry.payload is not None else None
    except msgspec.MsgspecError:
        return None


def _about(change: Change) -> Key:
    return (change.entity, change.record)


def _stood_after(changes: Sequence[tuple[Entry, Change | None]], kept: Kept) -> dict[tuple[int, str], Any]:
    """(number, field) → the value that stood afterwards: what the next change replaced, or what stands now.

    What an erased entry may have replaced nobody knows: there, and before it, only what later entries tell is told.
    """
    stood: dict[tuple[int, str], Any] = {}
    later: dict[tuple[str, str, str], Any] = {}
    is_whole = True
    for entry, change in reversed(changes):
        if change is None:
            later, is_whole = {}, False
            continue
        record = kept.records.get(_about(change))
        for name in change.after:
            place = (change.entity, change.record, name)
            if place not in later and is_whole and record is not None:
                later[place] = record.deleted if name == "_deleted" else record.fields.get(name)
            if place in later:
                stood[entry.n, name] = later[place]
            if name in change.before:
                later[place] = change.before[name]
    return stood


def _decisions(changes: Sequence[tuple[Entry, Change | None]]) -> dict[str, Change]:
    """Conflict → the decision that was carried out: the first that was applied."""
    found: dict[str, Change] = {}
    for _, one in changes:
        if (
            one is not None
            and one.entity == CONFLICT
            and "decision" in one.after
            and one.outcome == "applied"
        ):
            found.setdefault(one.record, one)
    return found


@dataclass
class _Reader:
    directory: Directory
    kept: Kept
    stood: dict[tuple[int, str], Any]
    decisions: dict[str, Change]
    spoken: str
    people: dict[str, str] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    names: Any = field(default_factory=dict)

    def items(
        self, told: Sequence[tuple[Entry, Change | None]], lines: dict[tuple[str, int], Line]
    ) -> list[HistoryEntry]:
        changes = [one for _, one in told if one is not None]
        users = (one.user for one in (*changes, *self.decisions.values()))
        self.people = self.directory.people(users, self.spoken)
        self.phones = self.directory.devices()
        self.names = self.directory.records(self._named(told), self.spoken)
        read = {(one.device, one.seq): _read(lines.get((one.device, one.seq))) for one in changes}
        return [self._item(entry, one, read) for entry, one in told]

    def _named(self, told: Sequence[tuple[Entry, Change | None]]) -> set[Key]:
        found: set[Key] = set()
        for entry, change in told:
            if change is None:
                continue
            found.add(_about(change))
            for name, given in change.after.items():
                declared = SCHEMA.entities[change.entity].fields.get(name)
                if declared is not None:
                    values = (given, change.before.get(name), self.stood.get((entry.n, name)))
                    found.update(*(references(declared.type, value) for value in values))
        return found

    def _item(
        self,
        entry: Entry,
        change: Change | None,
        read: dict[tuple[str, int], tuple[Operation | None, Result | None]],
    ) -> HistoryEntry:
        if change is None:
            erased = entry.payload is None
            return HistoryEntry(n=entry.n, erased=erased, sentence=no_content_sentence(erased, self.spoken))
        operation, result = read[change.device, change.seq]
        by = self._person(change)
        action = operation.action if operation else "delete" if "_deleted" in change.after else "update"
        told = {one.field: one for one in result.fields} if result else {}
        decides = operation.decides if operation and change.device.startswith("~") else ""
        return HistoryEntry(
            n=entry.n,
            sentence=entry_sentence(
                by,
                action,
                thing(change.entity).said(self.spoken),
                self.names.get(_about(change), change.record),
                self.spoken,
                is_consequence=change.user == "system" and change.device.startswith("~"),
                outcome=change.outcome,
            ),
            operation=change.op,
            entity=change.entity,
            record=change.record,
            action=action,
            ver=change.ver,
            authored_at=operation.at.wall if operation else None,
            received_at=change.received_at,
            by=by,
            via=origin(change.device, change.user, self.phones, self.spoken),
            outcome=change.outcome,
            flags=result.flags if result else (),
            follows=change.op.rpartition(".")[0] if change.device.startswith("~") else "",
            decides=decides,
            fields=[self._field(entry.n, change, name, told.get(name)) for name in sorted(change.after)],
        )

    def _field(self, n: int, change: Change, name: str, outcome: FieldOutcome | None) -> FieldChange:
        before, given = change.before.get(name, UNSET), change.after[name]
        after = self.stood.get((n, name), UNSET)
        if after is UNSET and outcome is None and not isinstance(given, dict):
            after = given
        if before is UNSET and outcome is not None and outcome.outcome in _WITHOUT_EFFECT:
            before = after
        settled = outcome.outcome if outcome is not None else "applied"
        reason = outcome.reason if outcome is not None else ""
        declared = SCHEMA.entities[change.entity].fields.get(name)
        return FieldChange(
            field=name,
            name=label_of(name, self.spoken),
            before=before,
            given=given,
            after=after,
            outcome=settled,
            reason=reason,
            sentence=field_sentence(
                name,
                declared,
                before,
                after,
                self.spoken,
                self.names,
                given=given,
                outcome=settled,
                reason=reason,
            ),
            conflict=self._settlement(outcome.conflict) if outcome is not None and outcome.conflict else None,
        )

    def _settlement(self, id: str) -> Settlement:
        record: Record | None = self.kept.records.get((CONFLICT, id))
        state = record.fields["state"] if record is not None else "open"
        change = self.decisions.get(id)
        decision: Any = change.after["decision"] if change is not None else None
        if change is None or not isinstance(decision, dict):
            return Settlement(id=id, state=state)
        return Settlement(
            id=id,
            state=state,
            chosen=decision.get("choose"),
            decided_by=self._person(change),
            decided_at=change.received_at,
        )

    def _person(self, change: Change) -> Person:
        return person(change.user, change.by, self.people, self.spoken)


def _read(line: Line | None) -> tuple[Operation | None, Result | None]:
    """What the ledger has; the operation is gone after an erasure."""
    if line is None:
        return None, None
    try:
        operation: Operation | None = _operation.decode(line[0])
    except msgspec.MsgspecError:
        operation = None
    return operation, decode_result(line[1])
