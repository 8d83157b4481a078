"""The books: everything that was committed, in its order, held against the model as it comes.

Versions are dense (2), an operation takes effect once (4), what is overwritten is kept (7), the chain only grows (8),
and every record is byte for byte what the model says.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from sim.model import Json, Key, Model
from sim.violation import Violation, hold
from sync.store import Changes, DeviceRow, Receipt
from tests.stranger.digest import aggregate_digest
from tests.stranger.merge import Parked

GENESIS = bytes(32)
Right = tuple[str, str, str, int]
"""(user, aggregate, because, from version)."""


class Books:
    """One history of the database. A restored backup goes on from a copy that was made with it."""

    def __init__(self, schema: Json, epoch: str) -> None:
        self.model = Model(schema, epoch)
        self.bytes: dict[Key, bytes] = {}
        self.states: dict[str, dict[int, dict[Key, bytes]]] = {}
        """Aggregate → version → its records, as committed."""
        self.versions: dict[str, int] = {}
        self.ledger: dict[tuple[str, int], Receipt] = {}
        self.by_id: dict[str, Receipt] = {}
        """Operation id → the line under which it counts."""
        self.rights: dict[Right, int | None] = {}
        self.chains: dict[str, tuple[bytes, int]] = {}
        self.effects: set[str] = set()
        """Ids of operations that were judged, once each."""
        self.doors: dict[str, tuple[str, ...]] = {}
        self.signed: dict[str, Json] = {}
        self.sees_all: set[str] = set()
        """Ids of desk operations whose author sees what stands."""
        self.authored: Callable[[Receipt], None] = lambda receipt: None
        """Told of each new line."""
        self.settled: set[str] = set()
        """Ids of what was parked and has been tried again since somebody emptied this."""
        self.statuses: Counter[str] = Counter()

    def copy(self) -> Books:
        """The books as they are now, for a backup."""
        twin = Books(self.model.schema, self.model.epoch)
        twin.model = self.model.copy()
        for name in ("bytes", "versions", "ledger", "by_id", "rights", "chains", "doors", "signed"):
            setattr(twin, name, dict(getattr(self, name)))
        twin.states = {id: dict(versions) for id, versions in self.states.items()}
        twin.effects, twin.sees_all = set(self.effects), set(self.sees_all)
        twin.authored, twin.statuses = self.authored, self.statuses
        return twin

    def committed(self, changes: Changes, doors: list[DeviceRow]) -> None:
        """Enter one transaction; raises `Violation`."""
        for door in doors:
            self.doors.setdefault(door.id, door.roles)
        news = {(one.device, one.seq): one for one in [*changes.receipts, *changes.settled_receipts]}
        settled = {(one.device, one.seq) for one in changes.settled_receipts}
        self._replay(changes, news, settled)
        self._records(changes)
        self._receipts(changes, settled)
        for right in changes.entitlements:
            self.rights[right.user, right.aggregate, right.because, right.from_ver] = right.to_ver

    # What the model says

    def _replay(
        self, changes: Changes, news: dict[tuple[str, int], Receipt], settled: set[tuple[str, int]]
    ) -> None:
        self.model.begin()
        last: dict[str, int] = {}
        judged: set[tuple[str, int]] = set()
        for entry in changes.audit:
            said = self._linked(entry)
            place = said["device"], said["seq"]
            hold(
                place in news, 8, f"entry {entry.n} of {entry.aggregate} tells of {place}, not in the ledger"
            )
            late = place in settled or (place[0][0] != "~" and said["seq"] < last.get(place[0], 0))
            if place[0][0] != "~":
                last[place[0]] = max(last.get(place[0], 0), said["seq"])
            judged.add(place)
            self._judge(said, news[place], replayed=late)
        for place, receipt in news.items():
            if place[0][0] != "~" and receipt.status not in ("parked", "duplicate"):
                hold(place in judged, 7, f"{receipt.id} took effect and no audit entry tells of it")

    def _linked(self, entry: Any) -> Json:
        head, length = self.chains.get(entry.aggregate, (GENESIS, 0))
        commitment = hashlib.sha256(entry.salt + entry.payload).digest()
        hold(entry.n == length + 1, 8, f"{entry.aggregate}: entry {entry.n} after {length}")
        hold(
            commitment == entry.commitment, 8, f"{entry.aggregate}: entry {entry.n} commits to something else"
        )
        hold(
            entry.hash == hashlib.sha256(head + commitment).digest(),
            8,
            f"{entry.aggregate}: entry {entry.n} does not follow from the one before",
        )
        self.chains[entry.aggregate] = entry.hash, entry.n
        said: Json = msgspec.json.decode(entry.payload)
        hold(said["op"] not in self.effects, 4, f"{said['op']} takes effect a second time")
        self.effects.add(said["op"])
        return said

    def _judge(self, said: Json, receipt: Receipt, *, replayed: bool) -> None:
        operation: Json = msgspec.json.decode(receipt.payload)
        operation |= {"device": said["device"], "seq": said["seq"]}
        following = self.versions.get(operation["aggregate"], 0) + 1
        stands = [self.model.epoch, following]
        derived = said["device"][0] == "~" and operation["base"] == stands
        if said["op"] in self.sees_all:
            derived, operation["base"] = True, stands
        try:
            outcomes, replaced = self.model.take(
                operation, list(receipt.roles), replayed=replayed, derived=derived
            )
        except Parked as parked:
            raise Violation(0, f"{said['op']} was taken; the model parks it: {parked}") from parked
        result = msgspec.json.decode(receipt.result)
        fields = result.get("fields", [])
        if not operation["device"].startswith(("device-", "f-")):
            # A desk's words are kept sorted, not as said.
            fields, outcomes = sorted(fields, key=_by_name), sorted(outcomes, key=_by_name)
        if fields != outcomes:
            raise Violation(
                0,
                f"{said['op']} on {operation['entity']} {operation['record']}: the outcomes are"
                f" {fields}; the model says {outcomes}; {operation}",
            )
        kept = said.get("before", {})
        for name, value in replaced.items():
            hold(
                name in kept and kept[name] == value,
                7,
                f"{said['op']} replaced {operation['entity']}.{name} and no entry has what stood there",
            )

    def _records(self, changes: Changes) -> None:
        written = {(record.entity, record.id): body for record, body in changes.records}
        for key in sorted(self.model.touched | written.keys()):
            expected = self.model.bytes(key) if key in self.model.touched else b""
            body = written.get(key, b"")
            if body != expected:
                raise Violation(0, f"{key}: committed {body!r}; the model says {expected!r}")
        changed = {record.aggregate for record, _ in changes.records}
        for row in changes.aggregates:
            before = self.versions.get(row.id, 0)
            bumped = before + 1 if row.id in changed else before
            hold(row.ver == bumped, 2, f"{row.id} goes from {before} to {row.ver}")
            chain = self.chains.get(row.id, (GENESIS, 0))
            hold((row.chain_head, row.chain_length) == chain, 8, f"{row.id} names another head of its chain")
            state = dict(self.states.get(row.id, {}).get(before, {}))
            state |= {
                key: body for key, body in written.items() if self.model.records[key]["aggregate"] == row.id
            }
            self.versions[row.id] = row.ver
            self.states.setdefault(row.id, {})[row.ver] = state
            digest = aggregate_digest(self.model.records[key] for key in state)
            hold(f"{row.digest:064x}" == digest, 2, f"{row.id} has another digest than its records")
        missing = changed - {row.id for row in changes.aggregates}
        hold(not missing, 2, f"{sorted(missing)} changed without a version")
        self.bytes |= written
        self.model.end()
        self._signatures(written)

    def _signatures(self, written: dict[Key, bytes]) -> None:
        for key in written:
            if key[0] == "sign_off":
                fields = {
                    name: value
                    for name, value in self.model.records[key]["fields"].items()
                    if name != "state"
                }
                signed = self.signed.setdefault(key[1], fields)
                hold(signed == fields, 8, f"what was signed in {key[1]} has changed")

    def _receipts(self, changes: Changes, settled: set[tuple[str, int]]) -> None:
        for one in changes.receipts:
            place = one.device, one.seq
            hold(place not in self.ledger, 1, f"{place} is entered a second time")
            hold(
                one.status == "duplicate" or one.id not in self.by_id,
                1,
                f"{one.id} stands under two numbers, and neither is a duplicate",
            )
            hold(one.status != "parked" or one.reason, 1, f"{one.id} is parked without a reason")
            self.ledger[place] = one
            self.by_id.setdefault(one.id, one)
            self.authored(one)
            if one.device[0] != "~":
                self.statuses[one.status] += 1
        for one in changes.settled_receipts:
            before = self.ledger[one.device, one.seq]
            hold(before.status == "parked", 1, f"{one.id} had its final result already")
            hold(before.payload == one.payload, 1, f"{one.id} is not what it was")
            self.settled.add(one.id)
            self.ledger[one.device, one.seq] = one
            if self.by_id[one.id] is before:
                self.by_id[one.id] = one

    # What stands

    def held(self, user: str) -> dict[str, int]:
        """Aggregate → version of everything that the user has an open right to."""
        open_now = {
            aggregate for (who, aggregate, _, _), to in self.rights.items() if who == user and to is None
        }
        return {id: self.versions.get(id, 0) for id in sorted(open_now)}

    def record(self, entity: str, id: str) -> Json | None:
        """A record as it stands, parsed."""
        return self.model.records.get((entity, id))

    def of(self, entity: str, aggregate: str | None = None) -> list[Json]:
        """All live records of a kind, by id."""
        records = self.model.records
        found = (records[entity, id] for id in sorted(self.model.ids.get(entity, ())))
        return [wire for wire in found if not wire["deleted"] and aggregate in (None, wire["aggregate"])]


def _by_name(outcome: Json) -> str:
    return str(outcome["field"])
