"""`GET /` says what this is, to people and to programs, with nothing from anywhere else."""

from __future__ import annotations

import re

import pytest
from litestar.testing import TestClient

from openapi.export import running_app
from server import front_page
from server.app import VERSION
from server.front_page import prefers_json

ADDRESSES = (
    front_page.OPENAPI,
    front_page.DESK_LOGIN,
    front_page.PHONE_ENROLMENT,
    front_page.HEALTH,
    front_page.READY,
)


def test_the_front_page_says_what_this_is_in_both_languages_and_where_to_go_on() -> None:
    with running_app() as app, TestClient(app) as client:
        answer = client.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        for said in ("上门服务", "目前还没有操作界面", "There are no screens yet", VERSION, *ADDRESSES):
            assert said in answer.text
        assert not re.search(r"""(src|href)=["']?(https?:)?//|url\(|@import|<script""", answer.text)
        for address in re.findall(r'href="([^"]+)"', answer.text):
            assert client.get(address).status_code == 200, address
        for address in (front_page.DESK_LOGIN, front_page.PHONE_ENROLMENT):
            assert client.post(address, json={}).status_code not in (404, 405), address


def test_a_program_that_asks_for_json_gets_json() -> None:
    with running_app() as app, TestClient(app) as client:
        told = client.get("/", headers={"Accept": "application/json"}).json()
    assert (told["version"], told["screens"]) == (VERSION, False)
    assert set(ADDRESSES) <= set(told.values())


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", True),
        ("text/html, application/json;q=0.9", False),
        ("text/html;q=0.5, application/json;q=0.9", True),
        ("application/*;q=0.8, text/html;q=0.1", True),
        ("application/json;q=0, */*", False),
        ("application/json;q=banana", False),
    ],
    ids=["none", "any", "json", "html_first", "json_first", "range", "json_refused", "not_a_number"],
)
def test_accept_decides_by_its_weights(accept: str, json: bool) -> None:
    assert prefers_json(accept) is json
