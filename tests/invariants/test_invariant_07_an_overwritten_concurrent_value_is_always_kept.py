"""Invariant 7. An overwritten concurrent value is always in a conflict or audit entry.

Held here more sharply: whatever disappears from a field because somebody wrote without having seen it lies in a
conflict record of the same aggregate, and every operation has one audit entry with what it replaced.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from sync.operation import Operation
from sync.store import Ask, Receipt
from tests.invariants.conftest import MakeWorld, worlds
from tests.invariants.tape import play
from tests.invariants.world import World, secret
from tests.sync.toy import SCHEMA, raw

WATCHED = ("phone", "priority", "hint", "serial", "answered_by", "number")
"""Plain values. What a set, a counter or a text loses is judged by invariant 4's tape."""


@pytest.mark.parametrize(("make_world", "seed"), worlds(0, 6), indirect=["make_world"])
def test_no_value_that_was_overwritten_unseen_is_lost(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    watch = Watch(world)
    world.after_step = watch.look
    play(world, 50, trouble=0.1, more=(clash,) * 14)
    world.calm()
    watch.look()
    assert watch.overwritten > 0, "a tape without clashes proves nothing"
    no_word_is_gone(world)


@pytest.mark.parametrize(("make_world", "seed"), worlds(10, 14), indirect=["make_world"])
def test_every_operation_has_an_audit_entry_with_what_it_replaced(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    play(world, 50, more=(clash,) * 8)
    world.calm()
    replaced = 0
    for job in world.jobs:
        with world.store.snapshot() as snapshot:
            entries = [json.loads(entry.payload or b"") for entry in snapshot.audit(f"job/{job}")]
        by_operation = {entry["op"]: entry for entry in entries}
        for id, authored in world.authored.items():
            line = _line(world, id)
            if authored.aggregate != f"job/{job}" or line is None or line.status == "parked":
                continue
            if authored.action != "delete":
                assert by_operation[id]["after"] == authored.set
        for (ver, key), alone in _alone(entries).items():
            before, after = _around(world, f"job/{job}", ver, key)
            for field in WATCHED if before is not None else ():
                if before.get(field) not in (None, after.get(field)):
                    replaced += 1
                    assert alone.get("before", {}).get(field) == before[field], f"{key} {field} at {ver}"
    assert replaced > 1, "a tape on which nothing was replaced proves nothing"


def _alone(entries: list[Any]) -> dict[tuple[int, tuple[str, str]], Any]:
    """Entries that are the only ones about their record at their version, by both."""
    found: dict[tuple[int, tuple[str, str]], list[Any]] = {}
    for entry in entries:
        found.setdefault((entry["ver"], (entry["entity"], entry["record"])), []).append(entry)
    return {place: about[0] for place, about in found.items() if len(about) == 1}


def _around(world: World, aggregate: str, ver: int, key: tuple[str, str]) -> tuple[Any, Any]:
    """A record's fields at the version before, None where there was none, and at the version."""
    versions = world.history[aggregate]
    before, after = versions.get(ver - 1, {}).get(key), versions[ver][key]
    return (before["fields"] if before else None), after["fields"]


@pytest.mark.parametrize(("make_world", "seed"), worlds(20, 24), indirect=["make_world"])
def test_what_was_parked_never_replaces_what_came_after_it(seed: int, make_world: MakeWorld) -> None:
    """Work of a newer app waits for a deploy; meanwhile the office goes on."""
    world = make_world(seed)
    fields = world.dice.sample(["phone", "hint", "serial", "priority"], 3)
    parked = {field: world.word() for field in fields}
    early = raw("phone-a", 1, parked, base=1, schema=3)
    assert world.engine.push("phone-a", [early]).results[0].reason == "unknown_schema"
    since = {field: world.word() for field in fields}
    world.desk("j1", since, base=1)
    world.rules.schema = msgspec.structs.replace(SCHEMA, version=3)
    (result,) = world.engine.replay_parked()
    world.note()
    assert {field: world.job("j1")[field] for field in fields} == since
    assert result.status == "conflict"
    no_word_is_gone(world)
    with world.store.snapshot() as snapshot:
        assert snapshot.ledger("phone-a", 0, 9)[0].status == "conflict", "and it is parked no longer"


def no_word_is_gone(world: World) -> None:
    """Each word that was taken in stood at some version, or lies in a conflict, or was replaced and written down."""
    stood: set[Any] = set()
    for versions in world.history.values():
        for bodies in versions.values():
            for body in bodies.values():
                sides = (body["fields"].get("standing"), body["fields"].get("losing"))
                stood.update(side["value"] for side in sides if side and isinstance(side["value"], str))
                stood.update(value for value in body["fields"].values() if isinstance(value, str))
    for job in world.jobs:
        with world.store.snapshot() as snapshot:
            for entry in snapshot.audit(f"job/{job}"):
                replaced = json.loads(entry.payload or b"").get("before", {})
                stood.update(value for value in replaced.values() if isinstance(value, str))
    for line in world.ledger():
        result = json.loads(line.result)
        said = {one["field"]: one["outcome"] for one in result.get("fields", [])}
        for field, value in json.loads(line.payload)["set"].items() if line.status != "parked" else ():
            if isinstance(value, str) and said.get(field) != "superseded":
                assert value in stood or "_deleted" in said, f"{line.id}: {field} {value!r} is nowhere"


def clash(world: World) -> None:
    """The desk writes what a phone, in a basement, writes too."""
    job = world.dice.choice(world.jobs)
    name = next(name for name, user in world.users.items() if user == world.job(job)["assignee"])
    field = world.dice.choice(["phone", "phone", "hint", "hint", "priority", "serial", "answered_by"])
    world.author_bit(name, job, {field: world.word()})
    word = world.word()
    world.desk(job, {field: f"{secret(job)} {word}" if field == "hint" else word}, base=world.ver(job))


class Watch:
    """Looks at plain fields after every commit; remembers whose value stood, and at which version it came."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen = {f"job/{job}": max(world.history[f"job/{job}"]) for job in world.jobs}
        self.overwritten = 0

    def look(self) -> None:
        for aggregate, versions in self._world.history.items():
            for ver in sorted(one for one in versions if one > self._seen[aggregate]):
                before, after = versions[self._seen[aggregate]], versions[ver]
                for key, body in before.items():
                    if key[0] in ("job", "line"):
                        self._compare(key, body, after[key], after)
                self._seen[aggregate] = ver

    def _compare(self, key: tuple[str, str], old: Any, new: Any, after: dict[Any, Any]) -> None:
        for field in (*WATCHED, "text"):
            value = old["fields"].get(field)
            if value is None or value == new["fields"].get(field):
                continue
            writer, origin = _clock(new, field), _clock(old, field)
            if not self._had_seen(writer, origin, key):
                self.overwritten += 1
                kept = [
                    body["fields"]["losing"]["value"]
                    for (entity, _), body in after.items()
                    if entity == "conflict"
                    and (body["fields"]["entity"], body["fields"]["record"]) == key
                    and body["fields"]["field"] == field
                ]
                assert value in kept, f"{key} {field}: {value!r} was overwritten unseen and is nowhere"

    def _had_seen(self, writer: list[Any], origin: list[Any], key: tuple[str, str]) -> bool:
        """By the protocol: the same device, or a base that holds the version at which the value came."""
        _, device, seq, _, _ = writer
        if device == origin[1] or device.startswith("~"):
            return True
        for one in self._world.authored.values():
            if isinstance(one, Operation) and (one.device, one.seq) == (device, seq):
                return bool(one.base.ver >= origin[0])
        return bool(self._desk_base(seq) >= origin[0])

    def _desk_base(self, seq: int) -> int:
        with self._world.store.snapshot() as snapshot:
            (line,) = snapshot.ledger("desk-li", seq - 1, 1)
        authored = self._world.authored[line.id]
        return 10**9 if authored.base_ver is None else int(authored.base_ver)


def _clock(body: Any, field: str) -> list[Any]:
    """The origin that names a field; else the creation."""
    clocks: list[list[Any]] = body["clocks"]
    return next((clock for clock in clocks if field in clock[4]), clocks[0])


def _line(world: World, id: str) -> Receipt | None:
    return world.store.transact(lambda tx: _first(tx, id))


def _first(tx: Any, id: str) -> Receipt | None:
    found = tx.load(Ask(operation_ids=[id])).receipts
    return found[0] if found else None
