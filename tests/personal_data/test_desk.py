"""Supervisors and administrators hand out and erase; nobody else does."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.server.live import Live, live_server

OTHERS = ("intake", "dispatcher", "expert", "storekeeper", "auditor")
CUSTOMER = "/v1/desk/customers/customer-1"
ORDER = {"site": "site-1", "kind": "fault", "channel": "phone", "symptom": "不制冷", "read_back": True}


@pytest.fixture
def live(database_url: str, tmp_path: Path) -> Iterator[Live]:
    """A server of its own: what is erased stays erased."""
    with live_server(database_url, tmp_path) as server:
        yield server


@pytest.fixture
def supervisor(live: Live) -> httpx.Client:
    """The desk of one who may."""
    return live.sign_in("supervisor")


def test_only_whoever_answers_for_it_may(live: Live) -> None:
    for role in OTHERS:
        desk = live.sign_in(role)
        for answer in (
            desk.get(f"{CUSTOMER}/personal-data"),
            desk.get(f"{CUSTOMER}/erasure"),
            desk.post(f"{CUSTOMER}/erasure", json={"reason": "request"}),
            desk.get("/v1/desk/erasures"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "role_missing"), role


def test_an_export_is_handed_out_as_a_file(supervisor: httpx.Client) -> None:
    answer = supervisor.get(f"{CUSTOMER}/personal-data")
    assert answer.headers["content-type"] == "application/zip"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert "王小明" in file.read("zh.html").decode()


def test_a_customer_is_erased_once_nothing_is_owed(live: Live, supervisor: httpx.Client) -> None:
    order = live.sign_in("intake").post("/v1/desk/work-orders", json=ORDER)
    id = next(one.partition("/")[2] for one in order.json()["records"] if one.startswith("work_order/"))
    blocked = supervisor.post(f"{CUSTOMER}/erasure", json={"reason": "request"})
    assert (blocked.status_code, blocked.json()["code"]) == (409, "erasure_blocked")
    assert blocked.json()["details"]["blocked_by"][0]["id"] == id
    plan = supervisor.get(f"{CUSTOMER}/erasure", headers={"Accept-Language": "zh"}).json()
    assert "尚未结束" in plan["blocked_by"][0]["sentence"]
    dispatcher = live.sign_in("dispatcher")
    read = dispatcher.get(f"/v1/desk/work-orders/{id}")
    cancelled = dispatcher.post(
        f"/v1/desk/work-orders/{id}/cancel",
        json={"reason": "王小明不要了"},
        headers={"If-Match": read.headers["etag"]},
    )
    assert cancelled.status_code == 200, cancelled.text
    done = supervisor.post(f"{CUSTOMER}/erasure", json={"reason": "request"})
    assert done.status_code == 200, done.text
    assert done.json()["report"]["records"] > 0
    assert supervisor.get(f"{CUSTOMER}/erasure").json()["erased"] is True
    (listed,) = supervisor.get("/v1/desk/erasures").json()["items"]
    assert (listed["customer"], listed["asked_by"]) == ("customer-1", "u-supervisor")
    found = supervisor.get("/v1/desk/search", params={"q": "王小明"}).json()
    assert found["items"] == []
    refused = live.sign_in("intake").post(
        "/v1/desk/work-orders", json=ORDER, headers={"Accept-Language": "zh"}
    )
    assert refused.status_code == 422
    assert "个人信息已删除" in refused.json()["detail"]


def test_nobody_of_that_id_is_not_found(supervisor: httpx.Client) -> None:
    for answer in (
        supervisor.get("/v1/desk/customers/nobody/personal-data"),
        supervisor.get("/v1/desk/customers/nobody/erasure"),
        supervisor.post("/v1/desk/customers/nobody/erasure", json={"reason": "request"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "record_missing")


def test_a_reason_is_a_code_since_it_is_kept(supervisor: httpx.Client) -> None:
    answer = supervisor.post(f"{CUSTOMER}/erasure", json={"reason": "王小明要求"})
    assert answer.status_code in (400, 422)
