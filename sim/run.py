"""One run: a company, two tapes, all weather of its seed, and a quiet period in which everything must come out."""

from __future__ import annotations

import gc
import shutil
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import msgspec

from sim import checks, field, office, schedule
from sim.backend import open_backend
from sim.dice import dice
from sim.fault import Weather
from sim.violation import Violation, hold
from sim.world import World
from sync.pull import DEFAULT_LIMITS
from tests.parts.postgres import Postgres

MOST_ROUNDS = 12
"""Exchanges of each phone in which everything must have come out, once it is quiet."""
IN_MEMORY = Path("/dev/shm")


class Case(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a run is made from: the same case, the same run."""

    seed: int
    ops: int = 400
    db: str = "memory"
    faults: tuple[str, ...] | None = None
    """Which may happen; None: as the seed says."""
    work: tuple[int, ...] | None = None
    """Steps of the workload that are played; None: all, until so many operations were made."""
    events: tuple[int, ...] | None = None
    """Steps of the schedule that are played; None: all."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of it."""

    case: Case
    ops: int
    steps: int
    trace: str
    seconds: float
    cpu_seconds: float = 0.0
    """Of the process that played it: what it costs on a core of its own."""
    on: tuple[str, ...] = ()
    """Faults that might happen."""
    faults: dict[str, int] = {}
    pairs: dict[str, int] = {}
    """`policy relation` → how often."""
    statuses: dict[str, int] = {}
    invariant: int | None = None
    """The broken one; None: all held."""
    sentence: str = ""
    tape: tuple[str, ...] = ()
    """The last lines before the violation."""


def play(case: Case, cluster: Callable[[], Postgres]) -> Outcome:
    """Play a case to its end, or to its first violation."""
    began, cpu_began = time.perf_counter(), time.process_time()
    collects = gc.isenabled()
    gc.disable()  # a run is short, and all that it leaves is collected at once, after it
    folder = Path(tempfile.mkdtemp(prefix="doorstep-sim-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None))
    weather = Weather.of(dice(case.seed, "weather")) if case.faults is None else Weather(case.faults)
    backend = open_backend(case.db, folder, cluster)
    world: World | None = None
    broken: Violation | None = None
    try:
        world = World(case.seed, backend, weather, folder)
        _play(case, world)
    except Violation as violation:
        broken = violation
    except Exception as problem:
        where = "".join(traceback.format_exception(problem)[-4:])
        broken = Violation(0, f"{type(problem).__name__}: {problem}\n{where}")
    finally:
        if world is not None:
            for handset in world.handsets:
                handset.close()
        backend.close()
        shutil.rmtree(folder, ignore_errors=True)
        if collects:
            gc.enable()
    happened = Counter(weather.happened)
    return Outcome(
        case=case,
        ops=world.ops if world else 0,
        steps=world.steps if world else 0,
        trace=world.trace.hexdigest() if world else "",
        seconds=round(time.perf_counter() - began, 4),
        cpu_seconds=round(time.process_time() - cpu_began, 4),
        on=tuple(sorted(weather.on)),
        faults=dict(sorted(happened.items())),
        pairs={f"{policy} {how}": n for (policy, how), n in sorted(world.books.model.pairs.items())}
        if world
        else {},
        statuses=dict(sorted(world.books.statuses.items())) if world else {},
        invariant=broken.invariant if broken else None,
        sentence=broken.sentence if broken else "",
        tape=tuple(world.tape) if broken and world else (),
    )


def _play(case: Case, world: World) -> None:
    begun = world.ops
    last = max((*(case.work or ()), *(case.events or ())), default=None) if case.work is not None else None
    while world.ops - begun < case.ops and world.steps < 20 * case.ops:
        step = world.steps
        if last is not None and step > last:
            break
        if case.events is None or step in case.events:
            schedule.happen(world, dice(case.seed, "events", step))
        if case.work is None or step in case.work:
            _work(world, dice(case.seed, "work", step))
        world.steps += 1
    quiet(world)


def _work(world: World, chance: Random) -> None:
    if chance.random() < 0.3:
        office.work(world, chance)
        return
    handset = chance.choice(world.live())
    field.work(world, handset, chance)
    checks.nothing_is_lost(world, handset)


def quiet(world: World) -> None:
    """Signal for all, room for all, no more work: everything comes out, in bounded rounds."""
    world.say("quiet")
    world.weather.calm = True
    world.network.cut_off.clear()
    world.portion(DEFAULT_LIMITS)
    world.network.deliver_all()
    for handset in world.live():
        handset.disk.live_on()
    for round in range(MOST_ROUNDS):
        before = world.books.versions.copy(), world.books.model.epoch, [one.base() for one in world.live()]
        for handset in world.live():
            schedule.sync(world, handset, dice(world.seed, "quiet", round, handset.name))
            handset.upload()
        pending = any(one.has_pending() for one in world.live())
        after = world.books.versions.copy(), world.books.model.epoch, [one.base() for one in world.live()]
        if before == after and not pending:
            break
    else:
        hold(False, 9, f"not at rest after {MOST_ROUNDS} rounds")
    quarantine = world.quarantined()
    for handset in world.live():
        checks.has_settled(world, handset, quarantine)
    checks.nothing_promised_is_lost(world, quarantine)
    checks.photos_have_arrived(world)
    checks.database_is_what_was_committed(world)
