"""Invariant 9. A poisoned operation never blocks later independent ones. After faults stop, outboxes drain in bounded
rounds."""

from __future__ import annotations

import random

import pytest

from sync.operation import encode_operation
from tests.invariants.conftest import MakeWorld, worlds
from tests.invariants.tape import play, work
from tests.invariants.world import World
from tests.sync.toy import raw

POISON = {"remarks": "poison"}
"""The business's own judge raises ZeroDivisionError at this."""
PER_PUSH = 3
"""What a phone of this world offers at once."""


@pytest.mark.parametrize(("make_world", "seed"), worlds(0, 5), indirect=["make_world"])
def test_whatever_else_was_in_the_batch_takes_effect(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    dice = random.Random(seed)
    bad = {seq for seq in range(1, 21) if dice.random() < 0.3} | {1}
    batch = [
        raw("phone-a", seq, POISON if seq in bad else {"used": {"inc": 1 << seq}}, base=1)
        for seq in range(1, 21)
    ]
    batch[2] = b"[1,2"
    bad.add(3)
    results = world.engine.push("phone-a", batch, 1).results
    assert [(one.seq, one.status) for one in results] == [
        (seq, "parked" if seq in bad else "applied") for seq in range(1, 21)
    ]
    world.note()
    assert world.job("j1")["used"] == sum(1 << seq for seq in range(1, 21) if seq not in bad)


@pytest.mark.parametrize(("make_world", "seed"), worlds(0, 3), indirect=["make_world"])
def test_what_waited_and_fails_when_it_is_released_spoils_nothing(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    dice = random.Random(seed)
    new = {"record": "j9", "aggregate": "job/j9"}
    waiting = [raw("phone-a", 1, POISON, **new), raw("phone-a", 2, {"used": {"inc": 4}}, **new)]
    assert {one.reason for one in world.engine.push("phone-a", waiting).results} == {"unknown_record"}
    batch = [
        raw("phone-a", 3, {"used": {"inc": 1}}, base=1),
        raw("phone-a", 4, {"number": "N", "assignee": "alice"}, action="create", **new),
        raw("phone-a", 5, {"used": {"inc": 2}}, base=1),
    ]
    cut = dice.randint(1, 3)
    for part in (batch[:cut], batch[cut:]):
        if part:
            assert {one.status for one in world.engine.push("phone-a", part).results} == {"applied"}
    world.note()
    assert world.job("j1")["used"] == 3
    lines = {one.seq: one for one in world.ledger() if one.device == "phone-a"}
    assert (lines[1].status, lines[1].reason) == ("parked", "poisoned")
    assert lines[2].status != "parked", "its neighbour was released"


@pytest.mark.parametrize(("make_world", "seed"), worlds(10, 15), indirect=["make_world"])
def test_once_the_faults_stop_outboxes_drain_in_bounded_rounds(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)

    def poison(world: World) -> None:
        name, job = world.dice.choice("ab"), world.dice.choice(world.jobs)
        world.author(name, "job", job, POISON, aggregate=f"job/{job}", checked=False)

    play(world, 60, trouble=0.2, more=(poison, poison, work, work))
    world.air.trouble = 0
    for name, phone in world.phones.items():
        waiting = len(phone.outbox())
        before = world.air.exchanges
        assert world.sync(name)
        rounds = world.air.exchanges - before
        assert phone.outbox() == []
        assert rounds <= waiting // PER_PUSH + 40, f"{rounds} rounds for {waiting} operations"
    settle(world)


@pytest.mark.parametrize(("make_world", "seed"), worlds(20, 24, on_sql=0), indirect=["make_world"])
def test_a_server_that_lost_the_middle_gets_it_back_in_bounded_rounds(
    seed: int, make_world: MakeWorld
) -> None:
    """A restored backup makes a gap in the phone's numbers; in memory alone."""
    world = make_world(seed)
    counts = [world.dice.randint(1, 6) for _ in range(2)]
    backups = []
    for count in counts:
        for _ in range(count):
            world.author_bit("a", "j1", {})
        world.sync("a")
        backups.append(world.back_up())
    world.restore(backups[0], "epoch-2")
    before = world.air.exchanges
    assert world.sync("a")
    assert world.phones["a"].outbox() == []
    assert world.air.exchanges - before <= counts[1] // PER_PUSH + 5
    assert world.job("j1")["used"] == (1 << sum(counts)) - 1
    settle(world)


@pytest.mark.parametrize("make_world", ["memory"], indirect=True)
def test_the_server_asks_for_the_first_number_that_is_missing(make_world: MakeWorld) -> None:
    world = make_world(0)
    for _ in range(3):
        world.author_bit("a", "j1", {})
    first, *later = [entry.operation for entry in world.outbox("a")]
    reply = world.engine.push(first.device, [encode_operation(one) for one in later])
    assert (reply.need_from, reply.results) == (first.seq, [])
    settle(world)


def settle(world: World) -> None:
    """In quiet, one exchange says that there is nothing more."""
    world.calm()
    for name in world.phones:
        before = world.air.exchanges
        world.sync(name)
        assert world.air.exchanges - before <= 1
