"""Master data that makes no sense is refused at a desk by the name of its field, and its neighbour passes."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from tests.server.live import Json
from tests.server.orders import id_of

CHINESE = {"Accept-Language": "zh-CN"}


def customer(**fields: object) -> Json:
    """A customer nobody has yet, with some fields otherwise."""
    return {"fields": {"number": f"N-{uuid4()}", "name": {"zh": "新客户"}, "kind": "company", **fields}}


EMPTY: dict[str, tuple[Json, str]] = {
    "no number": ({"number": ""}, "number"),
    "a blank number": ({"number": " \t"}, "number"),
    "a name of nothing": ({"name": {"zh": "", "en": " "}}, "name"),
}


@pytest.mark.parametrize("case", sorted(EMPTY))
def test_what_is_needed_is_not_blank(desks: dict[str, httpx.Client], case: str) -> None:
    wrong, field = EMPTY[case]

    answer = desks["intake"].post("/v1/desk/customers", json=customer(**wrong), headers=CHINESE)

    assert (answer.status_code, answer.json()["details"]["field"]) == (422, field), answer.text
    assert f"“{field}”不能为空" in answer.json()["detail"]
    right = customer(name={"zh": "", "en": "New"})
    assert desks["intake"].post("/v1/desk/customers", json=right).status_code == 201


def test_a_day_that_no_calendar_has_is_refused(desks: dict[str, httpx.Client]) -> None:
    wrong, right = (customer(customer_since=day) for day in ("2019-02-31", "2019-02-28"))

    answer = desks["intake"].post("/v1/desk/customers", json=wrong, headers=CHINESE)
    taken = desks["intake"].post("/v1/desk/customers", json=right)

    assert (answer.status_code, answer.json()["details"]["field"]) == (422, "customer_since"), answer.text
    assert "“2019-02-31”不是有效的日期或时间" in answer.json()["detail"]
    assert taken.status_code == 201, taken.text


@pytest.mark.parametrize("kind", ["customers", "sites", "technicians", "outlets"])
def test_a_number_is_given_once(desks: dict[str, httpx.Client], kind: str) -> None:
    number = f"N{uuid4().hex[:12]}"
    fields: dict[str, Json] = {
        "customers": {"number": number, "name": {"zh": "岚山"}},
        "sites": {
            "number": number,
            "name": {"zh": "岚山"},
            "customer": "customer-1",
            "address": {"line": {"zh": "任意"}},
            "zone": "Asia/Shanghai",
        },
        "technicians": {"number": number, "name": {"zh": "岚山"}},
        "outlets": {"code": number, "name": {"zh": "岚山"}},
    }
    body, field = {"fields": fields[kind]}, "code" if kind == "outlets" else "number"
    key = {"Idempotency-Key": number}

    first = desks["admin"].post(f"/v1/desk/{kind}", json=body, headers=key)
    repeated = desks["admin"].post(f"/v1/desk/{kind}", json=body, headers=key)
    second = desks["admin"].post(f"/v1/desk/{kind}", json=body, headers=CHINESE)
    other = desks["admin"].post(
        f"/v1/desk/{kind}", json={"fields": {**fields[kind], field: f"{number}b"}}, headers=CHINESE
    )

    assert (first.status_code, repeated.json()["repeated"]) == (201, True), first.text
    problem = second.json()
    assert (second.status_code, problem["details"]["field"], problem["details"]["reason"]) == (
        422,
        field,
        "number_taken",
    )
    assert "该编号已由岚山使用" in problem["detail"]
    assert other.status_code == 201, other.text


def test_a_telephone_number_has_digits(desks: dict[str, httpx.Client]) -> None:
    fields: Json = {"site": "site-1", "name": {"zh": "甲"}}

    def post(phone: str | None) -> httpx.Response:
        return desks["intake"].post(
            "/v1/desk/contacts", json={"fields": {**fields, "phone": phone}}, headers=CHINESE
        )

    for phone in ("abc", "-", ""):
        answer = post(phone)
        assert (answer.status_code, answer.json()["details"]["field"]) == (422, "phone"), answer.text
        assert "电话号码须含数字" in answer.json()["detail"]
    assert [post(one).status_code for one in ("021-5555 1234", "０２１５５５５", None)] == [201, 201, 201]


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"site": "nope"}, "site"), ({"site": "site-1", "customer": "nope"}, "customer")],
    ids=["site", "customer"],
)
def test_a_contact_of_nowhere_names_the_field(
    desks: dict[str, httpx.Client], fields: Json, field: str
) -> None:
    body = {"fields": {"name": {"zh": "甲"}, **fields}}

    answer = desks["intake"].post("/v1/desk/contacts", json=body, headers=CHINESE)

    assert (answer.status_code, answer.json()["details"]["field"]) == (422, field), answer.text
    assert f"“{field}”所指的“nope”不存在或已被删除" in answer.json()["detail"]


def test_the_id_of_a_contact_elsewhere_is_told_as_the_wrong_field(desks: dict[str, httpx.Client]) -> None:
    body: Json = {"fields": {"site": "site-1", "name": {"zh": "甲"}}}
    made = id_of(desks["intake"].post("/v1/desk/contacts", json=body), "contact")

    elsewhere = {"id": made, "fields": {"site": "site-2", "name": {"zh": "甲"}}}
    answer = desks["intake"].post("/v1/desk/contacts", json=elsewhere, headers=CHINESE)

    assert (answer.status_code, answer.json()["details"]["field"]) == (422, "id"), answer.text
    assert f"编号为“{made}”的记录已存在" in answer.json()["detail"]


def test_what_waits_for_a_refused_neighbour_is_not_said_to_be_wrong(desks: dict[str, httpx.Client]) -> None:
    body = {
        "site": "site-1",
        "asset": "asset-9",
        "kind": "fault",
        "channel": "phone",
        "symptom": "x",
        "read_back": True,
    }

    answer = desks["intake"].post("/v1/desk/work-orders", json=body, headers=CHINESE)

    assert [one["status"] for one in answer.json()["details"]["results"]] == ["refused", "not_done"]
