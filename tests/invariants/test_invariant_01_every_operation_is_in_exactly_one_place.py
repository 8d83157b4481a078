"""Invariant 1. Every operation is in exactly one place: a phone's outbox, or on the server with its payload, status and
reason."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from sync.operation import Operation
from sync.store import Receipt
from tests.invariants.conftest import MakeWorld, worlds
from tests.invariants.oracle import canonical
from tests.invariants.tape import play
from tests.invariants.world import World

STATUSES = {"applied", "merged", "conflict", "parked"}


@pytest.mark.parametrize(("make_world", "seed"), worlds(0, 4), indirect=["make_world"])
def test_at_every_step_each_operation_waits_on_its_phone_or_stands_in_the_ledger(
    seed: int, make_world: MakeWorld
) -> None:
    world = make_world(seed)
    world.after_step = lambda: all_are_somewhere(world)
    play(world, 50, trouble=0.12)
    world.calm()
    lines = all_are_somewhere(world)
    assert set(lines) == _authored(world)
    for name in world.phones:
        for entry in world.outbox(name):
            line = lines[entry.operation.id]
            assert entry.state == "acked", "nobody waits any longer"
            assert json.loads(line.result) == _json(entry.result), "the phone was told what the ledger says"


@pytest.mark.parametrize(("make_world", "seed"), worlds(10, 13), indirect=["make_world"])
def test_two_copies_of_one_phone_lose_nothing(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    play(world, 15)
    world.clone("a", "c")
    world.after_step = lambda: all_are_somewhere(world)
    play(world, 40, trouble=0.1)
    world.calm()
    assert set(all_are_somewhere(world)) == _authored(world)
    for name in world.phones:
        assert world.phones[name].outbox() == []


@pytest.mark.parametrize(("make_world", "seed"), worlds(20, 23), indirect=["make_world"])
def test_a_revoked_phones_work_lies_in_quarantine(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    play(world, 30)
    world.revoke("b")
    play(world, 15)
    world.calm()
    lines = {line.id: line for line in world.ledger()}
    deposited = {
        parsed["id"]: parsed
        for kept in world.air.quarantine.values()
        for parsed in map(json.loads, kept.values())
    }
    for id in _authored(world):
        assert id in lines or id in deposited
        kept = json.loads(lines[id].payload) if id in lines else deposited[id]
        assert kept == _json(world.authored[id]), "as it was authored"
    for job in world.jobs:
        ids = {id for id, bit in world.bit.items() if world.authored[id].record == job}
        effects = sum(world.bit[id] for id in ids if id in lines and lines[id].status != "parked")
        assert world.job(job)["used"] == effects, "what lies in quarantine has no effect"


def all_are_somewhere(world: World) -> dict[str, Receipt]:
    """Check every authored operation; the ledger's lines by operation id."""
    lines: dict[str, Receipt] = {}
    for line in world.ledger():
        if line.status == "duplicate":
            continue
        assert line.id not in lines, f"{line.id} stands twice"
        lines[line.id] = line
        assert line.status in STATUSES and line.received_at
        assert bool(line.reason) or line.status != "parked", f"{line.id} is parked without a reason"
        _is_as_authored(line, world.authored[line.id])
    waiting = {entry.operation.id for phone in world.phones.values() for entry in phone.outbox()}
    for id in _authored(world):
        assert id in waiting or id in lines, f"{id} is nowhere"
    return lines


def _is_as_authored(line: Receipt, authored: Operation) -> None:
    """The same bytes; under the numbers of a fork, the same content."""
    expected = {**_json(authored), "device": line.device, "seq": line.seq}
    assert line.payload == canonical(expected)


def _authored(world: World) -> set[str]:
    return {id for id, one in world.authored.items() if isinstance(one, Operation)}


def _json(value: Any) -> Any:
    return json.loads(msgspec.json.encode(value))
