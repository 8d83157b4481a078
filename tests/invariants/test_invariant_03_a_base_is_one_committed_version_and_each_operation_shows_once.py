"""Invariant 3. Each aggregate in a phone's base equals one committed version, and each operation shows in the view
exactly once."""

from __future__ import annotations

import json

import pytest

from tests.invariants.conftest import MakeWorld, worlds
from tests.invariants.oracle import Bodies
from tests.invariants.tape import play
from tests.invariants.world import World


@pytest.mark.parametrize(("make_world", "seed"), worlds(0, 5), indirect=["make_world"])
def test_at_every_step_the_base_is_committed_and_each_effect_shows_once(
    seed: int, make_world: MakeWorld
) -> None:
    world = make_world(seed)

    def look() -> None:
        for name in world.phones:
            base_is_committed(world, name)
            each_shows_once(world, name)

    world.after_step = look
    play(world, 60, trouble=0.1)
    world.calm()
    look()


@pytest.mark.parametrize(("make_world", "seed"), worlds(10, 13), indirect=["make_world"])
def test_copies_of_a_phone_show_each_effect_once_too(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    play(world, 12)
    world.clone("b", "c")
    play(world, 40, trouble=0.1)
    world.calm()
    for name in world.phones:
        base_is_committed(world, name)
        each_shows_once(world, name)


def test_a_reply_that_comes_late_brings_nothing_back(make_world: MakeWorld) -> None:
    world = make_world(0)
    world.assign("j2", "alice")
    world.author_bit("a", "j1", {})  # who sends something says what they hold, and is told all
    world.begin_exchange("a")  # brings j2 as it is now
    world.desk("j2", {"phone": "newer"}, base=world.ver("j2"))
    _exchange_and_hear_the_old_reply(world, "newer")


def test_a_leave_that_comes_late_takes_nothing_away(make_world: MakeWorld) -> None:
    world = make_world(0)
    world.assign("j2", "alice")
    world.sync("a")
    world.assign("j2", "bob")
    world.author_bit("a", "j1", {})
    world.begin_exchange("a")  # says that j2 has left
    world.assign("j2", "alice")
    world.desk("j2", {"phone": "mine again"}, base=world.ver("j2"))
    _exchange_and_hear_the_old_reply(world, "mine again")


def _exchange_and_hear_the_old_reply(world: World, phone_number: str) -> None:
    world.sync("a")
    world.deliver_late()
    seen = world.phones["a"].get("job", "j2")
    assert seen is not None and seen.fields.get("phone") == phone_number and not seen.read_only
    base_is_committed(world, "a")


def base_is_committed(world: World, name: str) -> None:
    """Whatever a phone holds of an aggregate was committed so, at the version that it names."""
    store = world.phones[name].store
    held: dict[str, Bodies] = {}
    for aggregate, entity, id, body in store.all("SELECT aggregate, entity, id, body FROM record"):
        held.setdefault(aggregate, {})[entity, id] = json.loads(body)
    named = dict(store.all("SELECT id, ver FROM aggregate"))
    assert set(held) <= set(named)
    for aggregate, ver in named.items():
        committed = world.history[aggregate].get(ver)
        assert committed is not None, f"{aggregate} never had version {ver}"
        assert _live(held.get(aggregate, {})) == _live(committed), f"{name}: {aggregate} is not version {ver}"


def each_shows_once(world: World, name: str) -> None:
    """The counter in the view is the base's, and one bit for each own operation that the base does not hold."""
    phone = world.phones[name]
    lines = {line.id: line for line in world.ledger() if line.status != "duplicate"}
    named = dict(phone.store.all("SELECT id, ver FROM aggregate"))
    for job in world.jobs:
        ver = named.get(f"job/{job}")
        if ver is None:
            continue
        expected = world.history[f"job/{job}"][ver]["job", job]["fields"]["used"]
        for entry in world.outbox(name):
            line = lines.get(entry.operation.id)
            if entry.operation.record != job or entry.operation.id not in world.bit:
                continue
            wrote = 0 if line is None else json.loads(line.result).get("wrote", {}).get(f"job/{job}", 0)
            if not wrote or wrote > ver:
                expected += world.bit[entry.operation.id]
        seen = phone.get("job", job)
        assert seen is not None and seen.fields["used"] == expected, f"{name} shows {job} otherwise"


def _live(bodies: Bodies) -> Bodies:
    return {key: body for key, body in bodies.items() if not body["deleted"]}
