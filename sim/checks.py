"""What must hold of a phone: after each step where that is cheap, and of everything at the end."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from doorstep_client.identity import schema
from sim.handset import Handset
from sim.schema import GAUGE, READING
from sim.violation import Violation, hold
from sim.world import World
from tests.stranger.canonical import canonical

Bodies = dict[tuple[str, str], bytes]


def nothing_is_lost(world: World, handset: Handset) -> None:
    """Invariant 1: what its owner was promised is on the phone, or in the ledger."""
    lost = handset.open - handset.all_ids() if handset.open else set()
    hold(not lost, 1, f"{sorted(lost)} of {handset.name} is nowhere")


def base_is_committed(world: World, handset: Handset, aggregates: Iterable[str]) -> None:
    """Invariant 3: each of these aggregates, as the phone holds it, equals one committed version."""
    books, base = world.books, handset.base()
    for id in aggregates:
        if id not in base:
            continue
        epoch, ver, shadow = base[id]
        if epoch != books.model.epoch:
            continue
        hold(
            ver == 0 or ver in books.states.get(id, {}),
            3,
            f"{handset.name} holds {id} at {ver}, which never was",
        )
        held, stands = handset.records(id), books.states.get(id, {}).get(ver, {})
        if held == stands:
            continue
        mine, theirs = _live(held), _live(stands)
        if is_cast_down(world, handset) or (shadow and world.version > 1):
            differing = {key for key in mine.keys() & theirs.keys() if mine[key] != theirs[key]}
            mine |= {key: _as_version_1(key, mine[key]) for key in differing}
            theirs |= {key: _as_version_1(key, theirs[key]) for key in differing}
        if mine != theirs:
            told = _first(mine, theirs)
            raise Violation(3, f"{handset.name} holds {id} at {ver} as it never was: {told}")


def is_cast_down(world: World, handset: Handset) -> bool:
    """Whether the phone still holds records of an earlier schema, or has not fetched all of them anew."""
    return world.version > 1 and (
        not handset.is_ready
        or schema(handset.phone.store).version < world.version
        or handset.phone.store.one("SELECT 1 FROM refetch") is not None
    )


def _as_version_1(key: tuple[str, str], body: bytes) -> bytes:
    """What of a record an old phone is sent."""
    wire = msgspec.json.decode(body)
    if key[0] == GAUGE:
        wire["fields"], wire["clocks"] = {}, wire["clocks"][:1]
    wire["fields"].pop("unit", None)
    wire["clocks"] = [
        [*origin[:4], names]
        for origin in wire["clocks"]
        if (names := [name for name in origin[4] if name != "unit"]) or not origin[4]
    ]
    return canonical(wire)


def effects_show_once(world: World, handset: Handset, aggregate: str) -> None:
    """Invariant 3: a counter shows what the base holds, and each of the owner's own increments that it does not."""
    books, base = world.books, handset.base().get(aggregate)
    if base is None or base[0] != books.model.epoch:
        return
    own: dict[str, list[tuple[str, int]]] = {}
    unclear = set()
    for one, status in handset.own(READING, aggregate):
        if one.action == "delete" or status == "parked" or one.id in world.malformed:
            unclear.add(one.record)
        line = books.by_id.get(one.id)
        if line is not None and (
            line.status == "parked" or (not status and _has_copy(world, handset, one.id))
        ):
            unclear.add(one.record)  # a copy of this phone has sent it, which this one cannot know yet
        if "inc" in (word := one.set.get("used", {})):
            seen = 0
            if line is not None and line.status != "parked":
                seen = msgspec.json.decode(line.result)["wrote"][aggregate]
            own.setdefault(one.record, []).append((one.id, 0 if 0 < seen <= base[1] else word["inc"]))
        elif word:
            unclear.add(one.record)
    bodies = handset.records(aggregate)
    for record, words in own.items():
        body = bodies.get((READING, record))
        if body is None or record in unclear:
            continue
        wire = msgspec.json.decode(body)
        if wire["deleted"] or any("_deleted" in origin[4] for origin in wire["clocks"]):
            continue
        expected = wire["fields"]["used"] + sum(inc for _, inc in words)
        shown = handset.shown(READING, record)
        found = None if shown is None else shown["used"]
        hold(
            found == expected,
            3,
            f"{handset.name} shows {record}.used as {found}, not {expected}: base {base}, own {words}",
        )


def _has_copy(world: World, handset: Handset, id: str) -> bool:
    return any(id in other.promised for other in world.handsets if other is not handset)


def has_settled(world: World, handset: Handset, quarantine: set[str]) -> None:
    """Invariants 1, 6, 9: quiet and connected, a phone has nothing to send and holds its part, no more."""
    books = world.books
    hold(not handset.has_pending(), 9, f"{handset.name} still has something to send, in quiet")
    left = handset.open - quarantine
    hold(not left, 1, f"{sorted(left)} of {handset.name} is neither in the ledger nor in quarantine")
    if handset.device in world.revoked or handset.device not in world.devices:
        hold(not handset.base(), 12, f"{handset.name} is withdrawn, and holds {sorted(handset.base())}")
        return
    held, base = books.held(handset.user), handset.base()
    stands = {id: (books.model.epoch, ver, False) for id, ver in held.items()}
    hold(base == stands, 6, f"{handset.name} holds {_first(base, stands)}")
    base_is_committed(world, handset, sorted(base))
    for id in sorted(base):
        effects_show_once(world, handset, id)
        _shows_what_stands(world, handset, id)
    faults = handset.phone.freshness().faults
    hold(not faults, 6, f"{handset.name} complains in quiet: {faults}")


def _shows_what_stands(world: World, handset: Handset, aggregate: str) -> None:
    if is_cast_down(world, handset):
        return
    for entity in (READING, "visit") if aggregate.startswith("work_order/") else ():
        for seen in handset.phone.of(aggregate, entity):
            if seen.parked:
                continue
            wire = world.books.record(entity, seen.id)
            stands = None if wire is None or wire["deleted"] else wire["fields"]
            if seen.fields != stands:
                told = _first(seen.fields, stands or {})
                raise Violation(6, f"{handset.name} shows {entity} {seen.id}: {told}")


def nothing_promised_is_lost(world: World, quarantine: set[str]) -> None:
    """Invariant 1, of everything that anybody was ever promised."""
    books = world.books
    lost = [
        id
        for id in world.promised
        if id not in books.by_id and id not in quarantine and id not in world.orphans
    ]
    hold(not lost, 1, f"{lost} was saved on a phone, and is nowhere")


def photos_have_arrived(world: World) -> None:
    """Invariant 10: in quiet, each photo whose row is on the server is there with its bytes, and its row says so."""
    stored = set(world.depot.stored())
    for handset in world.live():
        if handset.device in world.revoked or handset.device not in world.devices:
            continue
        for one in handset.phone.uploads():
            row = world.books.record("media", one.media)
            told = f"{one.media} on {handset.name} is {one.state}, {one.detail}"
            hold(row is None or (one.state == "stored" and one.media in stored), 10, told)
            hold(row is None or row["fields"]["state"] == "stored", 10, f"{told}; its row says otherwise")


def database_is_what_was_committed(world: World) -> None:
    """The database itself, read once more: versions, records and ledger are those of the books."""
    books = world.books
    ids = sorted(books.versions)
    with world.backend.store.snapshot() as snapshot:
        found = {
            (msgspec.json.decode(body)["entity"], id): bytes(body)
            for _, _, id, body in snapshot.changed([(one, 0) for one in ids])
        }
        hold(found == books.bytes, 2, f"the database holds {_first(found, books.bytes)}")
        hold(snapshot.epoch() == books.model.epoch, 2, "the database is of another epoch")
        for device in sorted({device for device, _ in books.ledger}):
            lines = snapshot.ledger(device, 0, 100_000)
            mine = {seq for by, seq in books.ledger if by == device}
            hold({one.seq for one in lines} == mine, 1, f"the ledger of {device} has other lines")
            for one in lines:
                kept = books.ledger[device, one.seq]
                hold(
                    (one.payload, one.status, one.result) == (kept.payload, kept.status, kept.result),
                    1,
                    f"{one.id} is kept otherwise",
                )


def _live(bodies: Bodies) -> Bodies:
    return {key: body for key, body in bodies.items() if b'"deleted":false' in body}


def _first(mine: object, theirs: object) -> str:
    """Where two differ, in a line."""
    if not isinstance(mine, dict) or not isinstance(theirs, dict):
        return f"{mine!r}, not {theirs!r}"
    for key in sorted(mine.keys() | theirs.keys()):
        if mine.get(key) != theirs.get(key):
            return f"{key}: {mine.get(key)!r}, not {theirs.get(key)!r}"
    return "the same"
