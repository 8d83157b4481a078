"""When phones have signal, and what befalls them: one step of the schedule tape."""

from __future__ import annotations

import random
from collections.abc import Callable

from sim import checks, office
from sim.clock import DAY_MS, YEAR_MS
from sim.disk import Death
from sim.handset import Handset
from sim.world import World
from sync.pull import Limits

Event = Callable[[World, random.Random], None]
MOST_PHONES = 6


def happen(world: World, dice: random.Random) -> None:
    """Time passes, and zero to three things happen."""
    world.network.dice = dice
    world.time.ms += dice.choice((1_000, 60_000, 600_000, 3_600_000))
    events, weights = zip(*_EVENTS, strict=True)
    for _ in range(dice.choice((0, 1, 1, 1, 2, 3))):
        dice.choices(events, weights)[0](world, dice)


def sync(world: World, handset: Handset, dice: random.Random) -> None:
    """A phone has signal."""
    if not handset.device:
        world.enrol(handset)
        return
    said, taken = handset.sync()
    world.say(f"{handset.name} exchanges: {said}")
    if said == "no_room":
        world.weather.happened["full_disk"] += 1
    if said == "unknown" or (handset.is_sent_away and handset.device not in world.revoked):
        world.enrol(handset)  # its owner rings up, and the office knows of no reason
    world.keep(handset)
    checks.nothing_is_lost(world, handset)
    swapped = taken.swapped if taken is not None else sorted(handset.base())
    checks.base_is_committed(world, handset, swapped)
    for id in swapped:
        if id.startswith("work_order/") and dice.random() < 0.3:
            checks.effects_show_once(world, handset, id)


def _upload(world: World, dice: random.Random) -> None:
    """A phone has signal, and sends what it has photographed."""
    handset = _any(world, dice)
    if handset.device:
        world.say(f"{handset.name} uploads: {handset.upload()}")


def _any(world: World, dice: random.Random) -> Handset:
    return dice.choice(world.live())


def _signal(world: World, dice: random.Random) -> None:
    portions = Limits(page_records=dice.choice((1, 3, 20_000)), reply_bytes=dice.choice((300, 3_000, 10**7)))
    world.portion(portions if dice.random() < 0.4 else Limits())
    sync(world, _any(world, dice), dice)


def _partition(world: World, dice: random.Random) -> None:
    if "partition" not in world.weather.on:
        return
    names = [one.name for one in world.live()]
    world.network.cut_off = set(dice.sample(names, dice.randint(0, len(names) - 1)))


def _crash(world: World, dice: random.Random) -> None:
    handset = _any(world, dice)
    if world.weather.happens("crash", dice, 0.6):
        death: Death = dice.choice(("before", "after"))
        handset.disk.die_at(dice.randint(1, 4), death, dice)
    elif world.weather.happens("torn_write", dice, 0.8):
        handset.disk.die_at(dice.randint(1, 4), "torn", dice)
    elif dice.random() < 0.5:
        handset.restart()


def _full_disk(world: World, dice: random.Random) -> None:
    if "full_disk" in world.weather.on:
        handset = _any(world, dice)
        before = handset.disk.refused
        handset.disk.fill(dice.randint(1, 3))
        world.weather.happened["full_disk"] += handset.disk.refused - before


def _clock(world: World, dice: random.Random) -> None:
    handset = _any(world, dice)
    if world.weather.happens("clock_jump", dice, 0.7):
        handset.clock.off_ms = dice.choice((-10, -3, -1, 0, 1, 5, 20)) * YEAR_MS + dice.randint(
            -DAY_MS, DAY_MS
        )
    if world.weather.happens("reboot", dice, 0.6):
        handset.clock.reboot()
        handset.crash()
        world.keep(handset)


def _reinstall(world: World, dice: random.Random) -> None:
    handset = _any(world, dice)
    if not world.weather.happens("reinstall", dice, 0.5):
        return
    world.lose(handset)
    handset.reinstall()
    world.say(f"{handset.name} is installed anew")


def _clone(world: World, dice: random.Random) -> None:
    if len(world.live()) >= MOST_PHONES or not world.weather.happens("clone", dice, 0.5):
        return
    handset = _any(world, dice)
    twin = world.clone(handset)
    world.say(f"{twin.name} is a copy of {handset.name}")


def _revocation(world: World, dice: random.Random) -> None:
    handset = _any(world, dice)
    in_standing = handset.device in world.devices and handset.device not in world.revoked
    if in_standing and world.weather.happens("revocation", dice, 0.4):
        world.revoke(handset)


def _eviction(world: World, dice: random.Random) -> None:
    """The office takes an order from a technician who has work on it that nobody has yet."""
    handset = _any(world, dice)
    waiting = handset.orders_with_pending_work()
    if not waiting or not world.weather.happens("eviction", dice, 0.9):
        return
    id = dice.choice(waiting)
    for visit in world.books.of("visit", f"work_order/{id}"):
        if visit["fields"]["technician"] == handset.user:
            office.withdraw(world, visit)


def _slow(world: World, dice: random.Random) -> None:
    """An answer that was long under way arrives, perhaps after another one, perhaps twice."""
    world.late_answer(_any(world, dice), dice)


def _deploy(world: World, dice: random.Random) -> None:
    if world.version == 1 and world.weather.happens("deploy", dice, 0.3):
        world.deploy()


def _restore(world: World, dice: random.Random) -> None:
    if "restore" not in world.weather.on:
        return
    if world.backup is None or dice.random() < 0.5:
        world.back_up()
    elif world.weather.happens("restore", dice, 0.7):
        world.restore()


def _server_restarts(world: World, dice: random.Random) -> None:
    world.start()


_EVENTS: list[tuple[Event, int]] = [
    (_signal, 60),
    (_upload, 15),
    (_slow, 4),
    (_partition, 4),
    (_crash, 8),
    (_full_disk, 3),
    (_clock, 4),
    (_reinstall, 2),
    (_clone, 2),
    (_revocation, 2),
    (_eviction, 3),
    (_deploy, 4),
    (_restore, 4),
    (_server_restarts, 1),
]
