"""Who reads Chinese gets Chinese: every problem, every fault of a value, whatever was sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from domain.declaration import SCHEMA
from domain.refusals import REFUSALS
from mobile_api.problem import Phrase
from mobile_api.problems import JSON_FAULTS, KEY_FAULTS, FieldInvalid
from openapi.errors import problems
from server.desk import names
from server.desk.roles import ROLES
from sync.fault import FAULTS, Fault
from sync.reasons import REASONS
from tests.parts.chinese import foreign_words
from tests.server.live import Live
from tests.server.orders import Orders
from tests.server.test_bad_input import NAMES, routes

CHINESE = {"Accept-Language": "zh-CN"}
_FIELD = re.compile(r"[\w.\[\]-]*")
_ABOUT = {"limit": "12", "allowed": "vip, standard", "name": "something", "entity": "site"}
_DETAILS: dict[str, Any] = {
    "reason": "原因",
    "name": "名称",
    "names": "名称",
    "sentence": "句子。",
}


class _Anything(dict[str, Any]):
    """Details for any template; what is not told is a number."""

    def __missing__(self, name: str) -> Any:
        return 7


@pytest.mark.parametrize("code", problems())
def test_each_problem_is_told_in_chinese(code: str) -> None:
    assert foreign_words(problems()[code].zh.format_map(_Anything(_DETAILS))) == []


@pytest.mark.parametrize("code", FAULTS)
def test_each_fault_of_a_value_is_told_in_chinese(code: str) -> None:
    fault = Fault(code, "window.starts_at", _ABOUT.get(FAULTS[code].takes, ""))

    assert foreign_words(fault.sentence("zh")) == []


def test_each_reason_refusal_and_name_is_told_in_chinese() -> None:
    sentences = [
        *(zh for _, zh in REASONS.values()),
        *(zh.format_map(_Anything()) for _, zh in REFUSALS.values()),
        *(zh.format(byte=3) for _, zh in JSON_FAULTS.values()),
        *(zh for _, zh in KEY_FAULTS.values()),
        *(names.thing(entity).zh for entity in SCHEMA.entities),
        names.roles(ROLES).zh,
    ]

    assert {one: found for one in sentences if (found := foreign_words(one))} == {}


@pytest.mark.parametrize(
    "sentence",
    [
        "未做任何更改。priority must be one of low, normal, high",
        "字段“limit”有误：Expected `int` <= 500。",
        "字段“window”有误：“Field required by the form”。",
        "没有该记录（work order）。",
        "You may not do this.",
    ],
)
def test_a_sentence_that_is_half_english_is_found(sentence: str) -> None:
    """The negative control of this file."""
    assert foreign_words(sentence)


def test_a_problem_whose_reason_is_english_is_found() -> None:
    """The negative control of the walk: what a route would answer, had it kept a parser's words."""
    raw = FieldInvalid(field="limit", fault="does_not_fit", reason=Phrase("x", "Expected `int`, got `str`"))

    assert [found for one in _sentences(raw.document("zh")) if (found := foreign_words(one))]


@pytest.fixture(scope="module")
def everybody(live: Live) -> httpx.Client:
    """Somebody with every role of a desk, who asks in Chinese."""
    live.account("reader", "admin", "intake", "dispatcher", "expert", "storekeeper", "supervisor", "auditor")
    client = live.sign_in("reader")
    client.headers.update(CHINESE)
    return client


_SAME_FOR_ALL: list[Any] = [5, "", [], {}, True, "x" * 5000, None]
BODIES: list[bytes] = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"5",
    b'"text"',
    b'{"a": 1} more',
    b'{"a": "\xff"}',
    b"{}",
    b'{"no_such_field": 1}',
    *(json.dumps(dict.fromkeys(NAMES, value)).encode() for value in _SAME_FOR_ALL),
]


@pytest.mark.parametrize("body", BODIES, ids=[f"{place:02d}" for place in range(len(BODIES))])
def test_every_route_refuses_a_body_in_chinese(live: Live, everybody: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "If-Match": f'"{live.service.engine.epoch}:1"'}
    for method, path in routes(live):
        if "nothing" in path:
            continue
        answer = everybody.request(method, path, content=body, headers=headers)
        if answer.status_code >= 400:
            _check(answer, (method, path, body))


QUERIES = [
    "no_such_name=1",
    "limit=0",
    "limit=100000",
    "limit=many",
    "after=zzz",
    "state=foo",
    "role=foo",
    "entity=foo",
    "reason=foo",
    "outlet=foo",
    "technician=foo",
    "location=foo",
    "part=foo",
    "day=tomorrow",
    "day=9999-12-31",
    "zone=Mars/Base",
    "late=maybe",
    "short=maybe",
    "silent_minutes=0",
    "q=" + "a" * 300,
    "",
]


@pytest.mark.parametrize("query", QUERIES)
def test_every_list_refuses_a_filter_in_chinese(live: Live, everybody: httpx.Client, query: str) -> None:
    for path in LISTS:
        answer = everybody.get(f"/v1/desk/{path}?{query}")
        if answer.status_code >= 400:
            _check(answer, (path, query))


LISTS = [
    *("search", "work-orders", "board", "conflicts", "inbox", "master-changes", "technicians", "outlets"),
    *(
        "stock-locations",
        "stock",
        "expert-cases",
        "expert-queue",
        "parked",
        "quarantine",
        "devices",
        "accounts",
    ),
    *("messages", "message-kinds", "erasures"),
]
MASTERS = {
    "customer": "customers",
    "site": "sites",
    "contact": "contacts",
    "asset": "assets",
    "technician": "technicians",
    "certificate": "certificates",
    "shift": "shifts",
    "skill": "skills",
    "outlet": "outlets",
    "territory": "territories",
    "service_contract": "service-contracts",
    "part": "parts",
    "stock_location": "stock-locations",
    "checklist_template": "checklist-templates",
    "knowledge_article": "knowledge-articles",
    "message_template": "message-templates",
}
WRONG: list[Any] = [5, "x" * 5000, [5], {"add": 5}, {"event": "x"}, 1.5]


@pytest.mark.parametrize("entity", MASTERS)
def test_every_value_of_a_master_record_is_refused_in_chinese(everybody: httpx.Client, entity: str) -> None:
    for name in [*SCHEMA.entities[entity].fields, "no_such_field"]:
        for value in WRONG:
            fields = {"site": "site-1", "technician": "u-technician", "customer": "customer-1", name: value}
            answer = everybody.post(f"/v1/desk/{MASTERS[entity]}", json={"fields": fields})
            if answer.status_code >= 400:
                _check(answer, (entity, name, value))


def test_every_value_of_an_order_is_refused_in_chinese(
    live: Live, orders: Orders, everybody: httpx.Client
) -> None:
    order = orders.new()
    base = f"{live.service.engine.epoch}:1"
    for name in [*SCHEMA.entities["work_order"].fields, "no_such_field"]:
        for value in WRONG:
            answer = everybody.patch(
                f"/v1/desk/work-orders/{order}", json={"set": {name: value}, "base": base}
            )
            if answer.status_code >= 400:
                _check(answer, (name, value))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nowhere", 404),
        ("GET", "/v1/desk/work-orders/none", 404),
        ("DELETE", "/v1/desk/board", 405),
        ("GET", "/v1/desk/stock/none", 404),
        ("GET", "/v1/desk/visits/none", 404),
        ("POST", "/v1/desk/devices/none/revoke", 404),
        ("POST", "/v1/desk/parked/none/1/retry", 404),
        ("POST", "/v1/enrol", 400),
        ("POST", "/v1/sync", 400),
        ("POST", "/v1/token", 401),
    ],
)
def test_what_is_not_there_is_told_in_chinese(
    everybody: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = everybody.request(method, path, content=b"{")

    assert 400 <= answer.status_code < 500
    _check(answer, (method, path))


def test_who_may_not_is_told_in_chinese(live: Live, desks: dict[str, httpx.Client]) -> None:
    for answer in (
        live.client().get("/v1/desk/me", headers=CHINESE),
        live.client().post("/v1/desk/login", json={"login": "x", "password": "y"}, headers=CHINESE),
        desks["expert"].get("/v1/desk/board", headers=CHINESE),
        desks["admin"].post("/v1/desk/logout", headers={**CHINESE, "X-CSRF-Token": "wrong"}),
    ):
        assert answer.status_code in (401, 403)
        _check(answer, answer.url)


def test_an_account_that_prefers_chinese_gets_it_unasked(live: Live, orders: Orders) -> None:
    live.account("wang", "dispatcher")
    account = live.service.accounts.by_login("wang")
    assert account is not None
    live.service.accounts.put(type(account)(**{**_fields(account), "locale": "zh-CN"}))
    desk = live.sign_in("wang")
    order = orders.new()

    base = f"{live.service.engine.epoch}:1"
    refused = desk.patch(f"/v1/desk/work-orders/{order}", json={"set": {"priority": "huge"}, "base": base})

    assert refused.status_code == 422
    _check(refused, "locale")


def _fields(account: Any) -> dict[str, Any]:
    return {name: getattr(account, name) for name in account.__struct_fields__}


def _check(answer: httpx.Response, about: object) -> None:
    """Problem+json in Chinese, with the field's name alone."""
    assert answer.headers["content-type"] == "application/problem+json", (about, answer.text)
    told = answer.json()
    assert answer.headers["content-language"] == "zh-CN"
    strange = {one: found for one in _sentences(told) if (found := foreign_words(one))}
    assert strange == {}, (about, told)
    assert told["code"] not in ("internal_error", "bad_request"), (about, told)
    field = told["details"].get("field")
    if told["code"] != "field_invalid" or told["details"]["fault"] != "unknown_name":
        assert field is None or _FIELD.fullmatch(field), (about, told)
    if field is not None:
        assert re.fullmatch(r"[a-z0-9_]+", told["details"].get("fault", "x")), (about, told)


def _sentences(told: dict[str, Any]) -> Iterator[str]:
    yield told["detail"]
    if told["code"] in ("field_invalid", "json_invalid"):
        yield told["details"]["reason"]
    yield from _nested(told["details"])


def _nested(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            if name == "sentence":
                yield member
            else:
                yield from _nested(member)
    elif isinstance(value, list):
        for one in value:
            yield from _nested(one)
