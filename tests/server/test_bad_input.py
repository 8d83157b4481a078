"""Whatever a desk sends, the answer names what is wrong: never an internal error, never half a write."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.app import application
from tests.server.live import Live, etag
from tests.server.orders import Orders

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(
        ["\0", "zh", "2031-05-05T01:00:00Z", "work_order/x", "u-technician", "victim-1", "a" * 5000]
    )
)
JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
NAMES = [
    *(
        "base",
        "set",
        "fields",
        "id",
        "site",
        "kind",
        "channel",
        "symptom",
        "read_back",
        "technician",
        "window",
    ),
    *("starts_at", "ends_at", "reason", "answer", "how", "choose", "standing", "value", "outcome"),
    *("anything_else", "cause", "part", "quantity", "login", "password", "roles", "approve", "stars"),
]
FIELDS = [
    *("priority", "tier", "symptom", "title", "required_skills", "office_notes", "state", "number"),
    *("cancellation", "triage"),
]
BODIES = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), JSON, max_size=6) | JSON


def routes(live: Live) -> list[tuple[str, str]]:
    """(method, path) of every desk route that takes a body, ids filled in."""
    found = set()
    for route in application(live.service).routes:
        path = route.path
        if not path.startswith("/v1/desk/"):
            continue
        for method in getattr(route, "methods", ()):
            if method in ("POST", "PATCH", "DELETE"):
                for id in ("nothing", "victim-1"):
                    found.add((method, _filled(path, id)))
    return sorted(found - {("POST", "/v1/desk/logout")})


def _filled(path: str, id: str) -> str:
    return "/".join(
        "1" if part.endswith(":int}") else id if part.startswith("{") else part for part in path.split("/")
    )


@pytest.fixture(scope="session")
def everybody(live: Live) -> httpx.Client:
    """Somebody with every role of a desk: each route is reached."""
    live.account(
        "everybody", "admin", "intake", "dispatcher", "expert", "storekeeper", "supervisor", "auditor"
    )
    return live.sign_in("everybody")


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_bodies_to_every_route_are_never_an_internal_error(
    live: Live, everybody: httpx.Client, data: st.DataObject
) -> None:
    for method, path in routes(live):
        body = json.dumps(data.draw(BODIES), allow_nan=True).encode()
        answer = everybody.request(
            method,
            path,
            content=body,
            headers={"Content-Type": "application/json", "If-Match": f'"{live.service.engine.epoch}:1"'},
        )

        assert answer.status_code < 500, (method, path, body, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] != "internal_error"


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    values=st.dictionaries(
        st.sampled_from(FIELDS),
        JSON,
        min_size=1,
        max_size=4,
    )
)
def test_random_values_of_real_fields_are_never_an_internal_error(
    live: Live, orders: Orders, everybody: httpx.Client, values: dict[str, Any]
) -> None:
    order = orders.new()
    body = json.dumps({"set": values}, allow_nan=True).encode()

    answer = everybody.patch(
        f"/v1/desk/work-orders/{order}",
        content=body,
        headers={"Content-Type": "application/json", **etag(orders.read(order))},
    )

    assert answer.status_code < 500, (values, answer.text)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"set": {"symptom": "\\ud800"}}',
        b'{"set": {"symptom": "\xff"}}',
        b'{"set": {"symptom": 1e400}}',
        b'{"set": {"number": 9007199254740993}}',
        b'{"set": ' + b'{"a":' * 2000 + b"1" + b"}" * 2000 + b"}",
        b'{"set": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"set": {"symptom": "' + b"a" * 400_000 + b'"}}',
        b'{"set": {"symptom": "' + b"a" * 1_000_000 + b'"}}',
        '{"set": {"名字": 1}}'.encode(),
        b'{"set": {"record": "x", "entity": "y", "aggregate": "z", "self": 1}}',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_hostile_bodies_are_refused_by_name(
    live: Live, orders: Orders, everybody: httpx.Client, body: bytes
) -> None:
    order = orders.new()
    before = orders.read(order)

    answer = everybody.patch(
        f"/v1/desk/work-orders/{order}",
        content=body,
        headers={"Content-Type": "application/json", **etag(before)},
    )

    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert orders.read(order).json() == before.json()


@pytest.mark.parametrize("query", ["q=%00", "q=%FF%FE", "q=" + "a" * 5000, "q=%25_%25", "", "q=%F0%9F%98%80"])
def test_hostile_searches_are_answered(everybody: httpx.Client, query: str) -> None:
    assert everybody.get(f"/v1/desk/search?{query}").status_code in (200, 400)


@pytest.mark.parametrize(
    "query",
    [
        "day=tomorrow",
        "day=2031-05-05&zone=Mars/Base",
        "day=9999-12-31",
        "day=0001-01-01&zone=Asia/Shanghai",
        "state=%00",
        "outlet=%27--",
        "zone=../../etc/passwd",
        "silent_minutes=0",
        "limit=-1",
        "after=%00/%00",
        "day=2031-05-05&zone=%00",
    ],
)
@pytest.mark.parametrize("path", ["/v1/desk/board", "/v1/desk/work-orders"])
def test_hostile_filters_are_answered(everybody: httpx.Client, path: str, query: str) -> None:
    answer = everybody.get(f"{path}?{query}")

    assert answer.status_code in (200, 400), answer.text


@pytest.mark.parametrize("id", ["%00", "..", "a" * 300, "é", "' OR 1=1"])
def test_strange_ids_are_not_found(everybody: httpx.Client, id: str) -> None:
    for path in ("work-orders", "customers", "visits", "parts", "stock"):
        assert everybody.get(f"/v1/desk/{path}/{id}").status_code in (400, 404, 405)
