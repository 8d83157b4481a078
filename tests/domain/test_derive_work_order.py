"""The order's state, as a truth table over what people did."""

from __future__ import annotations

from typing import Any

import pytest

from domain.commands import dispatch, order, visit
from domain.commands.draft import update
from domain.derive_work_order import derive_state
from domain.identity import history_id
from domain.machines import DISPATCH, EXECUTION
from domain.schema.orders import STATES, WAITING_FOR
from sync.clock import Clock
from sync.record import Record
from tests.domain.world import NOW, World

CLOSED = {"at": NOW, "outcome": "solved", "anything_else": "nothing"}
CANCELLED = {"at": NOW, "reason": "x"}
REOPENED = {"at": NOW, "reason": "x"}
TRIAGED = {"at": NOW, "way": "visit"}


def row(entity: str, ver: int, **fields: Any) -> Record:
    clock = Clock(ver, "d", ver, "x")
    return Record(
        entity=entity,
        id=f"{entity}{ver}",
        aggregate="work_order/W1",
        ver=ver,
        created=clock,
        fields=fields,
        clocks={},
    )


def a_visit(text: str, ver: int) -> Record:
    dispatched, execution, *reason = text.split()
    fields: dict[str, Any] = {"dispatch_state": dispatched, "exec_state": execution}
    if reason:
        fields["exec_reason"] = {"code": reason[0]}
    return row("visit", ver, **fields)


@pytest.mark.parametrize(
    ("order", "visits", "state"),
    [
        ({}, [], "new"),
        ({"triage": TRIAGED}, [], "triaged"),
        ({}, ["planned received"], "scheduled"),
        ({}, ["dispatched received"], "scheduled"),
        ({}, ["dispatched accepted"], "scheduled"),
        ({}, ["withdrawn received"], "new"),
        ({"triage": TRIAGED}, ["cancelled accepted"], "triaged"),
        ({}, ["dispatched declined"], "new"),
        ({}, ["dispatched traveling"], "in_progress"),
        ({}, ["dispatched on_site"], "in_progress"),
        ({}, ["dispatched working", "planned received"], "in_progress"),
        ({}, ["withdrawn working", "dispatched received"], "in_progress"),
        ({}, ["dispatched paused break"], "in_progress"),
        ({}, ["dispatched paused"], "in_progress"),
        ({}, ["dispatched paused parts"], "waiting parts"),
        ({}, ["dispatched paused expert"], "waiting expert"),
        ({}, ["dispatched incomplete parts"], "waiting parts"),
        ({}, ["dispatched incomplete customer"], "waiting customer"),
        ({}, ["dispatched no_access"], "waiting customer"),
        ({}, ["dispatched incomplete customer", "dispatched incomplete parts"], "waiting parts"),
        ({}, ["dispatched incomplete parts", "dispatched accepted"], "scheduled"),
        ({}, ["dispatched incomplete parts", "dispatched done"], "work_done"),
        ({}, ["dispatched done", "dispatched incomplete parts"], "waiting parts"),
        ({}, ["dispatched incomplete other"], "triaged"),
        ({}, ["dispatched work_done"], "work_done"),
        ({}, ["dispatched signed_off"], "work_done"),
        ({}, ["dispatched done"], "work_done"),
        ({}, ["withdrawn done"], "work_done"),
        ({}, ["withdrawn done", "dispatched received"], "scheduled"),
        ({"closing": CLOSED}, ["dispatched done"], "closed"),
        ({"closing": CLOSED}, ["dispatched working"], "closed"),
        ({"cancellation": CANCELLED}, ["cancelled working"], "cancelled"),
        ({"cancellation": CANCELLED, "closing": CLOSED}, [], "cancelled"),
    ],
)
def test_state(order: dict[str, Any], visits: list[str], state: str) -> None:
    made = [a_visit(text, ver) for ver, text in enumerate(visits, start=2)]
    name, waiting_for = derive_state(row("work_order", 1, **order), made)
    assert " ".join(filter(None, (name, waiting_for))) == state


def test_reopened_order_forgets_the_visits_before() -> None:
    reopened = row("work_order", 5, reopening=REOPENED)
    assert derive_state(reopened, [a_visit("dispatched done", 2)]) == ("reopened", None)
    assert derive_state(reopened, [a_visit("dispatched done", 2), a_visit("dispatched accepted", 7)]) == (
        "scheduled",
        None,
    )


def test_every_combination_has_a_declared_state() -> None:
    for dispatched in DISPATCH.table:
        for execution in EXECUTION.table:
            name, waiting_for = derive_state(
                row("work_order", 1), [a_visit(f"{dispatched} {execution} parts", 2)]
            )
            assert name in STATES
            assert (waiting_for in WAITING_FOR) if name == "waiting" else waiting_for is None


def test_order_goes_through_its_states_as_people_work() -> None:
    world = World()
    seen = [world.state()]

    def then() -> None:
        seen.append(world.state())

    world.dispatcher.give(order.triage(world["work_order", "W1"], at=NOW, way="visit"))
    then()
    mine = world.assign()
    then()
    for event in ("accept", "travel", "arrive", "start", "pause"):
        world.a.give(visit.step(mine, event, at=NOW, reason="parts" if event == "pause" else None))
    then()
    for event in ("resume", "finish"):
        world.a.give(visit.step(mine, event, at=NOW))
        then()
    world.system.give(
        order.close(world["work_order", "W1"], at=NOW, outcome="solved", anything_else="nothing")
    )
    then()
    world.supervisor.give(order.reopen(world["work_order", "W1"], at=NOW, reason="noise again"))
    then()
    assert seen == [
        "new",
        "triaged",
        "scheduled",
        "waiting",
        "in_progress",
        "work_done",
        "closed",
        "reopened",
    ]
    assert world["work_order", "W1"].fields["waiting_for"] is None


def test_closing_writes_the_assets_history_once() -> None:
    world = World()
    mine = world.assign()
    world.a.give([update(mine, cause="风机卡滞", solution="更换风机", fault_code="E01")])
    world.a.give(visit.step(mine, "complete", at=NOW))
    for _ in range(2):
        world.system.give(
            order.close(world["work_order", "W1"], at=NOW, outcome="solved", anything_else="nothing")
        )
        world.supervisor.give(order.reopen(world["work_order", "W1"], at=NOW, reason="again"))
    (entry,) = world["history", history_id("A1")].fields["entries"]
    assert (entry["cause"], entry["technician"], entry["outcome"]) == ("风机卡滞", "ta", "solved")
    assert entry["number"] == world["work_order", "W1"].fields["number"]


def test_cancelled_order_cancels_its_visits_and_says_why() -> None:
    world = World()
    world.assign()
    world.dispatcher.give(dispatch.withdraw(world.assign("VB", "tb"), reason="other"))
    world.dispatcher.give(order.cancel(world["work_order", "W1"], at=NOW, reason="bought new"))
    states = {one.id: one.fields["dispatch_state"] for one in world.of("work_order/W1", "visit")}
    assert states == {"VA": "cancelled", "VB": "withdrawn"}
    assert world["visit", "VA"].fields["dispatch_reason"] == "bought new"
