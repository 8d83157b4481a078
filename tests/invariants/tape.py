"""Days at random: work, signal that comes and goes, an office that changes the same jobs, phones that restart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sync.pull import Limits
from sync.push import Refused
from tests.invariants.world import World, secret

Step = Callable[[World], None]


def play(world: World, steps: int, *, trouble: float = 0.08, more: tuple[Step, ...] = ()) -> None:
    """Run a tape; `world.after_step` looks in between. `trouble`: how likely each thing is that may go wrong."""
    world.air.trouble = trouble
    usual: list[Step] = [reassign, _restart, _decide, _under_way, World.deliver_late]
    usual += [work] * 6 + [_sync] * 6 + [_desk] * 2
    for _ in range(steps):
        world.dice.choice([*usual, *more])(world)
        world.after_step()
    world.air.trouble = 0


def _who(world: World) -> str:
    return world.dice.choice(sorted(world.phones))


def work(world: World) -> None:
    """Somebody does one to three things, nearly always on a job that they see."""
    name = _who(world)
    held = [aggregate.partition("/")[2] for aggregate in world.phones[name].aggregates("job")]
    job = world.dice.choice(held if held and world.dice.random() < 0.9 else world.jobs)
    for _ in range(world.dice.randint(1, 3)):
        _one_act(world, name, job)


def _one_act(world: World, name: str, job: str) -> None:
    line = f"l{world.dice.randint(1, 4)}-{job}"
    act = world.dice.randrange(10)
    if act == 0:
        world.author(
            name, "line", line, {"job": job, "text": world.word()}, action="create", aggregate=f"job/{job}"
        )
    elif act == 1:
        world.author(name, "line", line, {"text": world.word()}, aggregate=f"job/{job}", checked=False)
    elif act == 2:
        world.author(name, "line", line, {}, action="delete", aggregate=f"job/{job}", checked=False)
    elif act == 3:
        set: dict[str, Any] = world.dice.choice([{"nonsense": 1}, {"phone": 7}, {"remarks": "poison"}])
        world.author(name, "job", job, set, aggregate=f"job/{job}", checked=False)
    else:
        world.author_bit(name, job, _change(world))


def _change(world: World) -> dict[str, Any]:
    word = world.word()
    return world.dice.choice(
        [
            {"phone": word},
            {"phone": word},
            {"serial": word},
            {"answered_by": word},
            {"priority": word},
            {"tags": {"add": [world.dice.choice("xyz")]}},
            {"tags": {"remove": [world.dice.choice("xyz")]}},
            {"log": {"add": [{"id": word}]}},
            {"state": {"event": world.dice.choice(["start", "start", "finish", "cancel"])}},
            {"number": word},
            {},
        ]
    )


def _sync(world: World) -> None:
    limits = Limits(page_records=world.dice.choice([1, 20_000]), reply_bytes=world.dice.choice([300, 10**7]))
    world.engine = world.engine_with(limits)
    world.sync(_who(world))


def _desk(world: World) -> None:
    job = world.dice.choice(world.jobs)
    set: dict[str, Any] = world.dice.choice(
        [
            {"phone": world.word(), "priority": world.word()},
            {"serial": world.word()},
            {"state": {"event": world.dice.choice(["cancel", "finish"])}},
            {"hint": f"{secret(job)} {world.word()}"},
        ]
    )
    base = world.dice.randint(0, world.ver(job))
    world.say(f"the desk, seeing {base}, writes {job}: {set}")
    world.desk(job, set, base=base)


def reassign(world: World) -> None:
    """A job is passed on, or stays with whom it was."""
    world.assign(world.dice.choice(world.jobs), world.dice.choice(sorted(set(world.users.values()))))


def _restart(world: World) -> None:
    world.restart(_who(world))


def _decide(world: World) -> None:
    """Somebody decides an open conflict, on what they see."""
    name = _who(world)
    found = [one for one in world.phones[name].conflicts() if one.fields["state"] == "open"]
    if not found:
        return
    conflict = world.dice.choice(found)
    standing = conflict.fields["standing"]
    decision = {
        "choose": world.dice.choice(["standing", "losing"]),
        "standing_device": standing["device"],
        "standing_seq": standing["seq"],
    }
    if world.dice.random() < 0.5:
        world.author(name, "conflict", conflict.id, {"decision": decision})
        return
    try:
        world.desk(
            conflict.aggregate.partition("/")[2],
            {"decision": decision},
            entity="conflict",
            record=conflict.id,
            base=world.ver(conflict.aggregate.partition("/")[2]),
        )
    except Refused as refused:
        world.say(f"the desk was refused: {refused}")


def _under_way(world: World) -> None:
    world.begin_exchange(_who(world))
