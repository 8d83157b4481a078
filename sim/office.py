"""What desks do meanwhile: one step of the workload tape. A form may have been open for a while."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from domain import place
from domain.commands import decide as decisions
from domain.commands import dispatch, expert, order, parts
from domain.commands.draft import Drafted, create, delete, update
from sim.company import ORDERS, PARTS, TECHNICIANS, VANS, assigned, opened, template
from sim.field import NOW, reading_of, words
from sim.model import Json
from sim.schema import READING
from sim.world import World
from sync.clock import Clock
from sync.record import Record

Act = Callable[[World, random.Random], None]


def work(world: World, dice: random.Random) -> None:
    """One to three things, by whoever does such things."""
    acts, weights = zip(*_ACTS, strict=True)
    for act in dice.choices(acts, weights, k=dice.randint(1, 3)):
        act(world, dice)


def withdraw(world: World, visit: Json) -> None:
    """Take a visit from its technician, by a form that shows what stands."""
    ver = world.books.versions[visit["aggregate"]]
    world.desk("dispatcher", dispatch.withdraw(_record(visit), reason="other"), ver)


def _write(world: World, role: str, about: Json | str, drafts: list[Drafted], dice: random.Random) -> str:
    """Write as somebody whose form shows the aggregate as it was, mostly not long ago."""
    aggregate = about if isinstance(about, str) else about["aggregate"]
    ver = world.books.versions.get(aggregate, 0)
    seen = ver - dice.choice((0, 0, 0, 1, 2, 4, 9))
    return world.desk(role, drafts, max(seen, 0))


def _record(wire: Json) -> Record:
    return Record(
        entity=wire["entity"], id=wire["id"], aggregate=wire["aggregate"], ver=wire["ver"],
        created=Clock(0, "", 0, ""), fields=wire["fields"], clocks={},
    )  # fmt: skip


def _any(world: World, entity: str, dice: random.Random, **wanted: Any) -> Json | None:
    found = [
        wire
        for wire in world.books.of(entity)
        if all(wire["fields"].get(name) == value for name, value in wanted.items())
    ]
    return dice.choice(found) if found else None


def _read(world: World, dice: random.Random) -> None:
    """The office has something to say about a reading, too."""
    record, aggregate = reading_of(dice.choice(sorted(ORDERS)), dice)
    wire = world.books.record(READING, record)
    if wire is None:
        drafts = [create(READING, record, aggregate, **words(world, dice, {}))]
    elif dice.random() < 0.07:
        world.weather.happened["delete"] += 1
        drafts = [Drafted(entity=READING, record=record, aggregate=aggregate, action="delete")]
    else:
        drafts = [
            Drafted(
                entity=READING, record=record, aggregate=aggregate, set=words(world, dice, wire["fields"])
            )
        ]
    _write(world, "dispatcher", aggregate, drafts, dice)


def _reassign(world: World, dice: random.Random) -> None:
    wire = _any(world, "visit", dice, dispatch_state="dispatched")
    if wire is None or not world.weather.happens("reassign", dice, 1.0):
        return
    to = dice.choice([who for who in TECHNICIANS if who != wire["fields"]["technician"]])
    drafts = dispatch.reassign(_record(wire), new_visit=f"v-{world.word()}", technician=to, reason="krank")
    _write(world, "dispatcher", wire, drafts, dice)


def _withdraw(world: World, dice: random.Random) -> None:
    wire = _any(world, "visit", dice, dispatch_state="dispatched")
    if wire is not None and world.weather.happens("reassign", dice, 1.0):
        drafts = dispatch.withdraw(_record(wire), reason="other")
        _write(world, "dispatcher", wire, drafts, dice)


def _assign(world: World, dice: random.Random) -> None:
    """There is always somebody on each order, some time."""
    id = dice.choice(sorted(ORDERS))
    wire = world.books.record("work_order", id)
    if wire is not None and not wire["deleted"]:
        _write(world, "dispatcher", wire, assigned(id, f"v-{world.word()}", dice.choice(TECHNICIANS)), dice)


def _reinstate(world: World, dice: random.Random) -> None:
    wire = _any(world, "visit", dice, dispatch_state=dice.choice(("withdrawn", "cancelled")))
    if wire is not None:
        _write(world, "dispatcher", wire, dispatch.reinstate(_record(wire)), dice)


def _reschedule(world: World, dice: random.Random) -> None:
    wire = _any(world, "visit", dice)
    if wire is not None and world.weather.happens("reschedule", dice, 1.0):
        day = dice.randint(3, 28)
        drafts = dispatch.reschedule(
            _record(wire), starts_at=f"2026-01-{day:02d}T09:00:00Z", ends_at=f"2026-01-{day:02d}T11:00:00Z"
        )
        _write(world, "dispatcher", wire, drafts, dice)


def _cancel(world: World, dice: random.Random) -> None:
    if not world.weather.happens("cancel", dice, 1.0):
        return
    if dice.random() < 0.7:
        wire = _any(world, "visit", dice)
        drafts = dispatch.cancel_visit(_record(wire), reason="other") if wire else []
    else:
        wire = _any(world, "work_order", dice)
        drafts = order.cancel(_record(wire), at=NOW, reason="other") if wire else []
    if wire is not None:
        _write(world, "dispatcher", wire, drafts, dice)


def _delete(world: World, dice: random.Random) -> None:
    if not world.weather.happens("delete", dice, 1.0):
        return
    wire = _any(world, dice.choice(("visit", "work_order", "contact", "asset")), dice)
    if wire is not None:
        _write(world, "dispatcher", wire, [delete(_record(wire))], dice)


def _correct(world: World, dice: random.Random) -> None:
    if not world.weather.happens("correct", dice, 1.0):
        return
    entity = dice.choice(("contact", "asset", "site", "work_order"))
    wire = _any(world, entity, dice)
    word = world.word()
    words_of: dict[str, dict[str, Any]] = {
        "contact": {"phone": word},
        "asset": {"serial": word, "model": word},
        "site": {"access_notes": {"zh": word}},
        "work_order": {"priority": dice.choice(("low", "high")), "office_notes": word},
    }
    if wire is not None:
        _write(world, "dispatcher", wire, [update(_record(wire), **words_of[entity])], dice)


def _resolve(world: World, dice: random.Random) -> None:
    wire = _any(world, "conflict", dice, state=dice.choice(("open", "open", "settled")))
    if wire is None or not world.weather.happens("resolve", dice, 1.0):
        return
    choose = dice.choice(("standing", "losing", "losing", "other"))
    value = _another(world, wire, dice) if choose == "other" else None
    drafts = decisions.decide(_record(wire), choose, value=value)
    _write(world, dice.choice(("dispatcher", "supervisor")), wire, drafts, dice)


def _another(world: World, conflict: Json, dice: random.Random) -> Any:
    """Neither the one nor the other; what does not fit is refused."""
    return dice.choice((conflict["fields"]["standing"]["value"], world.word(), 3, None))


def _settle(world: World, dice: random.Random) -> None:
    if dice.random() < 0.5:
        wire = _any(world, "inbox_item", dice, state="open")
        drafts = (
            decisions.settle_item(
                _record(wire), dice.choice(("done", "window", "agreed", "bill", "go")), at=NOW
            )
            if wire
            else []
        )
    else:
        wire = _any(world, "master_change", dice, state="waiting")
        drafts = (
            []
            if wire is None
            else dice.choice(
                (decisions.approve_change(_record(wire)), decisions.reject_change(_record(wire), reason="no"))
            )
        )
    if wire is not None:
        _write(world, "dispatcher", wire, drafts, dice)


def _case(world: World, dice: random.Random) -> None:
    wire = _any(world, "expert_case", dice)
    if wire is None:
        return
    if dice.random() < 0.4:
        drafts = expert.claim_case(_record(wire), expert="u-expert")
    else:
        drafts = expert.answer_case(
            _record(wire),
            verdict=f"z-{world.word()}",
            expert="u-expert",
            at=NOW,
            cause=world.word(),
            stop_work=dice.random() < 0.3,
        )
    _write(world, "expert", wire, drafts, dice)


def _stock(world: World, dice: random.Random) -> None:
    van = dice.choice(sorted(VANS.values()))
    drafts = parts.move_parts(
        move=f"m-{world.word()}",
        kind="receipt",
        part=dice.choice(PARTS),
        quantity=dice.randint(1, 5),
        at=NOW,
        by="u-storekeeper",
        to_location=van,
    )
    _write(world, "storekeeper", place.stock(van), drafts, dice)


def _template(world: World, dice: random.Random) -> None:
    if world.weather.happens("template", dice, 1.0):
        version = 2 + sum(1 for _ in world.books.of("checklist_template"))
        _write(
            world,
            "admin",
            place.SHARDS["checklist_template"],
            [template(f"full-test-{world.word()}", version)],
            dice,
        )


def _open(world: World, dice: random.Random) -> None:
    """Another order, or one more life for an old one."""
    closed = _any(world, "work_order", dice)
    if closed is not None and dice.random() < 0.5:
        word = world.word()
        drafts = dice.choice(
            (
                order.close(
                    _record(closed),
                    at=NOW,
                    outcome="unsolved",
                    anything_else="no",
                    reason=word,
                    escalated_to="u",
                ),
                order.reopen(_record(closed), at=NOW, reason=word),
                order.triage(_record(closed), at=NOW, way=dice.choice(("remote", "visit"))),
            )
        )
        _write(world, "supervisor" if "closing" in drafts[0].set else "dispatcher", closed, drafts, dice)
        return
    id = f"N-{world.word()}"
    site, customer, asset = dice.choice(sorted(ORDERS.values()))
    world.desk("dispatcher", opened(id, site, customer, asset))
    world.desk("dispatcher", assigned(id, f"v-{id}", dice.choice(TECHNICIANS)))


_ACTS: list[tuple[Act, int]] = [
    (_read, 16),
    (_reassign, 2),
    (_withdraw, 1),
    (_assign, 2),
    (_reinstate, 2),
    (_reschedule, 2),
    (_cancel, 1),
    (_delete, 1),
    (_correct, 3),
    (_resolve, 3),
    (_settle, 1),
    (_case, 1),
    (_stock, 1),
    (_template, 1),
    (_open, 1),
]
