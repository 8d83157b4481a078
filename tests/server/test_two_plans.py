"""Two plans for one order: both stand, both dispatchers are told, and somebody decides."""

from __future__ import annotations

import uuid

import httpx
import pytest

from tests.server.live import Json, Live, etag
from tests.server.orders import WINDOW, Orders, id_of
from tests.server.plans import plan, states
from tests.server.signing import ME, enrolled

CHINESE = {"Accept-Language": "zh-CN"}


@pytest.fixture
def other(live: Live) -> httpx.Client:
    """Another dispatcher."""
    live.account("dispatcher-2", "dispatcher")
    return live.sign_in("dispatcher-2")


def items(orders: Orders, order: str, state: str = "open") -> list[Json]:
    found = orders.read(order).json()["records"].get("inbox_item", [])
    return [one for one in found if one["fields"]["state"] == state]


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
