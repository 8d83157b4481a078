"""Two dispatchers at one order, and commands that meet a state that they did not expect: the answer is always true."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.server.live import Json, Live, etag
from tests.server.orders import WINDOW, Orders, id_of
from tests.server.signing import ME, enrolled

CHINESE = {"Accept-Language": "zh-CN"}
LATER = {"starts_at": "2031-05-06T01:00:00Z", "ends_at": "2031-05-06T03:00:00Z"}


@pytest.fixture
def other(live: Live) -> httpx.Client:
    """Another dispatcher."""
    live.account("dispatcher-2", "dispatcher")
    return live.sign_in("dispatcher-2")


def plan(
    client: httpx.Client, order: str, technician: str, base: Mapping[str, str], language: str = "en"
) -> httpx.Response:
    answer = client.post(
        f"/v1/desk/work-orders/{order}/visits",
        json={"technician": technician, "window": WINDOW},
        headers={**base, "Accept-Language": language},
    )
    assert answer.status_code == 201, answer.text
    return answer


def items(orders: Orders, order: str, state: str = "open") -> list[Json]:
    found = orders.read(order).json()["records"].get("inbox_item", [])
    return [one for one in found if one["fields"]["state"] == state]


def states(orders: Orders, order: str) -> dict[str, str]:
    return {
        one["id"]: one["fields"]["dispatch_state"] for one in orders.read(order).json()["records"]["visit"]
    }


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("since you read", "dispatcher", "T1")), ("zh", ("均已保留", "dispatcher", "T1"))],
)
def test_the_second_dispatcher_is_told_at_once_what_happened(
    desks: dict[str, httpx.Client], other: httpx.Client, orders: Orders, language: str, words: tuple[str, ...]
) -> None:
    order = orders.new()
    base = etag(orders.read(order))

    first = plan(desks["dispatcher"], order, "u-technician", base)
    second = plan(other, order, "technician-2", base, language)

    assert first.json()["meanwhile"] == []
    (told,) = second.json()["meanwhile"]
    assert all(word in told["sentence"] for word in words), told
    assert (told["visit"], told["technician"], told["window"], told["planned_by"]) == (
        id_of(first, "visit"),
        "u-technician",
        WINDOW,
        "u-dispatcher",
    )
    (item,) = items(orders, order)
    assert (item["id"], item["fields"]["kind"]) == (told["inbox_item"], "planned_twice")
    assert item["fields"]["detail"]["second"]["planned_by"] == "u-dispatcher-2"
    listed = desks["dispatcher"].get("/v1/desk/inbox?limit=500").text
    assert told["inbox_item"] in listed
    assert set(states(orders, order).values()) == {"dispatched"}


def test_a_second_plan_on_the_newer_form_raises_nothing(
    desks: dict[str, httpx.Client], other: httpx.Client, orders: Orders
) -> None:
    order, _ = orders.assigned()

    second = plan(other, order, "technician-2", etag(orders.read(order)))

    assert second.json()["meanwhile"] == []
    assert items(orders, order) == []


def test_a_repeated_request_tells_the_same(
    desks: dict[str, httpx.Client], other: httpx.Client, orders: Orders
) -> None:
    order = orders.new()
    base = etag(orders.read(order))
    plan(desks["dispatcher"], order, "u-technician", base)
    keyed = {**base, "Idempotency-Key": f"plan-{order}"}

    answers = [plan(other, order, "technician-2", keyed).json() for _ in range(2)]

    assert answers[1] == {**answers[0], "repeated": True}
    assert len(answers[0]["meanwhile"]) == 1 and len(items(orders, order)) == 1


def test_the_decision_withdraws_one_and_only_the_first_counts(
    desks: dict[str, httpx.Client], other: httpx.Client, orders: Orders
) -> None:
    order = orders.new()
    base = etag(orders.read(order))
    first = plan(desks["dispatcher"], order, "u-technician", base)
    second = plan(other, order, "technician-2", base)
    path = f"/v1/desk/inbox/{second.json()['meanwhile'][0]['inbox_item']}/decision"

    def decide(choose: str) -> httpx.Response:
        return other.post(path, json={"choose": choose}, headers=etag(orders.read(order)))

    unfit, decided, again, late = (
        decide(one) for one in ("go", "withdraw_second", "withdraw_second", "keep_both")
    )

    assert (unfit.status_code, unfit.json()["details"]["reason"]) == (422, "not_a_choice")
    assert decided.json()["results"][0]["status"] == "applied"
    assert decided.json()["results"][0]["sentence"] == "The second visit is withdrawn."
    assert again.json()["results"][0]["status"] == "same"
    assert (late.status_code, late.json()["details"]["reason"]) == (422, "decided_already")
    assert states(orders, order) == {id_of(first, "visit"): "dispatched", id_of(second, "visit"): "withdrawn"}


def test_who_decides_hears_what_followed_and_what_can_be_chosen_in_chinese(
    desks: dict[str, httpx.Client], other: httpx.Client, orders: Orders
) -> None:
    order = orders.new()
    base = etag(orders.read(order))
    plan(desks["dispatcher"], order, "u-technician", base)
    second = plan(other, order, "technician-2", base)
    path = f"/v1/desk/inbox/{second.json()['meanwhile'][0]['inbox_item']}/decision"

    unfit, decided = (
        other.post(path, json={"choose": choose}, headers={**etag(orders.read(order)), **CHINESE})
        for choose in ("go", "withdraw_second")
    )

    assert "可选的决定为：“keep_both”、“withdraw_first”、“withdraw_second”。" in unfit.json()["detail"]
    assert decided.json()["results"][0]["sentence"] == "后安排的上门任务已撤回。"


def test_a_decision_that_leaves_nobody_on_the_order_says_so(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    """The first technician, whose visit was passed on, stays withdrawn when the second one stands down."""
    phone = enrolled(live, desks)
    order, visit = orders.assigned(ME)
    stale = etag(orders.read(order))
    phone.push([phone.author("visit", visit, order, {"exec_state": {"event": "travel"}})])
    reassigned = desks["dispatcher"].post(
        f"/v1/desk/visits/{visit}/reassign", json={"technician": "technician-2", "reason": "x"}, headers=stale
    )
    assert reassigned.status_code == 200, reassigned.text
    (item,) = items(orders, order)

    decided = desks["dispatcher"].post(
        f"/v1/desk/inbox/{item['id']}/decision",
        json={"choose": "stand_down"},
        headers={**etag(orders.read(order)), **CHINESE},
    )

    assert set(states(orders, order).values()) == {"withdrawn"}
    assert decided.json()["results"][0]["sentence"] == (
        "被暂缓的上门任务已撤回。该工单目前没有有效的上门任务，请恢复或另行安排上门。"
    )


def test_a_stale_reassignment_is_refused_with_who_has_the_job(
    live: Live, desks: dict[str, httpx.Client], other: httpx.Client, orders: Orders
) -> None:
    order, visit = orders.assigned()
    base = etag(orders.read(order))
    path = f"/v1/desk/visits/{visit}/reassign"
    taken = desks["dispatcher"].post(
        path, json={"technician": "technician-2", "reason": "病假"}, headers=base
    )
    before = orders.read(order).json()

    assert taken.status_code == 200 and taken.json()["meanwhile"] == []
    for language, words in (("en", "T2 has the job now"), ("zh", "目前由T2负责")):
        answer = other.post(
            path,
            json={"technician": "u-technician", "reason": "closer"},
            headers={**base, "Accept-Language": language},
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "operation_refused"), answer.text
        assert words in answer.json()["detail"]
    assert orders.read(order).json() == before


def test_a_technician_is_named_in_the_readers_language(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    fields = {
        "number": f"T{uuid.uuid4().hex[:8]}",
        "name": {"zh": "徐文博", "en": "Xu Wenbo"},
        "active": True,
    }
    made = desks["supervisor"].post("/v1/desk/technicians", json={"fields": fields})
    assert made.status_code == 201, made.text
    technician = id_of(made, "technician")
    order, visit = orders.assigned(technician)

    for language, words in (("en", "Xu Wenbo has this visit already"), ("zh", "已由徐文博负责")):
        answer = desks["dispatcher"].post(
            f"/v1/desk/visits/{visit}/reassign",
            json={"technician": technician, "reason": "x"},
            headers={**etag(orders.read(order)), "Accept-Language": language},
        )
        assert (answer.status_code, words in answer.json()["detail"]) == (422, True), answer.text
    moved = desks["dispatcher"].post(
        f"/v1/desk/visits/{visit}/reassign",
        json={"technician": "technician-2", "reason": "x"},
        headers=etag(orders.read(order)),
    )
    assert moved.status_code == 200, moved.text


REFUSED: list[tuple[str, str, dict[str, Any], str, str]] = [
    (
        "withdraw",
        "reassign",
        {"technician": "technician-2", "reason": "x"},
        "visit_withdrawn",
        "withdrawn (ill)",
    ),
    (
        "cancel",
        "reassign",
        {"technician": "technician-2", "reason": "x"},
        "visit_cancelled",
        "cancelled (ill)",
    ),
    (
        "",
        "reassign",
        {"technician": "u-technician", "reason": "x"},
        "same_technician",
        "T1 has this visit already",
    ),
    ("withdraw", "dispatch", {}, "visit_withdrawn", "reinstate it"),
    ("cancel", "reschedule", LATER, "visit_cancelled", "plan another"),
]


@pytest.mark.parametrize(
    ("first", "command", "body", "reason", "words"), REFUSED, ids=[f"{one[0]}-{one[1]}" for one in REFUSED]
)
def test_a_command_on_a_visit_that_does_not_stand_is_refused_and_says_what_to_do(
    desks: dict[str, httpx.Client],
    orders: Orders,
    first: str,
    command: str,
    body: Json,
    reason: str,
    words: str,
) -> None:
    order, visit = orders.assigned()
    desk = desks["dispatcher"]
    if first:
        desk.post(
            f"/v1/desk/visits/{visit}/{first}", json={"reason": "ill"}, headers=etag(orders.read(order))
        )
    before = orders.read(order)

    answer = desk.post(
        f"/v1/desk/visits/{visit}/{command}", json=body, headers={**etag(before), "Accept-Language": "en"}
    )

    assert (answer.status_code, answer.json()["details"]["reason"]) == (422, reason), answer.text
    assert words in answer.json()["detail"]
    assert orders.read(order).json() == before.json()


SAME: list[tuple[str, str, dict[str, Any], str]] = [
    ("", "dispatch", {}, "dispatched already"),
    ("", "reinstate", {}, "dispatched already"),
    ("", "reschedule", WINDOW, "stand already"),
    ("withdraw", "withdraw", {"reason": "again"}, "withdrawn already (ill)"),
    ("cancel", "cancel", {"reason": "again"}, "cancelled already (ill)"),
    ("cancel", "withdraw", {"reason": "again"}, "cancelled already (ill)"),
]


@pytest.mark.parametrize(
    ("first", "command", "body", "words"), SAME, ids=[f"{one[0]}-{one[1]}" for one in SAME]
)
def test_a_command_that_changes_nothing_on_a_visit_says_so(
    desks: dict[str, httpx.Client], orders: Orders, first: str, command: str, body: Json, words: str
) -> None:
    order, visit = orders.assigned()
    desk = desks["dispatcher"]
    if first:
        desk.post(
            f"/v1/desk/visits/{visit}/{first}", json={"reason": "ill"}, headers=etag(orders.read(order))
        )
    before = orders.read(order)

    answer = desk.post(
        f"/v1/desk/visits/{visit}/{command}", json=body, headers={**etag(before), "Accept-Language": "en"}
    )

    (result,) = answer.json()["results"]
    assert (answer.status_code, result["status"]) == (200, "same"), answer.text
    assert words in result["sentence"]
    assert (answer.headers["etag"], answer.json()["records"]) == (before.headers["etag"], [f"visit/{visit}"])
    assert orders.read(order).json() == before.json()


@pytest.mark.parametrize("field", ["priority", "required_skills"])
def test_a_correction_that_corrects_nothing_says_so(
    desks: dict[str, httpx.Client], orders: Orders, field: str
) -> None:
    order = orders.new()
    path, values = f"/v1/desk/work-orders/{order}", {"priority": "high", "required_skills": {"add": []}}
    desks["dispatcher"].patch(path, json={"set": {"priority": "high"}}, headers=etag(orders.read(order)))
    before = orders.read(order)

    answer = desks["dispatcher"].patch(path, json={"set": {field: values[field]}}, headers=etag(before))

    assert (answer.status_code, answer.json()["results"][0]["status"]) == (200, "same"), answer.text
    assert orders.read(order).json() == before.json()


def test_an_event_that_is_true_already_is_not_said_to_be_applied(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, visit = orders.assigned()

    answer = desks["dispatcher"].patch(
        f"/v1/desk/visits/{visit}",
        json={"set": {"dispatch_state": {"event": "dispatch"}}},
        headers=etag(orders.read(order)),
    )

    assert answer.json()["results"][0]["status"] == "same", answer.text


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
