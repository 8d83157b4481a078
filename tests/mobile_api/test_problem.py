"""Whatever goes wrong, the client gets problem+json that a program and a person can read."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar, get
from litestar.params import FromQuery
from litestar.testing import TestClient

from mobile_api.problem import Problem, causes, preferred_language
from mobile_api.problem_handlers import problem_handlers


class Spilled(Problem):
    code = "test_spilled"
    status = 418
    en = "{cups} cups are empty."
    zh = "{cups} 个杯子空了。"
    retryable = True


@get("/spilled")
async def spilled() -> None:
    raise Spilled({"Retry-After": "3"}, cups=2)


@get("/broken")
async def broken() -> None:
    raise RuntimeError("a secret that nobody should read")


@get("/number")
async def number(needed: FromQuery[int]) -> int:
    return needed


def ask(path: str, language: str = "", method: str = "GET") -> Any:
    app = Litestar([spilled, broken, number], exception_handlers=problem_handlers(), openapi_config=None)
    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.request(method, path, headers={"Accept-Language": language})
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    document = response.json()
    assert document["status"] == response.status_code
    return document, response


def test_a_problem_tells_program_and_person() -> None:
    document, response = ask("/spilled", "zh-CN")
    assert document == {
        "type": "/problems/test_spilled",
        "title": "test spilled",
        "status": 418,
        "detail": "2 个杯子空了。",
        "code": "test_spilled",
        "retryable": True,
        "details": {"cups": 2},
    }
    assert (response.headers["Retry-After"], response.headers["Content-Language"]) == ("3", "zh-CN")


def test_an_unexpected_error_tells_nothing_of_itself() -> None:
    document, response = ask("/broken")
    assert (document["status"], document["code"], document["retryable"]) == (500, "internal_error", True)
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/nowhere", "GET", 404, "not_found"),
        ("/spilled", "POST", 405, "method_not_allowed"),
        ("/number?needed=x", "GET", 400, "field_invalid"),
    ],
)
def test_what_the_framework_refuses_is_a_problem_too(path: str, method: str, status: int, code: str) -> None:
    document, _ = ask(path, method=method)
    assert (document["status"], document["code"]) == (status, code)


def test_a_code_is_used_once() -> None:
    with pytest.raises(TypeError, match="test_spilled"):
        type("Other", (Problem,), {"code": "test_spilled"})


@pytest.mark.parametrize("cause", causes().values(), ids=lambda cause: cause.code)
def test_every_cause_is_complete_in_both_languages(cause: type[Problem]) -> None:
    assert 400 <= cause.status < 600
    assert cause.en.endswith((".", ". {sentence}"))
    assert cause.zh.endswith(("。", "。{sentence}"))


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB, zh;q=0.5", "en"),
        ("de, zh;q=0.3", "zh"),
        ("fr", "en"),
        ("zh;q=x, en;q=0.1", "en"),
        ("*", "en"),
    ],
)
def test_the_language_is_the_reader_s(accepted: str, language: str) -> None:
    assert preferred_language(accepted) == language
