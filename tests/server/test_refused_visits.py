"""Visits that make no sense are refused at a desk by name; what is only unusual is taken, and said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.server.live import Json, etag
from tests.server.orders import WINDOW, Orders, id_of

CHINESE = {"Accept-Language": "zh-CN"}


def window(starts: float, ends: float) -> Json:
    """A window by hours from now."""
    now = datetime.now(UTC)
    return {
        "starts_at": (now + timedelta(hours=starts)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ends_at": (now + timedelta(hours=ends)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def visits(orders: Orders, order: str) -> list[Json]:
    found: list[Json] = orders.read(order).json()["records"].get("visit", [])
    return found


def test_an_unknown_checklist_is_refused(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order, desk = orders.new(), desks["dispatcher"]
    made = desks["admin"].post(
        "/v1/desk/checklist-templates",
        json={"fields": {"code": "CL", "version": 1, "name": {"zh": "检查"}, "steps": []}},
    )
    known = id_of(made, "checklist_template")
    path, base = f"/v1/desk/work-orders/{order}/visits", etag(orders.read(order))
    body = {"technician": "u-technician"}

    wrong = desk.post(path, json={**body, "checklists": [known, "nope"]}, headers={**base, **CHINESE})
    right = desk.post(path, json={**body, "checklists": [known]}, headers=base)

    assert (wrong.status_code, wrong.json()["details"]["field"]) == (422, "checklists"), wrong.text
    assert "所指的“nope”不存在或已被删除" in wrong.json()["detail"]
    assert right.status_code == 201, right.text


def test_a_double_click_plans_one_visit(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order, desk = orders.new(), desks["dispatcher"]
    path, base = f"/v1/desk/work-orders/{order}/visits", etag(orders.read(order))
    body = {"technician": "u-technician", "window": WINDOW}

    first = desk.post(path, json=body, headers=base)
    second = desk.post(path, json=body, headers={**base, **CHINESE})
    another = desk.post(path, json={**body, "technician": "technician-2"}, headers=base)
    seen = desk.post(path, json=body, headers=etag(orders.read(order)))

    assert (first.status_code, another.status_code, seen.status_code) == (201, 201, 201), seen.text
    problem = second.json()
    assert (second.status_code, problem["details"]["field"], problem["details"]["reason"]) == (
        422,
        "technician",
        "planned_already",
    )
    assert "您读取该工单之后，已为T1安排上门" in problem["detail"]
    assert len(visits(orders, order)) == 3


@pytest.mark.parametrize(
    ("when", "flags"),
    [((-5, -3), ["window_passed"]), ((-1, 1), []), ((1, 2), [])],
    ids=["passed", "now", "ahead"],
)
def test_a_window_in_the_past_is_taken_and_said(
    desks: dict[str, httpx.Client], orders: Orders, when: tuple[float, float], flags: list[str]
) -> None:
    order, visit = orders.assigned()
    moved = window(*when)

    answer = desks["dispatcher"].post(
        f"/v1/desk/visits/{visit}/reschedule", json=moved, headers={**etag(orders.read(order)), **CHINESE}
    )
    planned = desks["dispatcher"].post(
        f"/v1/desk/work-orders/{order}/visits",
        json={"technician": "technician-2", "window": moved, "job_role": "helper"},
        headers={**etag(orders.read(order)), **CHINESE},
    )

    assert (answer.status_code, planned.status_code) == (200, 201), answer.text
    for result in (answer.json()["results"][-1], planned.json()["results"][-1]):
        assert (result["status"], result.get("flags", [])) == ("applied", flags)
        assert ("该时段已过" in result.get("sentence", "")) == bool(flags)
    assert orders.record(order, "visit", visit)["window"] == moved


def test_a_visit_that_was_passed_on_is_not_reinstated_beside_its_successor(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, visit = orders.assigned()
    desk = desks["dispatcher"]
    passed = desk.post(
        f"/v1/desk/visits/{visit}/reassign",
        json={"technician": "technician-2", "reason": "病假"},
        headers=etag(orders.read(order)),
    )
    successor = id_of(passed, "visit")

    def reinstate() -> httpx.Response:
        return desk.post(
            f"/v1/desk/visits/{visit}/reinstate", json={}, headers={**etag(orders.read(order)), **CHINESE}
        )

    refused = reinstate()
    desk.post(
        f"/v1/desk/visits/{successor}/withdraw", json={"reason": "撤回"}, headers=etag(orders.read(order))
    )
    taken = reinstate()

    assert (refused.status_code, refused.json()["details"]["reason"]) == (422, "visit_passed_on"), (
        refused.text
    )
    assert "目前由T2负责" in refused.json()["detail"]
    assert taken.json()["results"][0]["status"] == "applied", taken.text


@pytest.mark.parametrize("how", ["message", "told_office"])
def test_a_wished_window_backwards_is_refused(
    desks: dict[str, httpx.Client], orders: Orders, how: str
) -> None:
    order, visit = orders.assigned()
    path, base = f"/v1/desk/visits/{visit}/customer-answer", etag(orders.read(order))
    body = {"answer": "another_time", "how": how}

    wrong = desks["intake"].post(path, json={**body, "wished": window(3, 2)}, headers={**base, **CHINESE})
    right = desks["intake"].post(path, json={**body, "wished": window(2, 3)}, headers={**base, **CHINESE})

    assert (wrong.status_code, wrong.json()["details"]["field"]) == (422, "wished.ends_at"), wrong.text
    assert "结束时间必须晚于开始时间" in wrong.json()["detail"]
    assert right.status_code == 200, right.text
    assert "flags" not in right.json()["results"][0]


@pytest.mark.parametrize(
    ("end", "flag", "words"),
    [
        ("cancel", "answer_on_cancelled", "答复已保存，但该上门任务已取消"),
        ("withdraw", "answer_on_withdrawn", "答复已保存，但该上门任务已撤回"),
    ],
    ids=["cancelled", "withdrawn"],
)
def test_an_answer_about_a_visit_on_which_nobody_goes_is_kept_and_said(
    desks: dict[str, httpx.Client], orders: Orders, end: str, flag: str, words: str
) -> None:
    order, visit = orders.assigned()
    desks["dispatcher"].post(
        f"/v1/desk/visits/{visit}/{end}", json={"reason": "x"}, headers=etag(orders.read(order))
    )

    answer = desks["intake"].post(
        f"/v1/desk/visits/{visit}/customer-answer",
        json={"answer": "yes", "how": "message"},
        headers={**etag(orders.read(order)), **CHINESE},
    )

    assert answer.status_code == 200, answer.text
    (result,) = answer.json()["results"]
    assert flag in result["flags"] and words in result["sentence"]
    assert orders.record(order, "visit", visit)["customer_answer"]["answer"] == "yes"
