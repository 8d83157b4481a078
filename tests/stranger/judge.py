"""The push steps as an outsider reads them, with the small business of the vectors' README (section 7)."""

import copy
import json
from dataclasses import dataclass, field
from typing import Any

from tests.stranger.canonical import NotCanonical, content_hash, parse
from tests.stranger.clock import FOLLOW_UPS, Clock, Moment
from tests.stranger.decision import command, present, same_value, written
from tests.stranger.limit import fault
from tests.stranger.merge import Merged, Parked, Record, check_fields, merge
from tests.stranger.outbox import fork_id

EPOCH = "e1"
DESK = "desk-li"
NOW = "2026-01-31T09:00:00Z"
OFF_MS = 120_000
RANKS = ["applied", "same", "merged", "superseded", "refused", "conflict"]
WAITING = {"unknown_record", "unknown_reference"}
Result = dict[str, Any]


class Poisoned(Exception):
    """The business's own rule failed."""


@dataclass
class Device:
    """A phone: whose, in which roles, and every operation it has sent, by number: content hash, text, result."""

    user: str
    roles: list[str]
    taken: dict[int, tuple[str, str, Result]] = field(default_factory=dict)
    revoked: bool = False


@dataclass
class State:
    """What a transaction changes, so that a failure can be undone by taking the copy."""

    records: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    rights: dict[str, list[list[Any]]] = field(default_factory=dict)
    born: dict[str, str] = field(default_factory=dict)


@dataclass
class Judge:
    """A server of one small business; every push is one transaction, split where a rule fails."""

    schema: dict[str, Any]
    version: int
    state: State = field(default_factory=State)
    before: dict[str, int] = field(default_factory=dict)
    ids: dict[str, Result] = field(default_factory=dict)
    bases: dict[tuple[str, str], dict[int, int]] = field(default_factory=dict)
    cause: dict[str, Any] = field(default_factory=dict)
    place: int = 0
    devices: dict[str, Device] = field(
        default_factory=lambda: {
            "phone-a": Device("alice", ["technician"]),
            "phone-b": Device("bob", ["technician"]),
            DESK: Device("li", ["dispatcher"]),
        }
    )

    def begin(self) -> None:
        """A new transaction: what changes from now on shares the next versions."""
        self.before, self.state.born = dict(self.state.versions), {}

    def push(self, device: str, first: int, ops: list[Any]) -> dict[str, Any]:
        """The `push` member of the reply."""
        texts = [op if isinstance(op, str) else json.dumps(op, ensure_ascii=False) for op in ops]
        placed, place = [], (first or 1) - 1
        for text in texts:
            place = _number(text) or place + 1
            placed.append((place, _hash(text), text))
        placed = sorted(dict.fromkeys(placed), key=lambda one: one[0])
        phone = self.devices.get(device)
        if phone is None or phone.revoked:
            return {"quarantined": placed[-1][0] if placed else 0}
        known = {seq: taken[0] for seq, taken in phone.taken.items()}
        for seq, hashed, text in placed:
            if known.setdefault(seq, hashed) != hashed:
                name = fork_id(device, seq, text)
                self.devices.setdefault(name, Device(phone.user, phone.roles))
                return {"results": [], "fork": name}
        self.begin()
        reply: dict[str, Any] = {"results": []}
        for seq, hashed, text in placed:
            if seq > len(phone.taken) + 1:
                reply["need_from"] = len(phone.taken) + 1
                break
            if seq not in phone.taken:
                phone.taken[seq] = hashed, text, self.result(device, seq, text)
            reply["results"].append(seq)
        reply["results"] = [phone.taken[seq][2] for seq in reply["results"]]
        return reply

    def result(self, device: str, seq: int, text: str, replayed: bool = False) -> Result:
        """Judge and merge one operation; a parked one changes nothing."""
        phone, saved = self.devices[device], copy.deepcopy(self.state)
        result: Result = {"seq": seq}
        try:
            reason = fault(text, device)
            if reason:
                raise Parked(reason)
            operation = parse(text)
            result["id"] = operation["id"]
            if operation["id"] in self.ids and not replayed:
                return self.ids[operation["id"]] | {"seq": seq, "status": "duplicate", "reason": "forked"}
            told = self.bases.setdefault((operation["device"], operation["aggregate"]), {})
            told[seq] = operation["base"][1]
            self.cause, self.place = operation, 0
            said = self._take(operation, phone, replayed)
            if operation["set"].get("remarks") == "poison":
                raise Poisoned
            result |= said | self._flags(operation)
            result["wrote"] = {operation["aggregate"]: self.state.versions[operation["aggregate"]]}
            if operation.get("action") == "create":
                self._release(operation["entity"], operation["record"])
        except Parked as parked:
            self.state = saved
            result |= {"status": "parked", "reason": str(parked)}
        except Poisoned:
            self.state = saved
            self.begin()
            result |= {"status": "parked", "reason": "poisoned"}
        if "id" in result:
            self.ids[result["id"]] = result
        return result

    def desk(self, order: dict[str, Any]) -> dict[str, Any]:
        """One change by the desk; it is refused where a phone's would be parked."""
        desk = self.devices[DESK]
        seq = len(desk.taken) + 1
        operation = {
            "device": DESK,
            "seq": seq,
            "schema": self.version,
            "at": {"wall": NOW},
            "base": [EPOCH, order.get("base_ver", 0)],
            **{name: value for name, value in order.items() if name != "base_ver"},
        }
        text = json.dumps(operation, ensure_ascii=False)
        self.begin()
        result = self.result(DESK, seq, text)
        if result["status"] == "parked":
            del self.ids[order["id"]]
            return {"refused": [result["reason"]]}
        desk.taken[seq] = content_hash(text), text, result
        return {"results": [result]}

    def present(self, device: str, seqs: list[int]) -> list[Result]:
        """Present results of these operations, parked ones among them."""
        return [self.devices[device].taken[seq][2] for seq in seqs]

    def present_by_id(self, device: str, ids: list[str]) -> list[Result]:
        """Present results of one person's operations, by id, of the device that brought each first."""
        mine = [phone for phone in self.devices.values() if phone.user == self.devices[device].user]
        found: dict[str, Result] = {}
        for phone in mine:
            for _, _, result in phone.taken.values():
                if result["status"] != "duplicate":
                    found.setdefault(result["id"], result)
        return [found[id] for id in dict.fromkeys(ids) if id in found]

    def upgrade(self, version: int) -> list[Result]:
        """Speak this schema version, and try parked operations again."""
        self.version = version
        released = []
        for name, phone in self.devices.items():
            for seq, (hashed, text, result) in list(phone.taken.items()):
                if result["status"] == "parked":
                    self.begin()
                    result = self.result(name, seq, text, replayed=True)
                    phone.taken[seq] = hashed, text, result
                    if result["status"] != "parked":
                        released.append(result)
        return released

    def _release(self, entity: str, record: str) -> None:
        for name, phone in self.devices.items():
            for seq, (hashed, text, result) in list(phone.taken.items()):
                if result["status"] == "parked" and result["reason"] in WAITING:
                    waits = parse(text)
                    if (entity, record) in (
                        (waits["entity"], waits["record"]),
                        ("job", waits["set"].get("job")),
                    ):
                        phone.taken[seq] = hashed, text, {"status": "tried"}
                        phone.taken[seq] = hashed, text, self.result(name, seq, text, replayed=True)

    def _take(self, operation: dict[str, Any], phone: Device, replayed: bool) -> Result:
        name, aggregate = operation["entity"], operation["aggregate"]
        if operation["schema"] > self.version:
            raise Parked("unknown_schema")
        entity = self.schema["entities"].get(name)
        if entity is None:
            raise Parked("unknown_entity")
        self._await(operation, entity)
        if entity["root"] not in ("*", aggregate.partition("/")[0]):
            raise Parked("wrong_aggregate")
        check_fields(operation, entity)
        if name == "conflict" and operation.get("action", "update") != "update":
            raise Parked("not_your_role")
        wire = self.state.records.get((name, operation["record"]))
        if wire is not None and wire["aggregate"] != aggregate:
            raise Parked("wrong_aggregate")
        self._authorise(operation, phone)
        current = self.before.get(aggregate, 0)
        at = Moment(EPOCH, current, current + 1, replayed)
        if wire is not None and name == "conflict" and "decision" in operation["set"]:
            return self._decide(operation, wire, phone, at)
        merged = merge(wire, operation, phone.roles, entity, at)
        self._store(merged, operation, at)
        return _said(merged.outcomes, merged.conflicts)

    def _await(self, operation: dict[str, Any], entity: dict[str, Any]) -> None:
        if operation.get("action") != "create":
            if (operation["entity"], operation["record"]) not in self.state.records:
                raise Parked("unknown_record")
            return
        parent = entity.get("parent")
        named = operation["set"].get(parent) if parent else None
        if isinstance(named, str) and (parent, named) not in self.state.records:
            raise Parked("unknown_reference")

    def _authorise(self, operation: dict[str, Any], phone: Device) -> None:
        name, version = operation["aggregate"], operation["base"][1]
        if "dispatcher" in phone.roles:
            return
        if name not in self.before and self.state.born.setdefault(name, phone.user) == phone.user:
            return
        told = self.bases[operation["device"], name]
        latest = max((base for seq, base in told.items() if seq < operation["seq"]), default=0)
        for user, begin, end in self.state.rights.get(name, []):
            if user == phone.user and (end is None or (begin <= version < end and version >= latest)):
                return
        raise Parked("not_entitled")

    def _store(self, merged: Merged, operation: dict[str, Any], at: Moment) -> None:
        record, own = merged.record, Clock(at.next_ver, operation["device"], operation["seq"], "system")
        name = record.aggregate
        if merged.changed:
            self._put(record.wire(), at)
        for conflict in merged.conflicts:
            fields = {member: value for member, value in conflict.items() if member != "id"}
            made = Record("conflict", conflict["id"], name, own, fields, ver=at.next_ver)
            if ("conflict", made.id) not in self.state.records:
                self._put(made.wire(), at)
        if record.entity == "line" and merged.changed:
            live = [
                one
                for one in self.state.records.values()
                if one["entity"] == "line" and one["aggregate"] == name and not one["deleted"]
            ]
            job = self.state.records.get(("job", name.partition("/")[2]))
            if job:
                self._put(written(job, {"lines": len(live)}, self._follow_up(at)), at)
        if record.entity == "job":
            rights, user = self.state.rights.setdefault(name, []), record.fields.get("assignee")
            if not rights or rights[-1][0] != user:
                if rights:
                    rights[-1][2] = at.next_ver
                rights.append([user, at.next_ver, None])

    def _put(self, wire: dict[str, Any], at: Moment) -> None:
        self.state.records[wire["entity"], wire["id"]] = wire
        self.state.versions[wire["aggregate"]] = at.next_ver

    def _follow_up(self, at: Moment) -> Clock:
        self.place += 1
        seq = self.cause["seq"] * FOLLOW_UPS + self.place
        return Clock(at.next_ver, "~" + self.cause["device"], seq, "system")

    def _decide(self, operation: dict[str, Any], wire: dict[str, Any], phone: Device, at: Moment) -> Result:
        conflict, seen = wire["fields"], operation["set"]["decision"]
        engine = Clock(at.next_ver, "~decision", at.next_ver, "system")
        if conflict.get("decision"):
            return _said([{"field": "decision", "outcome": "merged", "reason": "already_decided"}])
        entity = self.schema["entities"][conflict["entity"]]
        target = self.state.records[conflict["entity"], conflict["record"]]
        standing = present(Record.read(target), conflict["field"])
        if not same_value(seen, standing):
            self._put(written(wire, {"standing": standing, "state": "open"}, engine), at)
            return _said([{"field": "decision", "outcome": "conflict", "reason": "value_changed"}])
        merged = merge(wire, operation, phone.roles, self.schema["entities"]["conflict"], at)
        self._store(merged, operation, at)
        if merged.record.fields.get("decision") is None:
            return _said(merged.outcomes, merged.conflicts)
        self._put(written(merged.record.wire(), {"state": "decided"}, engine), at)
        change = command(seen, conflict, entity["fields"].get(conflict["field"]), standing["value"])
        if change is not None:
            place = self._follow_up(at)
            order = operation | change | {"entity": target["entity"], "record": target["id"]}
            order |= {"device": place.device, "seq": place.seq}
            self._store(merge(target, order, phone.roles, entity, at._replace(forced=True)), order, at)
        return _said(merged.outcomes, merged.conflicts)

    def _flags(self, operation: dict[str, Any]) -> Result:
        (epoch, version), at, flags = operation["base"], operation["at"], []
        if epoch not in ("", EPOCH):
            flags.append("other_epoch")
        elif version > self.before.get(operation["aggregate"], 0):
            flags.append("base_ahead")
        if abs(at.get("offset_ms", 0)) > OFF_MS or ("offset_ms" not in at and at["wall"][:16] > NOW[:16]):
            flags.append("clock_off")
        return {"flags": flags} if flags else {}


def _said(outcomes: list[dict[str, Any]], conflicts: list[dict[str, Any]] | None = None) -> Result:
    by_field = {conflict["field"]: conflict["id"] for conflict in conflicts or []}
    fields = [
        said | ({"conflict": by_field[said["field"]]} if said["field"] in by_field else {})
        for said in outcomes
    ]
    worst = max((RANKS.index(said["outcome"]) for said in fields), default=0)
    status = "conflict" if worst == 5 else "merged" if worst > 1 else "applied"
    reason = next((said["reason"] for said in fields if said.get("reason")), None)
    return (
        {"status": status} | ({"reason": reason} if reason else {}) | ({"fields": fields} if fields else {})
    )


def _number(text: str) -> int:
    try:
        seq = parse(text)["seq"]
    except (NotCanonical, TypeError, KeyError):
        return 0
    return seq if isinstance(seq, int) and not isinstance(seq, bool) and 1 <= seq < 2**53 else 0


def _hash(text: str) -> str:
    try:
        return content_hash(text)
    except NotCanonical:
        return content_hash("not canonical: " + text)
