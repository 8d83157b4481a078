"""What a desk that reads is told: filters that cannot be meant, bases for decisions, a customer's own, what is gone."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.server.live import Live, etag
from tests.server.orders import Orders, id_of
from tests.server.test_decisions import _contested

CHINESE = {"Accept-Language": "zh-CN"}
Json = dict[str, Any]


def _items(desk: httpx.Client, path: str) -> list[Json]:
    answer = desk.get(f"/v1/desk/{path}")
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


def _wrong(answer: httpx.Response) -> tuple[int, str, str]:
    details = answer.json()["details"]
    return answer.status_code, details["field"], details["fault"]


@pytest.mark.parametrize("path", ["work-orders", "board", "work-orders?day=2031-05-05"])
@pytest.mark.parametrize("zone", ["Mars/X", "Asia", "..", "Asia/Shanghai "])
def test_a_zone_that_does_not_exist_is_refused(desks: dict[str, httpx.Client], path: str, zone: str) -> None:
    path, _, day = path.partition("?day=")
    query = {"day": day} if day else {}

    answer = desks["dispatcher"].get(f"/v1/desk/{path}", params={"zone": zone, **query}, headers=CHINESE)

    assert _wrong(answer) == (400, "zone", "not_zone")
    assert "“zone”有误：必须是 IANA 时区" in answer.json()["detail"]
    known = desks["dispatcher"].get(f"/v1/desk/{path}", params={"zone": "Europe/Berlin", **query})
    assert known.status_code == 200


def test_a_parameter_that_is_given_twice_is_refused(desks: dict[str, httpx.Client]) -> None:
    """Which of the two is meant, nobody can tell: one would be dropped in silence."""
    answer = desks["dispatcher"].get("/v1/desk/search?q=a&q=b&limit=3", headers=CHINESE)

    assert _wrong(answer) == (400, "q", "given_twice")
    assert "只能给出一次" in answer.json()["detail"]
    assert desks["dispatcher"].get("/v1/desk/search?q=a+b&limit=3").status_code == 200


def test_every_wrong_parameter_is_listed(desks: dict[str, httpx.Client]) -> None:
    answer = desks["dispatcher"].get("/v1/desk/board?colour=red&limit=1&limit=2&size=4", headers=CHINESE)

    fields = answer.json()["details"]["fields"]
    told = {one["field"]: one for one in fields}
    assert {name: one["fault"] for name, one in told.items()} == {
        "colour": "unknown_name",
        "limit": "given_twice",
        "size": "unknown_name",
    }
    assert "silent_minutes" in told["colour"]["allowed"]
    assert told["limit"]["sentence"] == "“limit”重复给出，只能给出一次。"
    alone = desks["dispatcher"].get("/v1/desk/board?day=today").json()["details"]
    assert [one["fault"] for one in alone["fields"]] == [alone["fault"]] == ["not_date"]


def test_silence_for_so_long_is_a_filter(desks: dict[str, httpx.Client], orders: Orders) -> None:
    _, visit = orders.assigned("technician-2")
    board = "board?day=2031-05-05"

    def seen(query: str) -> bool:
        return visit in [one["id"] for one in _items(desks["dispatcher"], f"{board}{query}")]

    everything = len(_items(desks["dispatcher"], board))
    silent = {one["id"] for one in _items(desks["dispatcher"], f"{board}&unknown=true&silent_minutes=60")}
    alone = {one["id"] for one in _items(desks["dispatcher"], f"{board}&silent_minutes=60")}

    assert alone == silent
    assert seen("") and seen("&unknown=false&silent_minutes=60")
    assert everything == len(_items(desks["dispatcher"], f"{board}&unknown=false&silent_minutes=60"))


def test_what_waits_carries_the_base_of_its_decision(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    """A screen decides from the list: it neither composes a base nor reads an aggregate for it."""
    order, conflict = _contested(live, desks, orders)
    row = next(one for one in _items(desks["dispatcher"], "conflicts") if one["id"] == conflict)

    assert row["base"] == orders.read(order).json()["base"]
    standing = row["fields"]["standing"]
    body = {"choose": "losing", "standing": {"device": standing["device"], "seq": standing["seq"]}}
    path = f"/v1/desk/conflicts/{conflict}/decision"
    assert desks["dispatcher"].post(path, json=body).status_code == 428
    decided = desks["dispatcher"].post(path, json={**body, "base": row["base"]})
    assert (decided.status_code, decided.json()["results"][0]["status"]) == (200, "applied"), decided.text
    for path in ("inbox", "master-changes"):
        assert all(":" in one["base"] for one in _items(desks["dispatcher"], path))


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("conflicts", {"choose": "losing", "standing": {"device": "d", "seq": 1}}, "冲突"),
        ("inbox", {"choose": "done"}, "待处理事项"),
        ("master-changes", {"approve": True}, "资料更正"),
    ],
)
def test_what_does_not_exist_needs_no_base_to_say_so(
    desks: dict[str, httpx.Client], path: str, body: Json, name: str
) -> None:
    answer = desks["dispatcher"].post(f"/v1/desk/{path}/nope/decision", json=body, headers=CHINESE)

    assert (answer.status_code, answer.json()["code"]) == (404, "record_missing")
    assert answer.json()["detail"] == f"没有该{name}。"


def test_what_was_deleted_can_be_read_and_says_so_everywhere(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order = orders.new()
    made = desks["intake"].post(
        "/v1/desk/contacts", json={"fields": {"site": "site-1", "name": {"zh": "临时联系人"}}}
    )
    places = {f"work-orders/{order}": "工单", f"contacts/{id_of(made, 'contact')}": "联系人"}

    for place, name in places.items():
        path = f"/v1/desk/{place}"
        before = desks["supervisor"].get(path)
        assert before.json()["deleted"] is False
        desk = next(
            one
            for one in (desks["supervisor"], desks["dispatcher"], desks["intake"])
            if one.delete(path, headers=etag(before)).status_code == 200
        )
        read = desk.get(path)
        again = desk.delete(path, headers={**etag(read), **CHINESE})
        assert (read.status_code, read.json()["deleted"]) == (200, True)
        assert (again.status_code, again.json()["code"]) == (404, "record_deleted")
        assert again.json()["detail"] == f"该{name}已被删除，不能再更改。"


def test_a_customer_leads_to_its_sites_contacts_equipment_and_orders(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    """A company calls and gives its name: everything of it is one step away."""
    desk, order = desks["intake"], orders.new()

    def found(entity: str, **query: str) -> set[str]:
        asked = {"customer": "customer-1", "entity": entity, "limit": "100", **query}
        told = desk.get("/v1/desk/search", params=asked)
        assert told.status_code == 200, told.text
        return {one["id"] for one in told.json()["items"]}

    assert {"site-1", "site-1b"} <= found("site") and "site-2" not in found("site")
    assert {"contact-1", "contact-1b"} <= found("contact") and "contact-2" not in found("contact")
    assert "asset-1" in found("asset") and "asset-2" not in found("asset")
    assert order in found("work_order")
    assert found("customer") == {"customer-1"}
    assert found("asset", q="sn 0042") == {"asset-1"} and found("asset", q="dh0001") == set()
    assert order in {one["id"] for one in _items(desk, "work-orders?customer=customer-1&state=new&limit=500")}
    assert order not in {one["id"] for one in _items(desk, "work-orders?customer=customer-2&limit=500")}


@pytest.mark.parametrize("path", ["search", "work-orders"])
def test_a_customer_that_does_not_exist_is_refused(desks: dict[str, httpx.Client], path: str) -> None:
    answer = desks["intake"].get(f"/v1/desk/{path}?customer=nobody", headers=CHINESE)

    assert _wrong(answer) == (400, "customer", "unknown_record")
    assert "“customer”有误：所指的记录不存在" in answer.json()["detail"]
    nothing = desks["intake"].get("/v1/desk/search", headers=CHINESE)
    assert _wrong(nothing) == (400, "q", "needed")


def test_who_cannot_sign_in_at_a_desk_is_shown_so(live: Live, desks: dict[str, httpx.Client]) -> None:
    """A technician's password opens no desk; whoever sets it learns so at once, not by a refused sign-in."""

    def made(*roles: str) -> Json:
        body = {"login": f"n{uuid.uuid4().hex}", "display_name": "新人", "roles": roles}
        answer = desks["admin"].post("/v1/desk/accounts", json={**body, "password": "long enough to be one"})
        told: Json = answer.json()
        return told

    technician, both = made("technician"), made("technician", "intake")

    assert (technician["signs_in"], both["signs_in"]) == (False, True)
    assert live.sign_in(both["login"], "long enough to be one").get("/v1/desk/me").status_code == 200
    off = desks["admin"].patch(f"/v1/desk/accounts/{both['id']}", json={"disabled": True}).json()
    assert off["signs_in"] is False


def test_an_empty_object_is_empty(desks: dict[str, httpx.Client]) -> None:
    answer = desks["intake"].post("/v1/desk/customers", json={"fields": {}}, headers=CHINESE)

    assert _wrong(answer) == (400, "fields", "empty")
    assert answer.json()["detail"] == "字段“fields”有误：不能为空。"


def test_parked_work_is_filtered_by_what_can_be_parked(desks: dict[str, httpx.Client]) -> None:
    """What a merge says of a field is no reason to wait: offering it would promise an answer that never comes."""
    answer = desks["dispatcher"].get("/v1/desk/parked?reason=owner_stands", headers=CHINESE)

    assert _wrong(answer) == (400, "reason", "not_one_of")
    allowed = answer.json()["details"]["allowed"]
    assert {"unknown_field", "not_entitled", "dismissed"} <= set(allowed)
    assert not {"owner_stands", "text_merged", "superseded", "forked"} & set(allowed)
    assert "“unknown_field”" in answer.json()["detail"]
    assert desks["dispatcher"].get("/v1/desk/parked?reason=poisoned").status_code == 200


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8"])
@pytest.mark.parametrize("path", ["customers", "work-orders", "login", "work-orders/nope/cancel"])
def test_a_body_that_is_missing_is_called_empty(desks: dict[str, httpx.Client], path: str, kind: str) -> None:
    headers = {**CHINESE, "Content-Type": kind, "If-Match": '"x:1"'}
    answer = desks["intake"].post(f"/v1/desk/{path}", content=b"", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "json_invalid"), answer.text
    assert answer.json()["details"]["fault"] == "empty"
    assert "内容为空" in answer.json()["detail"]


def test_work_that_must_stop_names_the_reason_that_is_missing(desks: dict[str, httpx.Client]) -> None:
    body = {"cause": "漏电", "stop_work": True}
    answer = desks["expert"].post("/v1/desk/expert-cases/none/verdict", json=body, headers=CHINESE)

    assert _wrong(answer) == (400, "stop_reason", "needed")
    assert answer.json()["detail"] == "字段“stop_reason”有误：为必填项。"
    reasoned = desks["expert"].post(
        "/v1/desk/expert-cases/none/verdict", json={**body, "stop_reason": "触电危险"}
    )
    assert reasoned.json()["code"] in ("base_missing", "record_missing")
