"""What technicians do, on what their phone shows: one step of the workload tape."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from typing import Any

from domain import place
from domain.commands import expert, order, parts, visit
from domain.commands.decide import decide
from domain.commands.draft import Drafted, create, update
from doorstep_client.view import Seen
from sim.company import PARTS, STEPS, TEMPLATE, VANS
from sim.handset import Handset
from sim.schema import EVENTS, GAUGE, POISON, RANKS, READING, TAGS
from sim.world import World
from sync.clock import Clock
from sync.record import Record

NOW = "2026-01-02T10:00:00Z"
Act = Callable[[World, Handset, str, random.Random], list[Drafted]]


def work(world: World, handset: Handset, dice: random.Random) -> None:
    """One to eight things, nearly always on an order that the phone holds."""
    held = handset.held_orders()
    known = sorted({wire["id"] for wire in world.books.of("work_order")})
    if not handset.is_ready or (not held and not known):
        return
    id = dice.choice(held if held and dice.random() < 0.95 else known)
    acts, weights = zip(*_ACTS, strict=True)
    for _ in range(dice.randint(1, 8)):
        act = dice.choices(acts, weights)[0]
        _author(world, handset, act(world, handset, id, dice), checked=act not in _UNCHECKED)
    if dice.random() < 0.05:
        _on_site(world, handset, dice)


def _author(world: World, handset: Handset, drafts: list[Drafted], *, checked: bool) -> None:
    if not drafts:
        return
    made = handset.author(drafts, checked=checked)
    world.keep(handset)
    said = "; ".join(f"{one.action} {one.entity} {one.record} {one.set}" for one in drafts)
    world.say(f"{handset.name} makes {[one.id for one in made]}: {said}")
    if not checked:
        world.malformed |= {one.id for one in made}


def reading_of(id: str, dice: random.Random) -> tuple[str, str]:
    """(record, aggregate) of one of an order's readings, which may not exist."""
    return f"r{dice.choice((1, 1, 1, 2, 2, 3))}-{id}", place.work_order(id)


def words(world: World, dice: random.Random, shown: dict[str, Any]) -> dict[str, Any]:
    """New words for one to four fields of a reading, by somebody who sees it so."""
    word = world.word()
    used = shown.get("used") or 0
    prose = shown.get("remarks") or ""
    at = dice.randint(0, len(prose))
    remark = f"{prose[:at]}{word} {prose[at:]}"[:300]
    forms: dict[str, Callable[[], Any]] = {
        "label": lambda: dice.choice((word, "reading 1")),
        "grade": lambda: word,
        "asked": lambda: word,
        "spot": lambda: dice.choice((word, word, "north")),
        "value": lambda: dice.choice((word, word, "7")),
        "reader": lambda: word,
        "severity": lambda: dice.choice(RANKS),
        "peak": lambda: dice.randint(0, 50),
        "remarks": lambda: dice.choice(({"text": remark, "base": prose}, word)),
        "tags": lambda: dice.choice(
            (
                {"add": [dice.choice(TAGS)]},
                {"remove": [dice.choice(TAGS)]},
                {"add": [dice.choice(TAGS)], "remove": [dice.choice(TAGS)]},
            )
        ),
        "log": lambda: {"add": [{"id": dice.choice((word, f"e{dice.randint(1, 5)}")), "text": word}]},
        "used": lambda: dice.choice(
            ({"inc": dice.randint(1, 9)}, {"inc": 1}, {"recount": used + 2, "observed": used})
        ),
        "phase": lambda: {"event": dice.choice(EVENTS)},
    }
    if world.version > 1:
        forms["unit"] = lambda: word
    names = dice.sample(sorted(forms), dice.randint(2, 6))
    return {name: forms[name]() for name in names}


def _read(world: World, handset: Handset, id: str, dice: random.Random) -> list[Drafted]:
    record, aggregate = reading_of(id, dice)
    shown = handset.shown(READING, record)
    if shown is None:
        return _begin(world, handset, id, dice)
    return [Drafted(entity=READING, record=record, aggregate=aggregate, set=words(world, dice, shown))]


def _begin(world: World, handset: Handset, id: str, dice: random.Random) -> list[Drafted]:
    record, aggregate = reading_of(id, dice)
    return [create(READING, record, aggregate, **words(world, dice, {}))]


def _strike_out(world: World, handset: Handset, id: str, dice: random.Random) -> list[Drafted]:
    record, aggregate = reading_of(id, dice)
    return (
        [Drafted(entity=READING, record=record, aggregate=aggregate, action="delete")]
        if handset.shown(READING, record)
        else []
    )


def _blindly(world: World, handset: Handset, id: str, dice: random.Random) -> list[Drafted]:
    """What a phone of ours would not let pass: a reading that is not there, a field or an entity to come, a fault."""
    record, aggregate = reading_of(id, dice)
    set: dict[str, Any] = {"spot": world.word(), "used": {"inc": 1}}
    entity, action = READING, "update"
    match dice.randrange(6):
        case 0:
            record = f"r{dice.randint(3, 5)}-{id}"
        case 1:
            set["unit"] = world.word()
        case 2:
            entity, action, set, record = (
                GAUGE,
                "create",
                {"text": world.word()},
                f"g{dice.randint(1, 3)}-{id}",
            )
        case 3:
            set["spot"] = 7
        case 4 if "poison" in world.weather.on:
            set["remarks"] = POISON
            world.weather.happened["poison"] += 1
        case _:
            set["nonsense"] = 1
    return [Drafted(entity=entity, record=record, aggregate=aggregate, set=set, action=action)]  # type: ignore[arg-type]


def _visit(handset: Handset, id: str, dice: random.Random) -> Record | None:
    mine = [
        one
        for one in handset.phone.of(place.work_order(id), "visit")
        if one.fields["technician"] == handset.user
    ]
    return as_record(dice.choice(mine)) if mine else None


def as_record(seen: Seen) -> Record:
    """What a command of the domain wants, of what a screen shows."""
    return Record(
        entity=seen.entity,
        id=seen.id,
        aggregate=seen.aggregate,
        ver=0,
        created=Clock(0, "", 0, ""),
        fields=seen.fields,
        clocks={},
    )


def _on_visit(world: World, handset: Handset, id: str, dice: random.Random) -> list[Drafted]:
    mine = _visit(handset, id, dice)
    if mine is None:
        return []
    site, word = _site(world, id), world.word()
    match dice.randrange(14):
        case 0 | 1 | 2:
            return visit.step(
                mine,
                dice.choice(("accept", "travel", "arrive", "start", "pause", "resume", "finish")),
                at=NOW,
            )
        case 3:
            return visit.step(
                mine,
                dice.choice(("decline", "leave_incomplete", "sign_off", "complete")),
                at=NOW,
                reason=None,
            )
        case 4:
            return visit.confirm(mine, at=NOW)
        case 5:
            return visit.agree_on_site(mine, starts_at=NOW, ends_at="2026-01-02T12:00:00Z", at=NOW)
        case 6:
            return visit.correct_on_site(mine, address={"line": {"zh": word}})
        case 7:
            return visit.correct_on_site(
                mine, contact=f"K{site[1:]}", phone=f"139{world.time.ms % 10**8:08d}"
            )
        case 8:
            return visit.answer_step(
                mine,
                template=TEMPLATE,
                step=dice.choice(STEPS),
                verdict=dice.choice(("passed", "failed")),
                at=NOW,
            )
        case 9:
            return visit.write_note(
                mine.aggregate, note=f"n-{word}", text=word, by=handset.user, at=NOW, visit=mine.id
            )
        case 10:
            return parts.use_part(
                mine,
                move=f"m-{word}",
                part=dice.choice(PARTS),
                quantity=1,
                from_location=VANS[handset.user],
                at=NOW,
                by=handset.user,
            )
        case 11:
            return expert.ask_expert(
                mine, case=f"x-{dice.randint(1, 3)}-{mine.id}", question=word, at=NOW, by=handset.user
            )
        case 12:
            return [
                update(
                    mine,
                    findings={
                        "text": f"{mine.fields.get('findings') or ''}{word} "[-3000:],
                        "base": mine.fields.get("findings") or "",
                    },
                )
            ]
        case _:
            return [_signature(mine, word)]


def _signature(mine: Record, word: str) -> Drafted:
    """A sign-off, refused: what is signed never changes (the signature itself is not looked at here)."""
    return create(
        "sign_off", f"so-{mine.id}", mine.aggregate, visit=mine.id, outcome="refused", reason=word,
        signed_at=NOW, document="{}", document_sha256="0" * 64, statement=f'{{"word":"{word}"}}',
    )  # fmt: skip


def _site(world: World, id: str) -> str:
    wire = world.books.record("work_order", id)
    return str(wire["fields"]["site"]) if wire else "S1"


def _on_place(world: World, handset: Handset, id: str, dice: random.Random) -> list[Drafted]:
    """A correction of the customer's own data, found on site."""
    site = place.site(_site(world, id))
    kind, set = dice.choice((("contact", {"phone": world.word()}), ("asset", {"serial": world.word()})))
    found = handset.phone.of(site, kind)
    return [update(as_record(dice.choice(found)), **set)] if found else []


def _decide(world: World, handset: Handset, id: str, dice: random.Random) -> list[Drafted]:
    found = [
        one for one in handset.phone.of(place.work_order(id), "conflict") if one.fields["state"] != "decided"
    ]
    if not found:
        return []
    world.weather.happens("resolve", dice, 1.0)
    return decide(as_record(dice.choice(found)), dice.choice(("standing", "losing", "losing")))


def _photograph(world: World, handset: Handset, id: str, dice: random.Random) -> list[Drafted]:
    """A photo: its row travels by the exchange, its bytes on their own."""
    media, data = f"ph-{world.word()}", dice.randbytes(dice.randint(1, 1500))
    world.depot.photos[media] = data
    if not handset.photograph(media, data):
        return []
    return [
        create(
            "media", media, place.work_order(id), kind="photo", content_type="image/jpeg", by=handset.user,
            sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data),
        )
    ]  # fmt: skip


def _on_site(world: World, handset: Handset, dice: random.Random) -> None:
    """A second fault, found on site: an order of the technician's own."""
    id = f"O-{world.word()}"
    drafts = order.open_on_site(
        order=id, visit=f"v-{id}", technician=handset.user, technician_number=handset.user, ordinal=1,
        site=dice.choice(("S1", "S2")), customer="C1", symptom="漏水", opened_at=NOW, opened_on=NOW[:10],
    )  # fmt: skip
    _author(world, handset, drafts, checked=True)


_ACTS: list[tuple[Act, int]] = [
    (_read, 12),
    (_begin, 2),
    (_strike_out, 1),
    (_blindly, 1),
    (_on_visit, 5),
    (_on_place, 1),
    (_decide, 1),
    (_photograph, 2),
]
_UNCHECKED = {_blindly}
