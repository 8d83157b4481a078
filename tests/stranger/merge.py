"""One operation meets one record (sections 6.0, 6.12 and 6.13)."""

from dataclasses import dataclass, field, replace
from typing import Any

from tests.stranger.canonical import canonical, sha256
from tests.stranger.clock import Clock, Moment, pack, relation, unpack
from tests.stranger.policy import Meeting, Unfit, Verdict, check_form, judge, losing_form, may_stand

DELETED = "_deleted"


class Parked(Exception):
    """The operation changes nothing and waits; the message is the reason."""


@dataclass
class Record:
    """A record with its clocks by name; the creation stands for every set field that `clocks` does not name."""

    entity: str
    id: str
    aggregate: str
    creation: Clock
    fields: dict[str, Any]
    clocks: dict[str, Clock] = field(default_factory=dict)
    deleted: bool = False
    ver: int = 0

    @classmethod
    def read(cls, wire: dict[str, Any]) -> "Record":
        """A record from its wire form."""
        creation, clocks = unpack(wire["clocks"])
        return cls(
            wire["entity"],
            wire["id"],
            wire["aggregate"],
            creation,
            dict(wire["fields"]),
            clocks,
            wire["deleted"],
            wire["ver"],
        )

    def wire(self) -> dict[str, Any]:
        """The wire form (section 12.1)."""
        return {
            "aggregate": self.aggregate,
            "clocks": pack(self.creation, self.clocks),
            "deleted": self.deleted,
            "entity": self.entity,
            "fields": self.fields,
            "id": self.id,
            "ver": self.ver,
        }

    def bytes(self) -> bytes:
        """The canonical bytes in which it is sent, stored and hashed."""
        return canonical(self.wire())

    def clock(self, name: str) -> Clock | None:
        """The clock of a field, or of an element `field/element`; None where nobody set it."""
        if name in self.clocks:
            return self.clocks[name]
        top, _, element = name.partition("/")
        held = element in (self.fields.get(top) or []) if element else top in self.fields
        return self.creation if held else None


@dataclass
class Merged:
    """What an operation leads to."""

    record: Record
    changed: bool = False
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    conflicts: list[dict[str, Any]] = field(default_factory=list)

    def say(self, name: str, outcome: str, reason: str | None = None) -> None:
        """Keep what became of a field, unless it was simply applied."""
        if outcome != "applied":
            self.outcomes.append({"field": name, "outcome": outcome} | ({"reason": reason} if reason else {}))

    def disagree(
        self, name: str, reason: str, state: str, standing: dict[str, Any], losing: dict[str, Any]
    ) -> None:
        """Record a conflict under the name that it has everywhere."""
        of = {"entity": self.record.entity, "record": self.record.id, "field": name}
        text = "\n".join([*of.values(), losing["device"], str(losing["seq"])])
        self.conflicts.append(
            {
                "id": "c-" + sha256(text.encode())[:32],
                **of,
                "reason": reason,
                "state": state,
                "standing": standing,
                "losing": losing,
            }
        )


def merge(
    wire: dict[str, Any] | None,
    operation: dict[str, Any],
    roles: list[str],
    entity: dict[str, Any],
    at: Moment,
) -> Merged:
    """The record after the operation, and what is said about it; raises Parked."""
    action = operation.get("action", "update")
    check_fields(operation, entity)
    if wire is None:
        if action != "create":
            raise Parked("unknown_record")
        merged = Merged(_created(operation, roles, entity, at), changed=True)
        return _merge_fields(merged, operation, roles, entity, at, creates=True)
    merged = Merged(Record.read(wire))
    if merged.record.aggregate != operation["aggregate"]:
        raise Parked("wrong_aggregate")
    if action == "delete":
        return _delete(merged, operation, roles, at)
    if (
        merged.record.deleted
        and not (at.forced and operation["set"])
        and not _revive(merged, operation, roles, at)
    ):
        return merged
    return _merge_fields(merged, operation, roles, entity, at)


def side(value: Any, clock: Clock | None) -> dict[str, Any]:
    """One side of a conflict; where nobody set it, empty."""
    if clock is None:
        return {"value": None, "device": "", "seq": 0, "by": ""}
    return {"value": value, "device": clock.device, "seq": clock.seq, "by": clock.by}


def check_fields(operation: dict[str, Any], entity: dict[str, Any]) -> None:
    """Raises Parked where the operation names a field that is not declared, or leaves out one that is needed."""
    if any(name not in entity["fields"] for name in operation["set"]):
        raise Parked("unknown_field")
    required = {name for name, declared in entity["fields"].items() if declared.get("required")}
    given = {name for name, value in operation["set"].items() if value is not None}
    if operation.get("action") == "create" and not required <= given:
        raise Parked("missing_field")


def _created(operation: dict[str, Any], roles: list[str], entity: dict[str, Any], at: Moment) -> Record:
    fields = {}
    for name, declared in entity["fields"].items():
        if declared["policy"]["name"] == "machine":
            fields[name] = declared["policy"]["initial"]
        elif declared["policy"]["name"] == "counter":
            fields[name] = 0
    creation = Clock(at.next_ver, operation["device"], operation["seq"], roles[0])
    return Record(
        operation["entity"], operation["record"], operation["aggregate"], creation, fields, ver=at.next_ver
    )


def _delete(merged: Merged, operation: dict[str, Any], roles: list[str], at: Moment) -> Merged:
    record = merged.record
    if record.deleted:
        merged.say(DELETED, "same")
        return merged
    own = Clock(at.next_ver, operation["device"], operation["seq"], roles[0])
    unseen = [
        clock
        for clock in [record.creation, *record.clocks.values()]
        if relation(clock, operation, at) != "sequential"
    ]
    if unseen and not at.forced:
        greatest = max(unseen, key=lambda clock: (clock.ver, clock.seq, clock.device))
        merged.say(DELETED, "conflict", "edited_meanwhile")
        merged.disagree(DELETED, "edited_meanwhile", "open", side(False, greatest), side(True, own))
        return merged
    record.deleted, record.clocks[DELETED], record.ver = True, own, at.next_ver
    merged.changed = True
    return merged


def _revive(merged: Merged, operation: dict[str, Any], roles: list[str], at: Moment) -> bool:
    record = merged.record
    deletion = record.clocks[DELETED]
    own = Clock(at.next_ver, operation["device"], operation["seq"], roles[0])
    if at.forced or relation(deletion, operation, at) in ("concurrent", "late"):
        record.deleted, record.clocks[DELETED], record.ver = False, own, at.next_ver
        merged.changed = True
        if at.forced:
            return True
        merged.say(DELETED, "conflict", "deleted_meanwhile")
        merged.disagree(DELETED, "deleted_meanwhile", "open", side(False, own), side(True, deletion))
        return True
    merged.say(DELETED, "refused", "deleted_meanwhile")
    merged.disagree(DELETED, "deleted_meanwhile", "settled", side(True, deletion), side(False, own))
    return False


def _merge_fields(
    merged: Merged,
    operation: dict[str, Any],
    roles: list[str],
    entity: dict[str, Any],
    at: Moment,
    creates: bool = False,
) -> Merged:
    before = replace(merged.record, fields=dict(merged.record.fields), clocks=dict(merged.record.clocks))
    for name, incoming in operation["set"].items():
        declared = entity["fields"][name]
        owner = declared.get("owner")
        mine = [role for role in roles if not owner or role in owner or role == "system"]
        own = Clock(at.next_ver, operation["device"], operation["seq"], (mine or roles)[0])
        clock, standing = before.clock(name), before.fields.get(name)
        try:
            verdict = _verdict(declared, incoming, before, name, operation, at, bool(mine), creates)
        except Unfit as error:
            raise Parked("invalid_value") from error
        if verdict.changes:
            merged.record.fields[name] = verdict.stands
            for changed in [name, *(f"{name}/{element}" for element in verdict.elements)]:
                merged.record.clocks[changed] = own
            merged.record.ver, merged.changed = at.next_ver, True
        merged.say(name, verdict.outcome, verdict.reason)
        if verdict.conflict and verdict.reason:
            after = side(verdict.stands, own) if verdict.changes else side(standing, clock)
            loses = side(standing, clock) if verdict.old_loses else side(verdict.loses, own)
            merged.disagree(name, verdict.reason, verdict.conflict, after, loses)
    return merged


def _verdict(
    declared: dict[str, Any],
    incoming: Any,
    record: Record,
    name: str,
    operation: dict[str, Any],
    at: Moment,
    owns: bool,
    creates: bool,
) -> Verdict:
    if at.forced:
        return _forced(declared, incoming, record.fields.get(name))
    standing, clock = record.fields.get(name), record.clock(name)
    others = declared.get("others") or "request"
    if not owns and (others == "refuse" or (others == "request" and not creates)):
        check_form(declared, incoming)
        outcome, reason, state = (
            ("refused", "not_allowed", "settled") if others == "refuse" else ("conflict", "requested", "open")
        )
        return Verdict(standing, False, outcome, reason, state, losing_form(declared, incoming))
    owner = declared.get("owner")
    owner_stands = not owner or (clock is not None and clock.by in [*owner, "system"])
    return judge(
        Meeting(
            declared,
            incoming,
            standing,
            clock,
            relation(clock, operation, at),
            owns,
            owner_stands,
            lambda element: relation(record.clock(f"{name}/{element}"), operation, at),
            lambda element: record.clock(f"{name}/{element}") is not None,
        )
    )


def _forced(declared: dict[str, Any], incoming: Any, standing: Any) -> Verdict:
    policy = declared["policy"]
    if not may_stand(declared, incoming):
        raise Unfit("a decided value that does not fit")
    if policy["name"] == "set_union" and incoming:
        incoming = sorted(set(incoming))
    moved = set(incoming or []) ^ set(standing or []) if policy["name"] == "set_union" else ()
    return Verdict(incoming, changes=True, elements=sorted(moved))
