"""One operation inside the write door: judged, merged, written down, with everything that it causes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from sync import decide
from sync.audit import Change
from sync.clock import FOLLOW_UPS_PER_OPERATION, Base, Clock
from sync.conflict import ENTITY as CONFLICT
from sync.conflict import conflict_record
from sync.incoming import Incoming
from sync.merge import At, Author, Merge, check_forced, merge
from sync.operation import InvalidOperation, Operation, check_against, encode_operation
from sync.outcome import FieldOutcome, Result, status_of
from sync.record import Record
from sync.redact import ERASED
from sync.reminder import as_of
from sync.rules import FollowUp, Rules
from sync.store import Receipt
from sync.work import Work

_encode = msgspec.json.Encoder().encode
decode_result = msgspec.json.Decoder(Result).decode


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for a whole transaction."""

    epoch: str
    received_at: str
    """The server's clock, an instant in UTC."""
    salt: Callable[[], bytes]
    """Fresh random bytes, 16 at a time, for audit commitments."""


class Applier:
    """Applies operations to one working set."""

    def __init__(self, rules: Rules, work: Work, moment: Moment) -> None:
        self._rules = rules
        self._work = work
        self._moment = moment
        self._places: dict[tuple[str, bool, bool, bool], At] = {}
        self._reminds = rules.reminds

    def apply(self, incoming: Incoming, author: Author, *, replayed: bool = False) -> tuple[Result, str]:
        """Take one operation in; never raises for its content. Returns its result and what a parked one waits for."""
        if incoming.operation is None:
            return self._parked(incoming, incoming.reason, incoming.detail), ""
        said = incoming.operation
        self._work.note_base(said.device, said.seq, said.aggregate, said.base.ver)
        if incoming.is_erased:
            return self._parked(incoming, ERASED, ""), ""
        operation = self._rules.upcast(said)
        if operation is None:
            return self._parked(incoming, "unknown_schema", f"schema {said.schema}"), ""
        waits_for = self._missing(operation)
        if waits_for:
            known = operation.action == "create"
            reason = "unknown_reference" if known else "unknown_record"
            return self._parked(incoming, reason, waits_for.replace("/", " ")), waits_for
        try:
            if incoming.sees_all:
                operation = self._on_what_stands(operation)
            return self._take(operation, author, replayed, incoming.sees_all), ""
        except InvalidOperation as problem:
            return self._parked(incoming, problem.reason, problem.detail), ""

    def _parked(self, incoming: Incoming, reason: str, detail: str) -> Result:
        return Result(seq=incoming.seq, id=incoming.id, status="parked", reason=reason, detail=detail)

    def _missing(self, operation: Operation) -> str:
        """`entity/id` of the record without which the operation makes no sense; empty when all is there."""
        entity = self._rules.schema.entities.get(operation.entity)
        if entity is None:
            return ""
        if operation.action != "create":
            here = self._work.record(operation.entity, operation.record)
            return "" if here is not None else f"{operation.entity}/{operation.record}"
        if not entity.parent:
            return ""
        parent = operation.set.get(entity.parent)
        parent_entity = entity.fields[entity.parent].type.entity
        if type(parent) is not str or self._work.record(parent_entity, parent) is not None:
            return ""
        return f"{parent_entity}/{parent}"

    def _on_what_stands(self, operation: Operation) -> Operation:
        base = Base(self._moment.epoch, self._work.current_ver(operation.aggregate))
        return msgspec.structs.replace(operation, base=base)

    def _take(self, operation: Operation, author: Author, replayed: bool, sees_all: bool) -> Result:
        check_against(self._rules.schema, operation)
        if operation.entity == CONFLICT and operation.action != "update":
            raise InvalidOperation("not_your_role", "conflicts are made and closed by the engine")
        record = self._work.record(operation.entity, operation.record)
        if record is not None and record.aggregate != operation.aggregate:
            raise InvalidOperation(
                "wrong_aggregate", f"{operation.entity} {operation.record} lives elsewhere"
            )
        self._work.speak(operation.device, operation.seq)
        refused = self._rules.judge(operation, author, record, self._work)
        if refused:
            raise InvalidOperation(refused, f"{operation.entity} {operation.record}")
        flags = [*_time_flags(operation, self._moment.received_at), *self._base_flags(operation)]
        flags += self._rules.flags(operation, record, self._work)
        effects = _Effects(self, operation, author)
        outcomes = effects.run(operation, record, author, replayed=replayed, derived=sees_all)
        return Result(
            seq=operation.seq,
            id=operation.id,
            status=status_of(outcomes),
            reason=next((one.reason for one in outcomes if one.reason), ""),
            wrote={aggregate: self._work.seen_ver(aggregate) for aggregate in sorted(effects.touched)},
            fields=outcomes,
            flags=tuple(flags),
        )

    def _base_flags(self, operation: Operation) -> list[str]:
        if operation.base.epoch and operation.base.epoch != self._moment.epoch:
            return ["other_epoch"]
        return ["base_ahead"] if operation.base.ver > self._work.current_ver(operation.aggregate) else []


class _Effects:
    """An operation and everything that follows from it."""

    def __init__(self, applier: Applier, cause: Operation, author: Author) -> None:
        self._rules = applier._rules
        self._work = applier._work
        self._moment = applier._moment
        self._places = applier._places
        self._reminds = applier._reminds
        self._cause = cause
        self._author = author
        self._count = 0
        self.touched: set[str] = set()

    def run(
        self, operation: Operation, record: Record | None, author: Author, *, replayed: bool, derived: bool
    ) -> tuple[FieldOutcome, ...]:
        """Merge the operation, then its follow-ups until none is left. Returns the operation's own outcomes."""
        at = self._at(operation.aggregate, replayed=replayed, derived=derived)
        if operation.entity == CONFLICT and "decision" in operation.set and record is not None:
            outcomes, follow = self._decide(operation, record, author, at)
        else:
            outcomes, follow = self._merge(operation, record, author, at)
        waiting = list(follow)
        while waiting:
            waiting += self._follow(waiting.pop(0))
        return outcomes

    def _at(
        self, aggregate: str, *, replayed: bool = False, derived: bool = False, forced: bool = False
    ) -> At:
        place = (aggregate, replayed, derived, forced)
        at = self._places.get(place)
        if at is None:
            current, following = self._work.current_ver(aggregate), self._work.next_ver(aggregate)
            at = self._places[place] = At(
                epoch=self._moment.epoch,
                current_ver=following if derived else current,
                next_ver=following,
                replayed=replayed,
                forced=forced,
                derived=derived,
            )
        return at

    def _merge(
        self, operation: Operation, record: Record | None, author: Author, at: At
    ) -> tuple[tuple[FieldOutcome, ...], list[FollowUp]]:
        entity = self._rules.schema.entities[operation.entity]
        merged = merge(entity, record, operation, author, at)
        outcomes = self._write_down(operation, record, merged, author, at)
        if not merged.changed:
            return outcomes, []
        for right in self._rules.rights(record, merged.record, self._work):
            self._work.grant(right)
        if operation.entity in self._reminds:
            self._remind(record, merged.record)
        return outcomes, list(self._rules.follow(operation, author, record, merged.record, self._work))

    def _write_down(
        self, operation: Operation, before: Record | None, merged: Merge, author: Author, at: At
    ) -> tuple[FieldOutcome, ...]:
        self.touched.add(operation.aggregate)
        if merged.changed:
            self._work.put(merged.record)
        conflicts = {}
        for disagreement in merged.disagreements:
            clock = Clock(at.next_ver, operation.device, operation.seq, "system")
            kept = conflict_record(merged.record, disagreement, clock)
            conflicts[disagreement.field] = kept.id
            if self._work.record(CONFLICT, kept.id) is None:
                self._work.put(kept)
        change = Change(
            op=operation.id,
            device=operation.device,
            seq=operation.seq,
            user=author.user,
            by=author.roles[0],
            entity=operation.entity,
            record=operation.record,
            ver=self._work.seen_ver(operation.aggregate),
            received_at=self._moment.received_at,
            before=_before(before, operation, merged),
            after=operation.set if operation.action != "delete" else {"_deleted": True},
            outcome=status_of(merged.outcomes),
        )
        self._work.audit(operation.aggregate, change, self._moment.salt())
        return tuple(
            msgspec.structs.replace(one, conflict=conflicts[one.field]) if one.field in conflicts else one
            for one in merged.outcomes
        )

    def _decide(
        self, operation: Operation, conflict: Record, author: Author, at: At
    ) -> tuple[tuple[FieldOutcome, ...], list[FollowUp]]:
        """A decision is applied only to the standing value that the person saw; then it is the first that counts."""
        verdict = decide.judge_decision(operation, conflict, self._work)
        if verdict is not None:
            if verdict.refreshed is not None:
                self._work.put(decide.refreshed(conflict, verdict.refreshed, at))
            merged = Merge(record=conflict, changed=False, outcomes=(verdict.outcome,), disagreements=())
            return self._write_down(operation, conflict, merged, author, at), []
        self._check_decision(operation, conflict)
        outcomes, follow = self._merge(operation, conflict, author, at)
        after = self._work.record(CONFLICT, conflict.id)
        if after is None or after.fields.get("decision") is None:
            return outcomes, follow
        self._work.put(decide.closed(after, at))
        return outcomes, [*follow, *self._carry_out(after, author)]

    def _check_decision(self, operation: Operation, conflict: Record) -> None:
        """What a person chose must fit its field, before anything is written."""
        decided = conflict.copy()
        decided.fields["decision"] = operation.set["decision"]
        change = decide.carried_out(self._rules.schema, decided, self._work)
        if change is None:
            return
        record, fields, _ = change
        for name, value in fields.items():
            check_forced(self._rules.schema.entities[record.entity], operation, name, value)

    def _carry_out(self, conflict: Record, author: Author) -> list[FollowUp]:
        """Set what was decided, in the decider's name; returns what that causes in turn."""
        change = decide.carried_out(self._rules.schema, conflict, self._work)
        if change is None:
            return []
        record, fields, action = change
        forced = self._operation(
            FollowUp(
                entity=record.entity,
                record=record.id,
                aggregate=record.aggregate,
                set=fields,
                delete=action == "delete",
            ),
            decides=conflict.id,
        )
        by = msgspec.structs.replace(author, device=forced.device)
        entity = self._rules.schema.entities[record.entity]
        at = self._at(record.aggregate, derived=True, forced=True)
        merged = merge(entity, record, forced, by, at)
        self._write_down(forced, record, merged, by, at)
        self._receipt(forced, merged.outcomes, by)
        for right in self._rules.rights(record, merged.record, self._work):
            self._work.grant(right)
        if record.entity in self._reminds:
            self._remind(record, merged.record)
        return list(self._rules.follow(forced, by, record, merged.record, self._work))

    def _remind(self, before: Record | None, after: Record) -> None:
        for word in self._reminds[after.entity](before, after, self._work):
            self._work.remind(as_of(word, self._moment.received_at))

    def _follow(self, follow: FollowUp) -> list[FollowUp]:
        operation = self._operation(follow)
        author = Author(device=operation.device, user="system", roles=("system",))
        record = self._work.record(follow.entity, follow.record)
        at = self._at(follow.aggregate, derived=not follow.as_its_cause)
        try:
            outcomes, further = self._merge(operation, record, author, at)
        except InvalidOperation as problem:
            raise RuntimeError(f"follow-up {operation.id} of {self._cause.id}: {problem}") from problem
        self._receipt(operation, outcomes, author)
        return further

    def _operation(self, follow: FollowUp, decides: str = "") -> Operation:
        self._count += 1
        if self._count >= FOLLOW_UPS_PER_OPERATION:
            raise RuntimeError(
                f"operation {self._cause.id} causes more than {FOLLOW_UPS_PER_OPERATION} others"
            )
        cause = self._cause
        return Operation(
            device=f"~{cause.device}",
            seq=cause.seq * FOLLOW_UPS_PER_OPERATION + self._count,
            id=f"{cause.id}.{self._count}",
            schema=self._rules.schema.version,
            entity=follow.entity,
            record=follow.record,
            aggregate=follow.aggregate,
            base=cause.base
            if follow.as_its_cause
            else Base(self._moment.epoch, self._work.next_ver(follow.aggregate)),
            at=cause.at,
            action="create" if follow.create else "delete" if follow.delete else "update",
            set=follow.set,
            decides=decides,
        )

    def _receipt(self, operation: Operation, outcomes: tuple[FieldOutcome, ...], author: Author) -> None:
        aggregate = operation.aggregate
        result = Result(
            seq=operation.seq,
            id=operation.id,
            status=status_of(outcomes),
            wrote={aggregate: self._work.seen_ver(aggregate)},
            fields=outcomes,
        )
        self._work.receipts.append(
            receipt(encode_operation(operation), "", operation, result, author, self._moment.received_at)
        )


def receipt(
    raw: bytes,
    hash: str,
    operation: Operation | None,
    result: Result,
    author: Author,
    received_at: str,
    waits_for: str = "",
) -> Receipt:
    """The ledger's line for a result."""
    return Receipt(
        device=author.device,
        seq=result.seq,
        id=result.id,
        hash=hash,
        payload=raw,
        aggregate=operation.aggregate if operation else "",
        base_ver=operation.base.ver if operation else 0,
        status=result.status,
        reason=result.reason,
        result=_encode(result),
        received_at=received_at,
        waits_for=waits_for,
        user=author.user,
        roles=author.roles,
    )


def _before(before: Record | None, operation: Operation, merged: Merge) -> dict[str, Any]:
    """The values that the operation replaced: they are in the audit chain whatever becomes of conflicts."""
    if before is None:
        return {}
    found = {
        name: before.fields[name]
        for name in operation.set
        if name in before.fields and before.fields[name] != merged.record.fields.get(name)
    }
    if before.deleted != merged.record.deleted:
        found["_deleted"] = before.deleted
    return found


_LARGEST_CLOCK_ERROR_MS = 120_000


def _time_flags(operation: Operation, received_at: str) -> list[str]:
    """A phone's clock that is known to be wrong, or runs ahead of us, is flagged; its time is kept as it is."""
    offset = operation.at.offset_ms
    if offset is not None and abs(offset) > _LARGEST_CLOCK_ERROR_MS:
        return ["clock_off"]
    return ["clock_off"] if operation.at.wall[:16] > received_at[:16] and offset is None else []
