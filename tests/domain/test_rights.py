"""Who holds what: rights follow records."""

from __future__ import annotations

import pytest

from domain.commands import dispatch, order, visit
from domain.commands.draft import create, update
from domain.numbers import is_order_number
from tests.domain.world import NOW, World

W1 = "work_order/W1"
JOB = {W1, "site/S1", "customer/C1"}
CATALOGUE = {"catalogue/parts", "catalogue/knowledge", "catalogue/checklists", "catalogue/skills"}


def test_technician_holds_their_profile_the_catalogue_and_their_van(world: World) -> None:
    assert world.held("ta") == CATALOGUE | {"self/ta", "stock/V1"}
    assert world.held("tb") == CATALOGUE | {"self/tb"}


def test_van_that_changes_hands_takes_its_stock_along(world: World) -> None:
    world.dispatcher.give([update(world["technician", "ta"], van=None)])
    world.dispatcher.give([update(world["technician", "tb"], van="V1")])
    assert "stock/V1" not in world.held("ta") and "stock/V1" in world.held("tb")


def test_who_leaves_the_company_holds_nothing(world: World) -> None:
    world.supervisor.give([update(world["technician", "ta"], active=False)])
    assert world.held("ta") == set()


def test_planned_visit_gives_nothing_and_a_dispatched_one_the_job(world: World) -> None:
    world.dispatcher.give(dispatch.assign(order="W1", visit="VA", technician="ta", dispatch=False))
    assert not JOB & world.held("ta")
    world.dispatcher.give(dispatch.dispatch(world["visit", "VA"]))
    assert world.held("ta") >= JOB


@pytest.mark.parametrize("take", [dispatch.withdraw, dispatch.cancel_visit])
def test_withdrawn_or_cancelled_visit_takes_the_job_and_a_reinstated_one_gives_it_back(
    world: World, take: object
) -> None:
    world.dispatcher.give(take(world.assign(), reason="x"))  # type: ignore[operator]
    assert not JOB & world.held("ta")
    world.dispatcher.give(dispatch.reinstate(world["visit", "VA"]))
    assert world.held("ta") >= JOB


def test_declined_visit_takes_the_job_and_tells_the_dispatcher(world: World) -> None:
    world.a.give(visit.step(world.assign(), "decline", at=NOW, reason="declined"))
    assert not JOB & world.held("ta")
    assert world.items() == ["declined"]


def test_two_visits_hold_the_job_until_the_last_is_gone(world: World) -> None:
    first = world.assign()
    world.dispatcher.give(dispatch.assign(order="W1", visit="VA2", technician="ta"))
    world.dispatcher.give(dispatch.withdraw(first, reason="x"))
    assert world.held("ta") >= JOB
    world.dispatcher.give(dispatch.withdraw(world["visit", "VA2"], reason="x"))
    assert not JOB & world.held("ta")


def test_done_visit_on_a_closed_order_leaves_the_phone_and_a_reopened_one_comes_back(world: World) -> None:
    mine = world.assign()
    world.a.give(visit.step(mine, "complete", at=NOW))
    assert world.held("ta") >= JOB
    world.system.give(
        order.close(world["work_order", "W1"], at=NOW, outcome="solved", anything_else="nothing")
    )
    assert not JOB & world.held("ta")
    world.supervisor.give(order.reopen(world["work_order", "W1"], at=NOW, reason="not solved"))
    assert world.held("ta") >= JOB


def second_fault(site: str = "S1", customer: str = "C1") -> list:
    return order.open_on_site(
        order="W2",
        visit="V2",
        technician="ta",
        technician_number="017",
        ordinal=1,
        site=site,
        customer=customer,
        asset="A1",
        symptom="漏水",
        opened_at=NOW,
        opened_on="2026-03-02",
        second_fault_of="W1",
    )


def test_second_fault_on_site_is_the_technicians_own_job_at_once(world: World) -> None:
    world.assign()
    world.a.do(second_fault())
    results = world.a.sync()
    assert [one.status for one in results] == ["applied", "applied"]
    assert {"work_order/W2", *JOB} <= world.held("ta")
    opened = world["work_order", "W2"].fields
    assert opened["provisional_number"] == "T017-260302-1"
    assert is_order_number(opened["number"]) and opened["state"] == "scheduled"


def test_order_on_site_may_arrive_before_its_visit(world: World) -> None:
    world.assign()
    opened, mine = second_fault()
    world.a.give([opened])
    assert "work_order/W2" in world.held("ta")
    assert [one.status for one in world.a.give([mine])] == ["applied"]


def test_opening_an_order_gives_no_site_that_one_does_not_hold(world: World) -> None:
    world.a.do(second_fault())
    assert [one.status for one in world.a.sync()] == ["applied", "applied"]
    assert "work_order/W2" in world.held("ta")
    assert not {"site/S1", "customer/C1"} & world.held("ta")


def test_opening_an_order_for_a_foreign_customer_gives_nothing_of_theirs(world: World) -> None:
    world.system.give([create("customer", "C2", "customer/C2", number="C2", name={"zh": "x"})])
    world.assign()
    world.a.give(second_fault(customer="C2"))
    assert "customer/C2" not in world.held("ta")


def test_order_in_another_ones_name_is_not_opened(world: World) -> None:
    world.b.do(second_fault())
    assert world.b.sync()[0].reason == "not_your_role"
    assert world.find("work_order", "W2") is None


def test_provisional_number_is_an_alias_for_ever(world: World) -> None:
    world.assign()
    world.a.give(second_fault())
    world.dispatcher.give([update(world["work_order", "W2"], provisional_number="X")])
    assert world["work_order", "W2"].fields["provisional_number"] == "T017-260302-1"


def test_nobody_writes_a_number(world: World) -> None:
    before = world["work_order", "W1"].fields["number"]
    world.dispatcher.give([update(world["work_order", "W1"], number="SO-1")])
    assert world["work_order", "W1"].fields["number"] == before
    world.dispatcher.give(
        [create("work_order", "W3", "work_order/W3", site="S1", customer="C1", opened_at=NOW, number="SO-1")]
    )
    assert is_order_number(world["work_order", "W3"].fields["number"])
