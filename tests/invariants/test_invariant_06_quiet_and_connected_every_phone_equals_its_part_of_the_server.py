"""Invariant 6. Quiet and connected: every phone equals its entitled part of the server's state."""

from __future__ import annotations

import json

import pytest

from sync.wire import Pull
from tests.invariants import oracle
from tests.invariants.conftest import MakeWorld, worlds
from tests.invariants.tape import play
from tests.invariants.world import World


@pytest.mark.parametrize(("make_world", "seed"), worlds(0, 6), indirect=["make_world"])
def test_after_any_day_every_phone_holds_exactly_its_part(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    play(world, 60)
    world.calm()
    for name in world.phones:
        equals_its_part(world, name)


@pytest.mark.parametrize(("make_world", "seed"), worlds(20, 26, on_sql=0), indirect=["make_world"])
def test_after_a_restored_backup_too(seed: int, make_world: MakeWorld) -> None:
    """In memory alone: how each database is backed up is its own affair."""
    world = make_world(seed)
    play(world, 20)
    backup = world.back_up()
    play(world, 25)
    world.calm()
    if seed % 2:
        for (
            name
        ) in world.phones:  # with something to send, a phone's first word is its manifest of the old epoch
            for job in [job for job in world.jobs if world.job(job)["assignee"] == world.users[name]]:
                world.author_bit(name, job, {})
    world.restore(backup, "epoch-2")
    for _ in range(2):
        world.calm()
        for name in world.phones:
            equals_its_part(world, name)
        kept = {line.id for line in world.ledger()}
        assert {entry.operation.id for name in world.phones for entry in world.outbox(name)} <= kept
        play(world, 20)


@pytest.mark.parametrize("make_world", ["memory"], indirect=True)
def test_versions_of_another_epoch_say_nothing(make_world: MakeWorld) -> None:
    """The same numbers, another database: everything comes anew, and the phone that was sending hears no complaint."""
    world = make_world(0)
    world.calm()
    backup = world.back_up()
    for name, job in (("a", "j1"), ("b", "j2")):
        world.author_bit(name, job, {"phone": world.word()})
    world.restore(backup, "epoch-2")
    of_before = Pull(manifest={"job/j1": world.ver("j1")})
    told = world.engine.pull(
        world.users["a"], of_before, epoch="epoch-1", schema=world.engine.rules.schema.version
    )
    assert "job/j1" in [one["id"] for one in json.loads(b"".join(told.chunks))["aggregates"]]
    world.calm()
    for name in world.phones:
        equals_its_part(world, name)


def test_what_was_deleted_is_gone_everywhere_and_counts_no_longer(make_world: MakeWorld) -> None:
    world = make_world(0)
    for number in range(3):
        text = {"job": "j1", "text": world.word()}
        world.author("a", "line", f"l{number}", text, action="create", aggregate="job/j1")
    world.calm()
    world.author("a", "line", "l1", {}, action="delete", aggregate="job/j1")
    world.calm()
    equals_its_part(world, "a")
    assert [line.id for line in world.phones["a"].of("job/j1", "line")] == ["l0", "l2"]


def equals_its_part(world: World, name: str) -> None:
    """Bytes, versions and digests of what a phone holds are the server's; what it shows is what it holds."""
    phone = world.phones[name]
    mine = [job for job in world.jobs if world.job(job)["assignee"] == world.users[name]]
    held: dict[str, dict[tuple[str, str], object]] = {}
    for aggregate, entity, id, body in phone.store.all("SELECT aggregate, entity, id, body FROM record"):
        held.setdefault(aggregate, {})[entity, id] = json.loads(body)
    live = {aggregate: _live(world.now(aggregate)) for aggregate in (f"job/{job}" for job in mine)}
    assert {aggregate: _live(bodies) for aggregate, bodies in held.items()} == live
    for aggregate, bodies in live.items():
        assert oracle.digest(bodies) == f"{world.row(aggregate).digest:064x}"
    assert phone.outbox() == []
    for job in mine:
        seen = phone.get("job", job)
        assert seen is not None
        if not seen.parked:
            assert seen.fields == world.job(job)


def _live(bodies: oracle.Bodies) -> oracle.Bodies:
    return {key: body for key, body in bodies.items() if not body["deleted"]}


@pytest.mark.parametrize(("make_world", "seed"), worlds(10, 14), indirect=["make_world"])
def test_whoever_polls_by_the_change_count_misses_nothing(seed: int, make_world: MakeWorld) -> None:
    """Equal change counts mean an equal pull: a poll is answered "nothing new" on that ground alone."""
    world = make_world(seed)
    told: dict[tuple[str, int], dict[str, int]] = {}

    def poll() -> None:
        for user in sorted(set(world.users.values())):
            with world.store.snapshot() as snapshot:
                change = snapshot.change(user)
                manifest = {row.id: row.ver for row, _ in snapshot.entitled(user)}
            mine = {f"job/{job}" for job in world.jobs if world.job(job)["assignee"] == user}
            assert set(manifest) == mine
            assert told.setdefault((user, change), manifest) == manifest

    world.after_step = poll
    play(world, 50)
    world.calm()
    poll()
