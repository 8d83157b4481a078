"""What every write of a desk promises: its base, its repetition, its refusals."""

from __future__ import annotations

import httpx
import pytest

from tests.server.live import Live, etag
from tests.server.orders import WINDOW, Orders


def test_a_write_without_a_base_is_refused_and_changes_nothing(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, visit = orders.assigned()
    before = orders.read(order)

    for method, path, body in (
        ("POST", f"/v1/desk/visits/{visit}/reschedule", WINDOW),
        ("POST", f"/v1/desk/visits/{visit}/withdraw", {"reason": "x"}),
        ("PATCH", f"/v1/desk/work-orders/{order}", {"set": {"priority": "high"}}),
        ("POST", f"/v1/desk/work-orders/{order}/cancel", {"reason": "x"}),
        ("POST", f"/v1/desk/work-orders/{order}/visits", {"technician": "u-technician"}),
        ("DELETE", f"/v1/desk/work-orders/{order}", None),
    ):
        answer = desks["dispatcher"].request(method, path, json=body)
        assert answer.status_code == 428, (path, answer.text)
        assert answer.json()["code"] == "base_missing"

    assert orders.read(order).json() == before.json()


@pytest.mark.parametrize("base", ["12", "abc", "e:-1", "e:99999999999999999999", '"', "e:1e9"])
def test_an_unreadable_base_is_refused(desks: dict[str, httpx.Client], orders: Orders, base: str) -> None:
    order = orders.new()

    answer = desks["dispatcher"].patch(
        f"/v1/desk/work-orders/{order}", json={"set": {"priority": "high"}}, headers={"If-Match": base}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "base_unreadable")


def test_the_base_may_come_in_the_body(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order = orders.new()
    base = orders.read(order).json()["base"]

    answer = desks["dispatcher"].patch(
        f"/v1/desk/work-orders/{order}", json={"set": {"priority": "high"}, "base": base}
    )

    assert answer.status_code == 200
    assert answer.headers["etag"] == f'"{answer.json()["epoch"]}:{answer.json()["ver"]}"'
    assert orders.record(order, "work_order", order)["priority"] == "high"


def test_a_repeated_request_has_one_effect(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order = orders.new()
    headers = {**etag(orders.read(order)), "Idempotency-Key": f"key-{order}"}
    body = {"technician": "u-technician", "window": WINDOW}

    first = desks["dispatcher"].post(f"/v1/desk/work-orders/{order}/visits", json=body, headers=headers)
    again = desks["dispatcher"].post(f"/v1/desk/work-orders/{order}/visits", json=body, headers=headers)

    assert first.status_code == again.status_code == 201
    assert again.json() == {**first.json(), "repeated": True}
    assert len(orders.read(order).json()["records"]["visit"]) == 1


def test_a_key_of_somebody_else_repeats_nothing(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order = orders.new()
    live.account("dispatcher-2", "dispatcher")
    other = live.sign_in("dispatcher-2")
    headers = {**etag(orders.read(order)), "Idempotency-Key": f"key-{order}"}
    body = {"technician": "u-technician", "window": WINDOW}

    for client in (desks["dispatcher"], other):
        answer = client.post(f"/v1/desk/work-orders/{order}/visits", json=body, headers=headers)
        assert not answer.json()["repeated"]

    assert len(orders.read(order).json()["records"]["visit"]) == 2


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("zh-CN", "“priority”必须是以下之一：“low”、"), ("en", "priority must be one of low, ")],
)
def test_a_refused_write_names_the_field_in_the_callers_language(
    desks: dict[str, httpx.Client], orders: Orders, language: str, sentence: str
) -> None:
    order = orders.new()
    headers = {**etag(orders.read(order)), "Accept-Language": language}

    answer = desks["dispatcher"].patch(
        f"/v1/desk/work-orders/{order}",
        json={"set": {"tier": "standard", "priority": "huge"}},
        headers=headers,
    )

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "operation_refused")
    assert (problem["details"]["field"], problem["details"]["fault"]) == ("priority", "not_one_of")
    assert "emergency" in problem["details"]["allowed"]
    assert sentence in problem["detail"]
    assert orders.record(order, "work_order", order).get("tier") is None


def test_a_write_of_several_is_all_or_nothing(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order, visit = orders.assigned()

    answer = desks["dispatcher"].post(
        f"/v1/desk/visits/{visit}/reassign",
        json={"technician": "nobody", "reason": "x"},
        headers=etag(orders.read(order)),
    )

    assert answer.status_code == 404
    assert orders.record(order, "visit", visit)["dispatch_state"] == "dispatched"


def test_reassigning_withdraws_one_visit_and_makes_another(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, visit = orders.assigned()

    answer = desks["dispatcher"].post(
        f"/v1/desk/visits/{visit}/reassign",
        json={"technician": "technician-2", "reason": "病假"},
        headers=etag(orders.read(order)),
    )

    assert answer.status_code == 200, answer.text
    visits = {one["id"]: one["fields"] for one in orders.read(order).json()["records"]["visit"]}
    made = visits[answer.json()["records"][1].removeprefix("visit/")]
    assert visits[visit]["dispatch_state"] == "withdrawn"
    assert (made["technician"], made["dispatch_state"]) == ("technician-2", "dispatched")
    assert made["window"] == WINDOW


def test_closing_too_early_lists_everything_that_is_missing(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, _ = orders.assigned()
    before = orders.read(order)

    answer = desks["supervisor"].post(
        f"/v1/desk/work-orders/{order}/close",
        json={"outcome": "solved", "anything_else": "nothing"},
        headers={**etag(before), "Accept-Language": "zh"},
    )

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "not_ready_to_close")
    assert {one["code"] for one in problem["details"]["missing"]} >= {"visit_open", "no_visit_done"}
    assert all(
        any("一" <= letter <= "鿿" for letter in one["sentence"]) for one in problem["details"]["missing"]
    )
    assert orders.read(order).json() == before.json()


def test_a_remote_solution_closes_and_reopens_under_the_same_number(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order = orders.new()
    path = f"/v1/desk/work-orders/{order}"
    number = orders.record(order, "work_order", order)["number"]
    triaged = desks["intake"].post(f"{path}/triage", json={"way": "remote"}, headers=etag(orders.read(order)))

    closed = desks["supervisor"].post(
        f"{path}/close", json={"outcome": "solved", "anything_else": "nothing"}, headers=etag(triaged)
    )
    state = orders.record(order, "work_order", order)["state"]
    desks["dispatcher"].post(f"{path}/reopen", json={"reason": "又坏了"}, headers=etag(closed))

    assert (closed.status_code, state) == (200, "closed")
    reopened = orders.record(order, "work_order", order)
    assert (reopened["state"], reopened["number"]) == ("reopened", number)


def test_the_customers_written_answer_and_hearsay_are_two_facts(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, visit = orders.assigned()
    path = f"/v1/desk/visits/{visit}/customer-answer"

    written = desks["intake"].post(
        path,
        json={"answer": "another_time", "how": "message", "evidence": "sms-1"},
        headers=etag(orders.read(order)),
    )
    heard = desks["dispatcher"].post(
        path, json={"answer": "yes", "how": "told_office"}, headers=etag(written)
    )

    assert (written.status_code, heard.status_code) == (200, 200), (written.text, heard.text)
    fields = orders.record(order, "visit", visit)
    assert fields["customer_answer"]["answer"] == "another_time"
    assert fields["relayed_answer"]["answer"] == "yes"
    assert fields["relayed_answer"]["heard_by"] == "u-dispatcher"


def test_a_deleted_order_is_a_tombstone(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order = orders.new()

    answer = desks["dispatcher"].delete(f"/v1/desk/work-orders/{order}", headers=etag(orders.read(order)))

    assert answer.status_code == 200
    assert orders.read(order).json()["records"]["work_order"][0]["deleted"] is True
    again = desks["dispatcher"].patch(
        f"/v1/desk/work-orders/{order}", json={"set": {"priority": "high"}}, headers=etag(answer)
    )
    assert again.status_code == 404


def test_a_move_and_a_count_keep_the_balance(desks: dict[str, httpx.Client]) -> None:
    stock = desks["storekeeper"]

    def balance() -> int:
        rows = stock.get("/v1/desk/stock?location=store-1&part=part-1").json()["items"]
        return int(rows[0]["balance"]) if rows else 0

    before = balance()
    base = etag(stock.get("/v1/desk/stock/store-1"))
    move = {"kind": "receipt", "part": "part-1", "quantity": 5, "to_location": "store-1"}
    moved = stock.post("/v1/desk/stock/moves", json=move, headers=base)
    count = {"location": "store-1", "part": "part-1", "counted": before + 3, "observed": before + 5}
    counted = stock.post("/v1/desk/stock/counts", json=count, headers=etag(moved))

    assert (moved.status_code, counted.status_code) == (201, 201), (moved.text, counted.text)
    assert balance() == before + 3


@pytest.mark.parametrize("q", ["老王", "13800138000", "138-0013-8000", "0138000", "sn0042", "SN-0042", "S-1"])
def test_one_field_finds_the_customer(desks: dict[str, httpx.Client], q: str) -> None:
    hits = desks["intake"].get("/v1/desk/search", params={"q": q}).json()["items"]

    assert any(hit["customer"] == "customer-1" for hit in hits), hits


def test_one_field_finds_an_order_by_its_number(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order = orders.new()
    number = orders.record(order, "work_order", order)["number"]

    hits = desks["intake"].get("/v1/desk/search", params={"q": number.lower()}).json()["items"]

    assert [hit["id"] for hit in hits if hit["entity"] == "work_order"] == [order]


def test_the_board_tells_what_is_unknown(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order, visit = orders.assigned()

    day = desks["dispatcher"].get("/v1/desk/board?day=2031-05-05&zone=Asia/Shanghai").json()["items"]
    unknown = desks["dispatcher"].get("/v1/desk/board?day=2031-05-05&unknown=true").json()["items"]
    other = desks["dispatcher"].get("/v1/desk/board?day=2031-05-06").json()["items"]
    late = desks["dispatcher"].get("/v1/desk/board?day=2031-05-05&late=true").json()["items"]

    assert visit in [one["id"] for one in day]
    assert visit in [one["id"] for one in unknown], "no phone of this technician was ever heard"
    assert visit not in [one["id"] for one in other + late]
    assert [one["heard_at"] for one in day if one["id"] == visit] == [None]
    listed = desks["dispatcher"].get("/v1/desk/work-orders?technician=u-technician&limit=500").json()
    assert order in [one["id"] for one in listed["items"]]
