"""The last hours, as they really come about: phones that were out of signal and desks that did not know.

Unlike the year, this is not loaded through one door: phones push what they authored on an old base, and desks write on
the base that their form displayed. The rules make conflicts, inbox items, corrections and parked work of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from domain.commands import dispatch
from domain.commands.draft import Drafted, create
from domain.commands.visit import moment
from domain.place import site, work_order
from server.demo.content.identity import stable_id
from server.demo.content.load import Record
from server.demo.content.world import World
from server.demo.job import change

ERROR_MS = 1000
UNKNOWN_FIELD = {"odour_level": 2}
"""Of an app that is a release ahead of the server."""
Status = Literal["taken", "parked"]


@dataclass(frozen=True)
class Said:
    """What one person did in one go: a technician (`role` says so) on the phone, anybody else at a desk."""

    key: str
    by: str
    role: str
    at: str
    drafted: list[Drafted] = field(default_factory=list)
    expected: Status = "taken"


def clashes(world: World) -> Iterator[Said]:
    """Everything that was said, in the order in which it reached the server; each saw what had been loaded."""
    for row in world.open["clashes"]:
        yield from _KINDS[row["kind"]](world, row)


def _phone(row: Record, *drafted: Drafted, expected: Status = "taken") -> Said:
    return Said(row["id"], row["technician"], "technician", row["at"], list(drafted), expected)


def _desk(row: Record, by: str, role: str, at: str, *drafted: Drafted) -> Said:
    return Said(row["id"], by, role, at, list(drafted))


def _address_both(world: World, row: Record) -> Iterator[Said]:
    order, home = world.by_id[row["order"]], site(row["site"])
    for said, by in ((row["office_address"], "intake"), (row["address"], "technician")):
        changed = change("site", row["site"], home, address=_address(world, row["site"], said))
        if by == "intake":
            yield _desk(row, order["agent"], by, row["office_at"], changed)
        else:
            yield _phone(row, changed)


def _phone_both(world: World, row: Record) -> Iterator[Said]:
    order = world.by_id[row["order"]]
    home = site(order["site"])
    told = change("contact", row["contact"], home, phone=row["office_phone"])
    yield _desk(row, order["agent"], "intake", row["office_at"], told)
    yield _phone(row, change("contact", row["contact"], home, phone=row["phone"]))


def _agreed_otherwise(world: World, row: Record) -> Iterator[Said]:
    order, visit = world.by_id[row["order"]], world.by_id[row["visit"]]
    window = {"starts_at": row["office_start"], "ends_at": row["office_end"]}
    yield _desk(row, order["dispatcher"], "dispatcher", row["office_at"], _visit(row, window=window))
    agreed = {
        "starts_at": visit["window_start"],
        "ends_at": visit["window_end"],
        "agreed_at": row["at"],
        "with_whom": world.by_id[order["contact"]]["name"]["zh"],
        "evidence": "电话约定",
    }
    yield _phone(row, _visit(row, agreed_on_site=agreed))


def _two_on_one_job(world: World, row: Record) -> Iterator[Said]:
    order, visit = world.by_id[row["order"]], world.by_id[row["visit"]]
    withdrawn = _visit(row, dispatch_state={"event": "withdraw"}, dispatch_reason=visit["dispatch_reason"])
    planned = _assigned(world, row["other"], order["dispatcher"], instead_of=visit["id"])
    yield _desk(row, order["dispatcher"], "dispatcher", row["office_at"], withdrawn, *planned)
    yield _phone(row, *_gone_there(row, visit))


def _two_plans(world: World, row: Record) -> Iterator[Said]:
    for by, at, visit in (
        (row["dispatcher"], row["at"], row["visit"]),
        (row["other_dispatcher"], row["office_at"], row["other"]),
    ):
        yield _desk(row, by, "dispatcher", at, *_assigned(world, visit, by))


def _done_after_cancellation(world: World, row: Record) -> Iterator[Said]:
    order, visit = world.by_id[row["order"]], world.by_id[row["visit"]]
    cancelled = {"at": row["office_at"], "reason": order["cancel_reason"]["zh"]}
    drafted = change("work_order", order["id"], work_order(order["id"]), cancellation=cancelled)
    yield _desk(row, order["dispatcher"], "dispatcher", row["office_at"], drafted)
    yield _phone(row, *_gone_there(row, visit))


def _correction_address(world: World, row: Record) -> Iterator[Said]:
    yield _phone(row, _visit(row, address_on_site=_address(world, row["site"], row["address"])))


def _correction_phone(world: World, row: Record) -> Iterator[Said]:
    yield _phone(row, _visit(row, phone_on_site={"contact": row["contact"], "phone": row["phone"]}))


def _parked_field(world: World, row: Record) -> Iterator[Said]:
    yield _phone(row, _visit(row, **UNKNOWN_FIELD), expected="parked")


def _parked_reference(world: World, row: Record) -> Iterator[Said]:
    """Shown to an operator on a visit that another phone opened on site and has not sent yet."""
    drafted = create(
        "demonstration",
        stable_id("demonstration", row["id"]),
        work_order(row["order"]),
        visit=stable_id("visit", row["id"], "not here yet"),
        point="日常清洁与报警处理",
        shown=True,
        shown_at=moment(row["at"], ERROR_MS),
    )
    yield _phone(row, drafted, expected="parked")


_KINDS: dict[str, Callable[[World, Record], Iterator[Said]]] = {
    "address_both": _address_both,
    "phone_both": _phone_both,
    "agreed_otherwise": _agreed_otherwise,
    "two_on_one_job": _two_on_one_job,
    "two_plans": _two_plans,
    "done_after_cancellation": _done_after_cancellation,
    "correction_address": _correction_address,
    "correction_phone": _correction_phone,
    "parked_field": _parked_field,
    "parked_reference": _parked_reference,
}


def _visit(row: Record, **fields: Any) -> Drafted:
    return change("visit", row["visit"], work_order(row["order"]), **fields)


def _gone_there(row: Record, visit: Record) -> tuple[Drafted, Drafted]:
    """Two taps of a technician who has not heard."""
    travel = moment(visit["travel_started_at"], ERROR_MS)
    arrived = moment(visit["arrived_at"], ERROR_MS)
    return (
        _visit(row, exec_state={"event": "travel"}, travel_started=travel),
        _visit(row, exec_state={"event": "arrive"}, arrived=arrived),
    )


def _assigned(world: World, id: str, by: str, instead_of: str | None = None) -> list[Drafted]:
    visit = world.by_id[id]
    return dispatch.assign(
        order=visit["work_order"],
        visit=id,
        technician=visit["technician"],
        window={"starts_at": visit["window_start"], "ends_at": visit["window_end"]},
        ordinal=visit["sequence"],
        expected_minutes=visit["planned_minutes"],
        instead_of=instead_of,
        planned_by=by,
    )


def _address(world: World, id: str, line: Record) -> dict[str, Any]:
    known = world.by_id[id]
    kept = {name: known[name] for name in ("province", "city", "district", "lat_e6", "lon_e6")}
    return {"line": line, **kept}
