"""Invariant 2. Aggregate versions are dense and commit-ordered; no reader ever skips a committed change."""

from __future__ import annotations

import json

import pytest

from server.db.postgres_store import PostgresStore
from sync.pull import Limits
from tests.db.fresh import fresh_postgres
from tests.interleave.schedule import Run
from tests.invariants.conftest import MakeWorld, worlds
from tests.invariants.reader import Reader
from tests.invariants.tape import play
from tests.invariants.world import World
from tests.parts.postgres import Postgres
from tests.sync.toy import DESK


@pytest.mark.parametrize(("make_world", "seed"), worlds(0, 4), indirect=["make_world"])
def test_every_version_was_made_by_one_commit_and_none_is_missing(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    counted: dict[str, int] = {}
    world.after_step = lambda: _only_grow(world, counted)
    play(world, 50)
    world.calm()
    for aggregate in (f"job/{job}" for job in world.jobs):
        with world.store.snapshot() as snapshot:
            told = [json.loads(entry.payload or b"")["ver"] for entry in snapshot.audit(aggregate)]
        ver = world.row(aggregate).ver
        assert told == sorted(told), "written down in commit order"
        assert set(told) == set(range(1, ver + 1)), "each version has its entries, none is left out"
        assert max(body["ver"] for body in world.now(aggregate).values()) == ver
    lines = world.ledger()
    with world.store.snapshot() as snapshot:
        lines += snapshot.ledger(DESK.id, 0, 10_000)
    for line in lines:
        for aggregate, ver in json.loads(line.result).get("wrote", {}).items():
            assert 1 <= ver <= world.row(aggregate).ver


def test_one_commit_makes_one_version_however_much_it_holds(make_world: MakeWorld) -> None:
    world = make_world(0)
    for number in range(3):
        world.author_bit("a", "j1", {"phone": f"call {number}"})
        world.author(
            "a", "line", f"l{number}", {"job": "j1", "text": "t"}, action="create", aggregate="job/j1"
        )
    before = world.ver("j1")
    ops = [bytes(op) for op in world.phones["a"].prepare().request.push.ops]
    reply = world.engine.push("phone-a", ops)
    world.note()
    assert {one.wrote["job/j1"] for one in reply.results} == {before + 1} == {world.ver("j1")}


@pytest.mark.parametrize(("make_world", "seed"), worlds(5, 8), indirect=["make_world"])
def test_a_version_holds_a_change_with_all_that_follows_from_it(seed: int, make_world: MakeWorld) -> None:
    """In the toy business the system counts a job's lines."""
    world = make_world(seed)

    def line(world: World) -> None:
        name = world.dice.choice("ab")
        for aggregate in world.phones[name].aggregates("job")[:1]:
            set = {"job": aggregate.partition("/")[2], "text": world.word()}
            world.author(name, "line", f"m-{set['text']}", set, action="create", aggregate=aggregate)

    play(world, 50, more=(line, line))
    world.calm()
    most = 0
    for aggregate, versions in world.history.items():
        for bodies in versions.values():
            job = bodies["job", aggregate.partition("/")[2]]["fields"]
            lines = [body for (entity, _), body in bodies.items() if entity == "line" and not body["deleted"]]
            assert job.get("lines", 0) == len(lines)
            most = max(most, len(lines))
    assert most > 0, "a tape without lines proves nothing"


@pytest.mark.parametrize(("make_world", "seed"), worlds(10, 14), indirect=["make_world"])
def test_a_reader_that_pulls_at_any_moment_holds_every_committed_change(
    seed: int, make_world: MakeWorld
) -> None:
    world = make_world(seed)
    readers = [Reader(world, user) for user in ("alice", "bob")]

    def sometimes_pull() -> None:
        page = world.dice.choice([1, 2, 20_000])
        engine = world.engine_with(Limits(page_records=page, reply_bytes=world.dice.choice([300, 10**7])))
        if world.dice.random() < 0.5:
            world.dice.choice(readers).pull(engine)

    world.after_step = sometimes_pull
    play(world, 50)
    for reader in readers:
        while reader.pull():
            pass
        mine = {f"job/{job}" for job in world.jobs if world.job(job)["assignee"] == reader.user}
        assert set(reader.manifest) == mine
        assert {id: reader.held[id] for id in mine} == {id: world.now(id) for id in mine}


@pytest.mark.parametrize("seed", range(8))
def test_connections_that_interleave_skip_and_lose_nothing(seed: int, postgres: Postgres) -> None:
    url = fresh_postgres(postgres)
    Run(seed, url, PostgresStore).play()
    postgres.drop_database(url)


def _only_grow(world: World, counted: dict[str, int]) -> None:
    for aggregate in (f"job/{job}" for job in world.jobs):
        ver = world.row(aggregate).ver
        assert ver >= counted.get(aggregate, 0)
        counted[aggregate] = ver
