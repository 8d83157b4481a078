"""The naive model of the merge: one operation after the other, records as plain JSON, nothing of the product imported.

It takes what was judged in the order in which it was committed, and says what must stand afterwards, by the published
protocol and the declaration as clients get it. The merge itself is the one that a stranger wrote from the protocol.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from tests.stranger.clock import Clock, Moment, relation
from tests.stranger.decision import present, same_value, written
from tests.stranger.merge import Merged, Record, merge

Json = dict[str, Any]
Key = tuple[str, str]


class Model:
    """All records as they must stand. `begin`, then `take` for each judged operation, then look at `touched`."""

    def __init__(self, schema: Json, epoch: str) -> None:
        self.schema = schema
        self.epoch = epoch
        self.records: dict[Key, Json] = {}
        self.ids: dict[str, set[str]] = {}
        """Entity → ids of its records, deleted ones too."""
        self.versions: dict[str, int] = {}
        self.touched: set[Key] = set()
        self.pairs: Counter[tuple[str, str]] = Counter()
        """(policy, relation) → how often people's words met so."""

    def copy(self) -> Model:
        """Another model that stands where this one does. Records are never changed in place."""
        twin = Model(self.schema, self.epoch)
        twin.records, twin.versions, twin.pairs = dict(self.records), dict(self.versions), self.pairs
        twin.ids = {entity: set(ids) for entity, ids in self.ids.items()}
        return twin

    def begin(self) -> None:
        """A transaction: what it changes shares the next versions."""
        self.touched = set()

    def end(self) -> None:
        """The transaction is committed."""
        for key in self.touched:
            wire = self.records[key]
            self.versions[wire["aggregate"]] = wire["ver"]

    def take(
        self, operation: Json, roles: list[str], *, replayed: bool, derived: bool
    ) -> tuple[list[Json], dict[str, Any]]:
        """Outcomes of one judged operation, and the values that it replaced; raises `merge.Parked`."""
        current = self.versions.get(operation["aggregate"], 0)
        forced = operation["device"].startswith("~") and bool(operation.get("decides"))
        at = Moment(self.epoch, current, current + 1, replayed, forced, derived)
        key = operation["entity"], operation["record"]
        before = self.records.get(key)
        if not operation["device"].startswith("~"):
            self._count(operation, before, at)
        if before is not None and key[0] == "conflict" and "decision" in operation["set"]:
            merged = self._decide(operation, before, roles, at)
        else:
            merged = merge(before, operation, roles, self.schema["entities"][key[0]], at)
            self._keep(merged, operation, at)
        return _said(merged), _replaced(operation, before, self.records.get(key))

    def bytes(self, key: Key) -> bytes:
        """The canonical bytes of a record (whether its values may be at all was judged when they came)."""
        return plainly(self.records[key])

    def _decide(self, operation: Json, conflict: Json, roles: list[str], at: Moment) -> Merged:
        engine = Clock(at.next_ver, "~decision", at.next_ver, "system")
        fields = conflict["fields"]
        nothing = Merged(Record.read(conflict))
        if fields.get("decision"):
            nothing.say("decision", "merged", "already_decided")
            return nothing
        target = self.records.get((fields["entity"], fields["record"]))
        if target is not None:
            standing = present(Record.read(target), fields["field"])
            if not same_value(operation["set"]["decision"], standing):
                self._put(written(conflict, {"standing": standing, "state": "open"}, engine))
                nothing.say("decision", "conflict", "value_changed")
                return nothing
        merged = merge(conflict, operation, roles, self.schema["entities"]["conflict"], at)
        self._keep(merged, operation, at)
        if merged.record.fields.get("decision") is not None:
            self._put(written(merged.record.wire(), {"state": "decided"}, engine))
        return merged

    def _keep(self, merged: Merged, operation: Json, at: Moment) -> None:
        if merged.changed:
            self._put(merged.record.wire())
        own = Clock(at.next_ver, operation["device"], operation["seq"], "system")
        for conflict in merged.conflicts:
            if ("conflict", conflict["id"]) in self.records:
                continue
            fields = {name: value for name, value in conflict.items() if name != "id"}
            self._put(
                Record(
                    "conflict", conflict["id"], merged.record.aggregate, own, fields, ver=at.next_ver
                ).wire()
            )

    def _put(self, wire: Json) -> None:
        self.records[wire["entity"], wire["id"]] = wire
        self.ids.setdefault(wire["entity"], set()).add(wire["id"])
        self.touched.add((wire["entity"], wire["id"]))

    def _count(self, operation: Json, before: Json | None, at: Moment) -> None:
        if before is None:
            return
        record = Record.read(before)
        declared = self.schema["entities"][operation["entity"]]["fields"]
        for name, word in operation["set"].items():
            policy = declared[name]["policy"]["name"]
            names = [name]
            if policy == "set_union":
                names = [f"{name}/{one}" for kind in ("add", "remove") for one in word.get(kind, [])]
            for one in {relation(record.clock(which), operation, at) for which in names}:
                self.pairs[policy, one] += 1


def plainly(value: Any) -> bytes:
    """The canonical bytes of a value that is known to have some."""
    return _canonical(value).encode()


_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def _said(merged: Merged) -> list[Json]:
    conflicts = {conflict["field"]: conflict["id"] for conflict in merged.conflicts}
    return [
        said | ({"conflict": conflicts[said["field"]]} if said["field"] in conflicts else {})
        for said in merged.outcomes
    ]


def _replaced(operation: Json, before: Json | None, after: Json | None) -> dict[str, Any]:
    if before is None or after is None:
        return {}
    was, now = before["fields"], after["fields"]
    return {name: was[name] for name in operation["set"] if name in was and was[name] != now.get(name)}
