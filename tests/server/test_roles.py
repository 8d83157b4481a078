"""Each role's yes and no."""

from __future__ import annotations

import httpx
import pytest

from tests.server.live import Live, etag
from tests.server.orders import Orders

ALL = {"intake", "dispatcher", "expert", "storekeeper", "supervisor", "auditor", "admin"}
OFFICE = {"intake", "dispatcher", "supervisor", "auditor", "admin"}

READS = [
    ("/v1/desk/me", ALL),
    ("/v1/desk/search?q=老王", OFFICE),
    ("/v1/desk/work-orders", OFFICE),
    ("/v1/desk/board", OFFICE),
    ("/v1/desk/conflicts", OFFICE | {"expert", "storekeeper"}),
    ("/v1/desk/inbox", OFFICE | {"storekeeper"}),
    ("/v1/desk/master-changes", OFFICE),
    ("/v1/desk/technicians", OFFICE | {"storekeeper"}),
    ("/v1/desk/outlets", ALL),
    ("/v1/desk/stock", {"storekeeper", "dispatcher", "supervisor", "auditor", "admin"}),
    ("/v1/desk/stock-locations", {"storekeeper", "dispatcher", "supervisor", "auditor", "admin"}),
    ("/v1/desk/expert-cases", {"expert", "dispatcher", "supervisor", "auditor", "admin"}),
    ("/v1/desk/parked", OFFICE),
    ("/v1/desk/accounts", {"admin", "auditor", "supervisor"}),
    ("/v1/desk/devices", {"dispatcher", "supervisor", "admin", "auditor"}),
    ("/v1/desk/customers/customer-1", OFFICE),
    ("/v1/desk/sites/site-1", OFFICE | {"expert"}),
    ("/v1/desk/assets/asset-1", OFFICE | {"expert"}),
    ("/v1/desk/stock/van-1", {"storekeeper", "dispatcher", "supervisor", "auditor", "admin"}),
    ("/v1/desk/parts/part-1", ALL),
    ("/v1/desk/records/site/site-1/history", {"auditor", "supervisor"}),
    ("/v1/desk/records/technician/u-technician/history", {"auditor", "supervisor"}),
]


@pytest.mark.parametrize(("path", "allowed"), READS, ids=[path for path, _ in READS])
def test_a_desk_reads_what_its_role_reads_and_nothing_else(
    desks: dict[str, httpx.Client], path: str, allowed: set[str]
) -> None:
    answers = {role: client.get(path).status_code for role, client in desks.items()}

    assert answers == {role: 200 if role in allowed else 403 for role in ALL}


WRITES = [
    ("POST", "/v1/desk/work-orders", {"intake", "dispatcher", "supervisor", "admin"}),
    ("POST", "/v1/desk/work-orders/{order}/visits", {"dispatcher"}),
    ("POST", "/v1/desk/work-orders/{order}/cancel", {"dispatcher"}),
    ("POST", "/v1/desk/work-orders/{order}/close", {"dispatcher", "supervisor"}),
    ("POST", "/v1/desk/work-orders/{order}/triage", {"intake", "dispatcher", "expert"}),
    ("POST", "/v1/desk/work-orders/{order}/reopen", {"dispatcher", "supervisor", "intake"}),
    ("DELETE", "/v1/desk/work-orders/{order}", {"dispatcher", "supervisor", "admin"}),
    ("POST", "/v1/desk/visits/{visit}/reassign", {"dispatcher"}),
    ("POST", "/v1/desk/visits/{visit}/reschedule", {"dispatcher"}),
    ("POST", "/v1/desk/visits/{visit}/withdraw", {"dispatcher"}),
    ("POST", "/v1/desk/visits/{visit}/cancel", {"dispatcher"}),
    ("POST", "/v1/desk/visits/{visit}/customer-answer", {"dispatcher", "intake"}),
    ("POST", "/v1/desk/customers", {"intake", "dispatcher", "supervisor", "admin"}),
    ("POST", "/v1/desk/parts", {"storekeeper", "admin"}),
    ("POST", "/v1/desk/technicians", {"supervisor", "admin"}),
    ("POST", "/v1/desk/stock/moves", {"storekeeper", "admin"}),
    ("POST", "/v1/desk/expert-cases/none/verdict", {"expert"}),
    ("POST", "/v1/desk/parked/none/1/dismiss", {"dispatcher", "supervisor", "admin"}),
    ("POST", "/v1/desk/accounts", {"admin"}),
    ("POST", "/v1/desk/devices/codes", {"admin", "supervisor"}),
    ("POST", "/v1/desk/devices/none/revoke", {"admin", "supervisor", "dispatcher"}),
]


@pytest.mark.parametrize(("method", "path", "allowed"), WRITES, ids=[f"{m} {p}" for m, p, _ in WRITES])
def test_a_desk_writes_what_its_role_writes_and_nothing_else(
    desks: dict[str, httpx.Client], orders: Orders, method: str, path: str, allowed: set[str]
) -> None:
    order, visit = orders.assigned() if "{" in path else ("", "")
    address = path.format(order=order, visit=visit)

    # An empty body is wrong for every one of them: what counts is who gets as far as hearing that.
    answers = {role: client.request(method, address, json={}).status_code for role, client in desks.items()}

    assert {role for role, status in answers.items() if status != 403} == allowed, answers


def test_a_technician_signs_in_at_no_desk(live: Live) -> None:
    answer = live.client().post(
        "/v1/desk/login", json={"login": "technician", "password": "correct horse battery"}
    )

    assert answer.status_code == 401


def test_an_expert_sees_only_orders_with_a_case(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order, visit = orders.assigned()
    before = desks["expert"].get(f"/v1/desk/work-orders/{order}")

    case = {
        "entity": "expert_case",
        "record": f"case-{order}",
        "set": {"visit": visit, "asked_by": "u-technician", "question": "为什么不制冷？"},
    }
    _by_system(orders.live, order, case)

    assert before.status_code == 403
    assert desks["expert"].get(f"/v1/desk/work-orders/{order}").status_code == 200


def test_one_expert_does_not_answer_anothers_case(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, visit = orders.assigned()
    case = f"case-{order}"
    fields = {"visit": visit, "asked_by": "u-technician", "question": "?", "claimed_by": "u-somebody-else"}
    _by_system(live, order, {"entity": "expert_case", "record": case, "set": fields})

    answer = desks["expert"].post(
        f"/v1/desk/expert-cases/{case}/verdict", json={"cause": "x"}, headers=etag(orders.read(order))
    )

    assert answer.status_code == 403
    assert "verdict" not in orders.read(order).json()["records"]


def test_a_verdict_answers_the_case(live: Live, desks: dict[str, httpx.Client], orders: Orders) -> None:
    order, visit = orders.assigned()
    case = f"case-{order}"
    fields = {"visit": visit, "asked_by": "u-technician", "question": "?"}
    _by_system(live, order, {"entity": "expert_case", "record": case, "set": fields})

    answer = desks["expert"].post(
        f"/v1/desk/expert-cases/{case}/verdict",
        json={"cause": "膨胀阀堵塞", "stop_work": True, "stop_reason": "高压"},
        headers=etag(orders.read(order)),
    )

    assert answer.status_code == 201, answer.text
    records = orders.read(order).json()["records"]
    assert records["verdict"][0]["fields"]["given_by"] == "u-expert"
    assert records["expert_case"][0]["fields"]["state"] == "answered"


def _by_system(live: Live, order: str, draft: dict[str, object]) -> None:
    from sync.engine import Draft
    from tests.server.company import DOOR

    live.service.engine.write(
        DOOR,
        [Draft(id=live.service.new_id(), aggregate=f"work_order/{order}", action="create", **draft)],  # type: ignore[arg-type]
    )
