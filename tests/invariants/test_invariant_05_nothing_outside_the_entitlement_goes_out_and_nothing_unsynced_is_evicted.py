"""Invariant 5. No response to a phone holds a record outside its entitlement; nothing local and unsynced is evicted."""

from __future__ import annotations

import pytest

from sync.operation import Operation
from tests.invariants.conftest import MakeWorld, worlds
from tests.invariants.tape import play, reassign, work
from tests.invariants.world import secret


@pytest.mark.parametrize(("make_world", "seed"), worlds(0, 5), indirect=["make_world"])
def test_no_reply_holds_a_word_of_a_job_that_is_somebody_elses(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    note = world.note
    heard = set()

    def listen() -> None:
        note()
        device, user, reply = world.air.told[-1]
        for job in world.jobs:
            mine = world.job(job)["assignee"] == user
            assert mine or secret(job).encode() not in reply, f"{device} was told of {job}"
            if mine and secret(job).encode() in reply:
                heard.add(user)

    world.air.after_each = listen
    play(world, 60)
    world.calm()
    assert heard, "who listens to silence proves nothing"


@pytest.mark.parametrize(("make_world", "seed"), worlds(10, 14), indirect=["make_world"])
def test_what_has_left_is_gone_and_what_is_unsent_stays(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    sent: set[str] = set()

    def nothing_is_evicted() -> None:
        sent.update(line.id for line in world.ledger())
        for name, phone in world.phones.items():
            waiting = {entry.operation.id for entry in phone.outbox()}
            mine = {id for id, by in author.items() if by == name}
            assert mine - sent <= waiting, "unsent work is gone"
            for job in world.jobs:
                if any(_concerns(world.authored[id], job) for id in waiting):
                    assert phone.get("job", job) is not None, f"{name} works on {job} and no longer sees it"

    author: dict[str, str] = {}
    write = world.author

    def write_down(name: str, *more: object, **named: object) -> str:
        id = write(name, *more, **named)  # type: ignore[arg-type]
        if id:
            author[id] = name
        return id

    world.author = write_down  # type: ignore[method-assign]
    world.after_step = nothing_is_evicted
    play(world, 50, trouble=0.15, more=(reassign, work, work))
    world.calm()
    for name, phone in world.phones.items():
        held = {id for (id,) in phone.store.all("SELECT DISTINCT aggregate FROM record")}
        mine = {f"job/{job}" for job in world.jobs if world.job(job)["assignee"] == world.users[name]}
        assert held == mine


def _concerns(operation: Operation, job: str) -> bool:
    """Whether it was authored on a job that was there to be seen."""
    return operation.record == job and operation.base.ver > 0


def test_a_job_lost_with_work_still_waiting_is_read_only_until_the_work_is_sent(
    make_world: MakeWorld,
) -> None:
    world = make_world(0)
    for _ in range(4):
        world.author_bit("a", "j1", {})
    world.assign("j1", "bob")
    world.begin_exchange("a")  # three of the four go up
    world.deliver_late()
    seen = world.phones["a"].get("job", "j1")
    assert seen is not None and seen.read_only and seen.fields["used"] == 0b1111
    assert world.author_bit("a", "j1", {}) == ""
    world.calm()
    assert world.phones["a"].get("job", "j1") is None
    assert world.job("j1")["used"] == 0b1111
