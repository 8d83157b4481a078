"""What the desk may not put into an order: each refusal names the field, and its neighbour passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.server.live import Json, etag
from tests.server.orders import Orders, id_of

ORDER: Json = {"site": "site-1", "kind": "fault", "channel": "phone", "symptom": "不制冷", "read_back": True}
DAY = "2026-11-21T"


def days_from_now(days: float) -> str:
    """An instant so many days away from the server's time."""
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def window(starts: float, ends: float) -> Json:
    """A window by days from now."""
    return {"starts_at": days_from_now(starts), "ends_at": days_from_now(ends)}


REFUSED = {
    "equipment of another site": ({"asset": "asset-2"}, "asset", "该设备不在工单所属的地点"),
    "equipment that is not": ({"asset": "asset-9"}, "asset", "“asset”所指的“asset-9”不存在或已被删除"),
    "another customer's contact": ({"contact": "contact-2"}, "contact", "该联系人属于其他客户"),
    "a contact that is not": (
        {"contact": "contact-9"},
        "contact",
        "“contact”所指的“contact-9”不存在或已被删除",
    ),
    "an unknown skill": (
        {"required_skills": ["refrigeration", "alchemy"]},
        "required_skills",
        "技能目录中没有“alchemy”",
    ),
    "a window backwards": (
        {"requested_window": window(2, 1)},
        "requested_window.ends_at",
        "结束时间必须晚于开始时间",
    ),
    "a window of nothing": (
        {"requested_window": {"starts_at": f"{DAY}08:00:00Z", "ends_at": f"{DAY}08:00:00.0Z"}},
        "requested_window.ends_at",
        "结束时间必须晚于开始时间",
    ),
    "a day that is not": (
        {"requested_window": {"starts_at": "2027-02-30T08:00:00Z", "ends_at": "2027-03-01T08:00:00Z"}},
        "requested_window.starts_at",
        "“requested_window.starts_at”的值“2027-02-30T08:00:00Z”不是有效的日期或时间",
    ),
    "a year mistyped ahead": (
        {"requested_window": window(367, 367.1)},
        "requested_window.starts_at",
        "“requested_window.starts_at”距今超过 366 天",
    ),
    "a year mistyped back": (
        {"requested_window": window(-368, -367.9)},
        "requested_window.starts_at",
        "“requested_window.starts_at”距今超过 366 天",
    ),
}
TAKEN: dict[str, Json] = {
    "equipment of the site": {"asset": "asset-1"},
    "a contact of the site": {"contact": "contact-1"},
    "a contact at the customer's head office": {"contact": "contact-1b"},
    "a known skill": {"required_skills": ["refrigeration"]},
    "a window tomorrow": {"requested_window": window(1, 1.1)},
    "a job done yesterday": {"requested_window": window(-1, -0.9)},
    "paper entered late": {"requested_window": window(-365, -364.9)},
    "a window of a second": {
        "requested_window": {"starts_at": f"{DAY}08:00:00Z", "ends_at": f"{DAY}08:00:01Z"}
    },
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_an_order_that_makes_no_sense_is_refused_by_the_name_of_its_field(
    desks: dict[str, httpx.Client], case: str
) -> None:
    wrong, field, sentence = REFUSED[case]
    body = {**ORDER, **wrong}

    chinese = desks["intake"].post("/v1/desk/work-orders", json=body, headers={"Accept-Language": "zh-CN"})
    english = desks["intake"].post("/v1/desk/work-orders", json=body, headers={"Accept-Language": "en"})

    for answer in (chinese, english):
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "operation_refused"), answer.text
        assert problem["details"]["field"] == field
    assert sentence in chinese.json()["detail"]
    assert not any("一" <= letter <= "鿿" for letter in english.json()["detail"])


@pytest.mark.parametrize("case", sorted(TAKEN))
def test_its_neighbour_that_makes_sense_is_taken(desks: dict[str, httpx.Client], case: str) -> None:
    answer = desks["intake"].post("/v1/desk/work-orders", json={**ORDER, **TAKEN[case]})

    assert answer.status_code == 201, answer.text


def test_a_refused_order_can_be_mended_under_the_same_key(desks: dict[str, httpx.Client]) -> None:
    """Nothing was done under the key yet: the corrected body is the first request that counts."""
    headers = {"Idempotency-Key": f"mend-{days_from_now(0)}"}

    refused = desks["intake"].post(
        "/v1/desk/work-orders", json={**ORDER, "asset": "asset-2"}, headers=headers
    )
    mended = desks["intake"].post("/v1/desk/work-orders", json={**ORDER, "asset": "asset-1"}, headers=headers)

    assert (refused.status_code, mended.status_code) == (422, 201), mended.text


@pytest.mark.parametrize(
    ("wrong", "field", "right"),
    [
        ({"asset": "asset-2"}, "asset", {"asset": "asset-1"}),
        ({"verified_contact": "contact-2"}, "verified_contact", {"verified_contact": "contact-1"}),
        (
            {"required_skills": {"add": ["alchemy"]}},
            "required_skills",
            {"required_skills": {"add": ["refrigeration"], "remove": ["alchemy"]}},
        ),
        ({"contract": "contract-9"}, "contract", {"contract": None}),
    ],
    ids=["asset", "contact", "skill", "contract"],
)
def test_a_correction_is_checked_as_the_opening_is(
    desks: dict[str, httpx.Client], orders: Orders, wrong: Json, field: str, right: Json
) -> None:
    order = orders.new()
    path, before = f"/v1/desk/work-orders/{order}", orders.read(order)

    refused = desks["dispatcher"].patch(
        path, json={"set": wrong}, headers={**etag(before), "Accept-Language": "zh"}
    )
    taken = desks["dispatcher"].patch(path, json={"set": right}, headers=etag(before))

    assert (refused.status_code, refused.json()["details"]["field"]) == (422, field), refused.text
    assert "未做任何更改" in refused.json()["detail"]
    assert taken.status_code == 200, taken.text


def test_equipment_that_was_deleted_is_named_no_more(desks: dict[str, httpx.Client]) -> None:
    intake = desks["intake"]
    made = intake.post("/v1/desk/assets", json={"fields": {"site": "site-1", "equipment": "RF"}})
    asset = id_of(made, "asset")

    before = intake.post("/v1/desk/work-orders", json={**ORDER, "asset": asset})
    gone = intake.delete(f"/v1/desk/assets/{asset}", headers=etag(intake.get(f"/v1/desk/assets/{asset}")))
    after = intake.post("/v1/desk/work-orders", json={**ORDER, "asset": asset})

    assert (before.status_code, gone.status_code, after.status_code) == (201, 200, 422), after.text
    assert after.json()["details"]["field"] == "asset"


@pytest.mark.parametrize(
    ("path", "fields", "field"),
    [
        ("sites", {"customer": "customer-9"}, "customer"),
        ("contacts", {"site": "site-1", "name": {"zh": "甲"}, "customer": "customer-9"}, "customer"),
        (
            "shifts",
            {
                "technician": "technician-2",
                "starts_at": f"{DAY}10:00:00Z",
                "ends_at": f"{DAY}02:00:00Z",
            },
            "ends_at",
        ),
    ],
    ids=["site", "contact", "shift"],
)
def test_master_data_names_only_what_there_is(
    desks: dict[str, httpx.Client], path: str, fields: Json, field: str
) -> None:
    needed = {"number": "S-9", "address": {"line": {"zh": "任意"}}, "zone": "Asia/Shanghai"}
    body = {"fields": {**needed, **fields} if path == "sites" else fields}

    answer = desks["dispatcher"].post(f"/v1/desk/{path}", json=body, headers={"Accept-Language": "zh"})

    assert (answer.status_code, answer.json()["details"]["field"]) == (422, field), answer.text
    right = {**body["fields"], "customer": "customer-1", "ends_at": f"{DAY}18:00:00Z"}
    wanted = {name: right[name] for name in body["fields"]}
    mended = desks["dispatcher"].post(f"/v1/desk/{path}", json={"fields": wanted})
    assert mended.status_code == 201, mended.text


def test_a_base_of_an_epoch_that_never_was_is_refused(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order = orders.new()
    path, before = f"/v1/desk/work-orders/{order}", orders.read(order)
    ver = before.json()["ver"]

    stray = f"never-was:{ver}"
    for headers, body in (({"If-Match": f'"{stray}"'}, {}), ({}, {"base": stray})):
        answer = desks["dispatcher"].patch(
            path,
            json={"set": {"priority": "high"}, **body},
            headers={**headers, "Accept-Language": "zh"},
        )
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (412, "base_elsewhere")
        assert problem["details"] == {"field": "base"}
        assert "请重新读取后再提交修改" in problem["detail"]

    assert orders.read(order).json() == before.json()
    taken = desks["dispatcher"].patch(path, json={"set": {"priority": "high"}}, headers=etag(before))
    assert taken.status_code == 200, taken.text
