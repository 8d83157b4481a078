"""Every list has one shape, refuses what it does not know, and goes on where a page ended."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from openapi.document import document
from openapi.export import running_app
from tests.server.live import Live, etag
from tests.server.orders import Orders
from tests.server.test_sentences import LISTS


@pytest.fixture(scope="module")
def reader(live: Live) -> httpx.Client:
    """Somebody with every role of a desk."""
    live.account("lister", "admin", "intake", "dispatcher", "expert", "storekeeper", "supervisor", "auditor")
    return live.sign_in("lister")


def _get(desk: httpx.Client, path: str, **query: Any) -> dict[str, Any]:
    answer = desk.get(f"/v1/desk/{path}", params=query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def _made(desk: httpx.Client, path: str, **fields: Any) -> str:
    answer = desk.post(f"/v1/desk/{path}", json={"fields": fields})
    assert answer.status_code == 201, answer.text
    record: str = answer.json()["records"][0]
    return record.partition("/")[2]


@pytest.mark.parametrize("path", LISTS)
def test_each_list_has_items_and_next(reader: httpx.Client, path: str) -> None:
    told = _get(reader, path, **({"q": "老王"} if path == "search" else {}))

    assert isinstance(told["items"], list)
    assert told["next"] is None or isinstance(told["next"], str)


def test_the_lists_of_this_file_are_all_that_there_are() -> None:
    """By the description: whatever answers with items is in the list above; and it is described everywhere alike."""
    with running_app() as app:
        described = document(app)
    schemas = described["components"]["schemas"]
    found = set()
    for path, item in described["paths"].items():
        if not path.startswith("/v1/desk/") or "{" in path or "get" not in item:
            continue
        content = item["get"]["responses"]["200"].get("content", {}).get("application/json", {})
        schema = content.get("schema", {})
        shape = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
        assert shape.get("type") != "array", f"{path} answers with a bare list"
        if any(member.get("type") == "array" for member in shape.get("properties", {}).values()):
            if path in ("/v1/desk/me",):
                continue
            assert {"items", "next"} <= shape["properties"].keys(), path
            found.add(path.removeprefix("/v1/desk/"))
    assert found == set(LISTS)


@pytest.mark.parametrize("path", LISTS)
def test_a_filter_that_a_list_does_not_have_is_refused_with_those_it_has(
    reader: httpx.Client, path: str
) -> None:
    answer = reader.get(f"/v1/desk/{path}?colour=red")

    told = answer.json()
    assert (answer.status_code, told["code"]) == (400, "field_invalid")
    assert told["details"]["field"] == "colour"
    if "allowed" in told["details"]:
        assert all(name in told["detail"] for name in told["details"]["allowed"])
        assert reader.get(f"/v1/desk/{path}?{told['details']['allowed'][0]}=").status_code in (200, 400)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("work-orders", "state"),
        ("board", "state"),
        ("conflicts", "state"),
        ("inbox", "state"),
        ("inbox", "role"),
        ("master-changes", "state"),
        ("expert-cases", "state"),
        ("search", "entity"),
        ("parked", "reason"),
    ],
)
def test_a_value_that_a_filter_does_not_have_is_refused_with_those_it_has(
    reader: httpx.Client, path: str, name: str
) -> None:
    query = {name: "foo", **({"q": "x"} if path == "search" else {})}
    answer = reader.get(f"/v1/desk/{path}", params=query)

    details = answer.json()["details"]
    assert (answer.status_code, details["field"], details["fault"]) == (400, name, "not_one_of")
    for value in details["allowed"]:
        assert reader.get(f"/v1/desk/{path}", params={**query, name: value}).status_code == 200


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("work-orders", "outlet"),
        ("work-orders", "technician"),
        ("board", "technician"),
        ("technicians", "outlet"),
        ("stock", "location"),
        ("stock", "part"),
    ],
)
def test_a_filter_by_something_that_does_not_exist_is_refused(
    reader: httpx.Client, path: str, name: str
) -> None:
    answer = reader.get(f"/v1/desk/{path}", params={name: "nobody"})

    assert answer.status_code == 400
    assert (answer.json()["details"]["field"], answer.json()["details"]["fault"]) == (name, "unknown_record")


@pytest.mark.parametrize("path", [one for one in LISTS if one not in ("search", "devices", "accounts")])
def test_a_place_that_the_list_did_not_give_is_refused(reader: httpx.Client, path: str) -> None:
    answer = reader.get(f"/v1/desk/{path}?after=zzz")

    assert answer.status_code == 400
    assert (answer.json()["details"]["field"], answer.json()["details"]["fault"]) == (
        "after",
        "not_from_here",
    )


def test_a_place_of_another_list_is_refused(reader: httpx.Client, orders: Orders) -> None:
    orders.assigned(), orders.assigned()
    place = _get(reader, "work-orders", limit=1)["next"]

    assert reader.get("/v1/desk/board", params={"after": place}).status_code == 400
    assert reader.get("/v1/desk/work-orders", params={"after": place[:-1]}).status_code == 400


@pytest.mark.parametrize("path", ["work-orders", "board?day=2031-05-05", "technicians", "stock-locations"])
def test_pages_together_are_the_list(reader: httpx.Client, orders: Orders, path: str) -> None:
    """One at a time, nothing is missing, nothing comes twice."""
    orders.assigned(), orders.assigned("technician-2")
    path, _, day = path.partition("?day=")
    query = {"day": day} if day else {}
    wanted = [one["id"] for one in _get(reader, path, **query, limit=500)["items"]][:30]

    found: list[str] = []
    after: str | None = ""
    while after is not None and len(found) < len(wanted):
        told = _get(reader, path, **query, limit=1, after=after)
        found += [one["id"] for one in told["items"]]
        after = told["next"]

    assert found == wanted and len(wanted) >= 2


def test_a_technicians_skills_are_a_list(live: Live, reader: httpx.Client) -> None:
    shown = reader.get("/v1/desk/technicians/technician-2")
    change = {"set": {"skills": [{"skill": "el-2", "level": 1}, {"skill": "rf-1", "level": 2}]}}
    made = reader.patch("/v1/desk/technicians/technician-2", json=change, headers=etag(shown))
    assert made.status_code == 200, made.text

    rows = {one["id"]: one for one in _get(reader, "technicians")["items"]}

    assert sorted(rows["technician-2"]["skills"]) == ["el-2", "rf-1"]
    assert rows["u-technician"]["skills"] == []


@pytest.mark.parametrize(
    "q",
    [
        "+86 138 0013 8000",
        "+8613800138000",
        "0086-138-0013-8000",
        "＋８６ １３８００１３８０００",
        "86 138 0013 8000",
        "(138) 0013-8000",
        "138 0013 8000",
        "13800138000",
        "王小明 13800138000",
        "长宁路",
        "sn 0042",
        "c-1",
    ],
)
def test_whoever_calls_is_found_with_number_and_address(reader: httpx.Client, q: str) -> None:
    hits = _get(reader, "search", q=q)["items"]

    found = [one for one in hits if one["customer"] == "customer-1"]
    assert found, hits
    assert {one["customer_zh"] for one in found} == {"老王面馆"}
    assert {one["phone"] for one in found} == {"138-0013-8000"}
    assert {one["address"] for one in found} == {"长宁路1号"}


@pytest.mark.parametrize("spoken", ["+86 21 6226 1234", "021-6226 1234", "02162261234", "62261234"])
def test_a_fixed_line_is_found_however_it_was_written_down(reader: httpx.Client, spoken: str) -> None:
    customer = _made(reader, "customers", number=f"C-L-{uuid.uuid4()}", name={"zh": "座机用户"})
    site = _made(
        reader,
        "sites",
        customer=customer,
        number=f"S-L-{uuid.uuid4()}",
        address={"line": {"zh": "南京路2号"}},
        zone="Asia/Shanghai",
    )
    for written in ("021-62261234", "+86 21 6226-1234"):
        _made(reader, "contacts", site=site, customer=customer, name={"zh": "座机"}, phone=written)

    phones = {one["phone"] for one in _get(reader, "search", q=spoken, entity="contact", limit=100)["items"]}

    assert {"021-62261234", "+86 21 6226-1234"} <= phones


def test_search_says_of_which_kind_there_is_more(reader: httpx.Client, orders: Orders) -> None:
    for _ in range(9):
        orders.new()

    few = _get(reader, "search", q="不制冷")
    many = _get(reader, "search", q="不制冷", entity="work_order", limit=100)

    assert "work_order" in few["more"] and len(few["items"]) == 8
    assert len(many["items"]) > 8 and {one["entity"] for one in many["items"]} == {"work_order"}


def test_malformed_json_has_one_code_at_desk_and_phone(live: Live, reader: httpx.Client) -> None:
    desk = reader.post("/v1/desk/work-orders", content=b"{", headers={"Content-Type": "application/json"})
    phone = live.client().post("/v1/enrol", content=b"{", headers={"Content-Type": "application/json"})

    assert desk.json()["code"] == phone.json()["code"] == "json_invalid"
    assert desk.json()["details"]["fault"] == phone.json()["details"]["fault"] == "cut_off"


def test_every_field_that_is_wrong_is_named(reader: httpx.Client) -> None:
    body = {"site": "site-1", "kind": "fire", "channel": "phone", "symptom": "", "surplus": 1}
    details = reader.post("/v1/desk/work-orders", json=body).json()["details"]

    told = {one["field"]: one["fault"] for one in details["fields"]}
    assert told == {"kind": "not_one_of", "symptom": "empty", "read_back": "needed", "surplus": "unknown"}
    assert details["field"] in told and "fault" in details
