"""Invariant 4. Any prefix of any batch, replayed any number of times, gives the same state (version numbers aside); an
operation takes effect once."""

from __future__ import annotations

import random
from typing import Any

import pytest

from sync.engine import Draft
from tests.invariants.conftest import MakeWorld, worlds
from tests.invariants.tape import play
from tests.invariants.world import World
from tests.sync.toy import DESK, raw

BASES = {"phone-a": 1, "phone-b": 2}
"""The version at which each phone held the job."""


def batches(dice: random.Random) -> list[tuple[str, int, list[bytes]]]:
    """Turns of both phones on one job that both may write: (device, number of its first operation, operations)."""
    numbers = dict.fromkeys(BASES, 0)
    made = []
    bit = 0
    for _ in range(6):
        device = dice.choice(sorted(BASES))
        first = numbers[device] + 1
        operations = []
        for _ in range(dice.randint(1, 6)):
            numbers[device] += 1
            word = f"{device}-{numbers[device]}"
            set: dict[str, Any] = dice.choice(
                [
                    {"phone": word},
                    {"serial": word},
                    {"answered_by": word},
                    {"tags": {"add": [dice.choice("xyz")]}},
                    {"tags": {"remove": [dice.choice("xyz")]}},
                    {"log": {"add": [{"id": word}]}},
                    {"state": {"event": dice.choice(["start", "finish", "cancel"])}},
                    {"phone": 7},
                    {"remarks": "poison"},
                ]
            )
            base = BASES[device]
            operations.append(raw(device, numbers[device], {"used": {"inc": 1 << bit}, **set}, base=base))
            bit += 1
        made.append((device, first, operations))
    return made


def shared_job(make_world: MakeWorld, seed: int) -> World:
    """j1 was alice's at version 1 and is bob's from 2 on; both have authored what they will send."""
    world = make_world(seed)
    world.desk("j1", {"assignee": "bob"}, base=1)
    return world


@pytest.mark.parametrize(("make_world", "seed"), worlds(0, 5), indirect=["make_world"])
def test_replayed_prefixes_change_nothing(seed: int, make_world: MakeWorld) -> None:
    once, often = shared_job(make_world, seed), shared_job(make_world, seed)
    dice = random.Random(seed)
    tape = batches(dice)
    for device, first, operations in tape:
        once.engine.push(device, operations, first)
    answers: dict[tuple[str, int], Any] = {}
    for place, (device, first, operations) in enumerate(tape):
        for _ in range(dice.randint(0, 3)):
            _send(often, answers, device, first, operations[: dice.randint(1, len(operations))])
            _send(often, answers, *dice.choice(tape[:place] or [(device, first, operations[:1])]))
        _send(often, answers, device, first, operations)
    assert _state(often) == _state(once)
    parked = {(line.device, line.seq) for line in once.ledger() if line.status == "parked"}
    sent = [(device, first + place, op) for device, first, ops in tape for place, op in enumerate(ops)]
    effects = sum(1 << bit for bit, (device, seq, _) in enumerate(sent) if (device, seq) not in parked)
    assert often.job("j1")["used"] == once.job("j1")["used"] == effects
    assert effects.bit_count() > 5, "a tape on which nothing happens proves nothing"


@pytest.mark.parametrize(("make_world", "seed"), worlds(10, 14), indirect=["make_world"])
def test_an_operation_takes_effect_once_under_all_numbers_that_it_ever_had(
    seed: int, make_world: MakeWorld
) -> None:
    world = make_world(seed)
    play(world, 15)
    world.clone("a", "c")
    play(world, 40, trouble=0.12)
    world.calm()
    parked = {line.id for line in world.ledger() if line.status == "parked"}
    for job in world.jobs:
        mine = [id for id in world.bit if world.authored[id].record == job and id not in parked]
        assert world.job(job)["used"] == sum(world.bit[id] for id in mine)


def test_a_desk_that_asks_twice_writes_once(make_world: MakeWorld) -> None:
    world = make_world(0)
    draft = Draft(
        id="d-twice", entity="job", record="j1", aggregate="job/j1", set={"used": {"inc": 1}}, base_ver=1
    )
    for _ in range(3):
        world.engine.write(DESK, [draft])
    world.note()
    assert world.job("j1")["used"] == 1


def _send(
    world: World, answers: dict[tuple[str, int], Any], device: str, first: int, ops: list[bytes]
) -> None:
    """Send, and see that the same operation is always answered by the same result."""
    for result in world.engine.push(device, ops, first).results:
        told = (result.status, result.reason, result.wrote, result.fields)
        assert answers.setdefault((device, result.seq), told) == told


def _state(world: World) -> dict[tuple[str, str], Any]:
    """Everything but versions."""
    world.note()
    return {key: (body["fields"], body["deleted"]) for key, body in world.now("job/j1").items()}
