"""An order that is cancelled or closed refuses by its state, and has a way back."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.live import Json, etag
from tests.server.orders import Orders
from tests.server.plans import plan, states

ENDED: list[tuple[str, str, dict[str, Any]]] = [
    ("work-orders/{order}/triage", "dispatcher", {"way": "visit"}),
    ("work-orders/{order}/visits", "dispatcher", {"technician": "technician-2"}),
    ("work-orders/{order}/close", "supervisor", {"outcome": "solved", "anything_else": "nothing"}),
    ("visits/{visit}/reinstate", "dispatcher", {}),
    ("visits/{visit}/dispatch", "dispatcher", {}),
    ("visits/{visit}/reassign", "dispatcher", {"technician": "technician-2", "reason": "x"}),
]


@pytest.mark.parametrize(("path", "role", "body"), ENDED, ids=[one[0] for one in ENDED])
def test_a_cancelled_order_refuses_by_its_state(
    desks: dict[str, httpx.Client], orders: Orders, path: str, role: str, body: Json
) -> None:
    order, visit = orders.assigned()
    cancelled = desks["dispatcher"].post(
        f"/v1/desk/work-orders/{order}/cancel", json={"reason": "买了新的"}, headers=etag(orders.read(order))
    )
    before = orders.read(order).json()

    answer = desks[role].post(
        f"/v1/desk/{path.format(order=order, visit=visit)}",
        json=body,
        headers={**etag(cancelled), "Accept-Language": "zh"},
    )

    assert (answer.status_code, answer.json()["details"]["reason"]) == (422, "order_cancelled"), answer.text
    assert "工单已取消（买了新的）" in answer.json()["detail"]
    assert orders.read(order).json() == before


def test_a_cancellation_by_mistake_has_a_way_back(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order, visit = orders.assigned()
    path, desk = f"/v1/desk/work-orders/{order}", desks["dispatcher"]
    desk.post(f"{path}/cancel", json={"reason": "wrong row"}, headers=etag(orders.read(order)))
    again = desk.post(
        f"{path}/cancel",
        json={"reason": "still"},
        headers={**etag(orders.read(order)), "Accept-Language": "en"},
    )

    back = desk.post(f"{path}/reopen", json={"reason": "wrong row"}, headers=etag(orders.read(order)))

    assert (again.json()["results"][0]["status"], back.json()["results"][0]["status"]) == ("same", "applied")
    assert "cancelled already (wrong row)" in again.json()["results"][0]["sentence"]
    fields = orders.record(order, "work_order", order)
    assert (fields["state"], fields["cancellation"], fields["reopening"]["undoes"]) == (
        "reopened",
        None,
        "cancellation",
    )
    assert states(orders, order) == {visit: "cancelled"}
    listed = desk.get("/v1/desk/work-orders?state=reopened&limit=500").text
    assert order in listed
    plan(desk, order, "technician-2", etag(orders.read(order)))
    assert orders.record(order, "work_order", order)["state"] == "scheduled"


def test_an_open_order_is_not_reopened(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order, _ = orders.assigned()

    answer = desks["dispatcher"].post(
        f"/v1/desk/work-orders/{order}/reopen",
        json={"reason": "?"},
        headers={**etag(orders.read(order)), "Accept-Language": "en"},
    )

    assert (answer.status_code, answer.json()["details"]["reason"]) == (422, "order_open"), answer.text
    assert "nothing to reopen" in answer.json()["detail"]
    assert orders.record(order, "work_order", order)["state"] == "scheduled"


def test_intake_reopens_a_closed_order_for_the_customer_who_rings(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order = orders.new()
    path = f"/v1/desk/work-orders/{order}"
    desks["intake"].post(f"{path}/triage", json={"way": "remote"}, headers=etag(orders.read(order)))
    desks["supervisor"].post(
        f"{path}/close",
        json={"outcome": "solved", "anything_else": "nothing"},
        headers=etag(orders.read(order)),
    )

    answer = desks["intake"].post(
        f"{path}/reopen", json={"reason": "又坏了"}, headers=etag(orders.read(order))
    )

    assert answer.json()["results"][0]["status"] == "applied", answer.text
    assert orders.record(order, "work_order", order)["state"] == "reopened"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "The work order cannot be closed yet: a visit is still under way; "
            "solved, but no visit was finished and nothing was solved remotely.",
        ),
        (
            "zh",
            "工单尚不能关闭：仍有上门任务未结束；标记为已解决，但没有完成的上门，也没有远程处理方案。",
        ),
    ],
)
def test_a_closing_refused_tells_each_reason_once(
    desks: dict[str, httpx.Client], orders: Orders, language: str, sentence: str
) -> None:
    order, _ = orders.assigned()
    plan(desks["dispatcher"], order, "technician-2", etag(orders.read(order)))

    answer = desks["supervisor"].post(
        f"/v1/desk/work-orders/{order}/close",
        json={"outcome": "solved", "anything_else": "nothing"},
        headers={**etag(orders.read(order)), "Accept-Language": language},
    )

    assert answer.json()["detail"] == sentence
    assert set(answer.json()["details"]) == {"missing"}
    assert [one["code"] for one in answer.json()["details"]["missing"]].count("visit_open") == 2
