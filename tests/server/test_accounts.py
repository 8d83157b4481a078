"""What an administrator may not set up by a slip, each with the account that may be set up."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.server.company import PASSWORD
from tests.server.live import Live

CHINESE = {"Accept-Language": "zh-CN"}


def _make(desk: httpx.Client, **given: Any) -> httpx.Response:
    body = {"login": f"n{uuid.uuid4().hex}", "display_name": "新人", "roles": ["intake"], **given}
    return desk.post("/v1/desk/accounts", json=body, headers=CHINESE)


def _told(answer: httpx.Response) -> tuple[int, str, str]:
    details = answer.json()["details"]
    return answer.status_code, details["field"], details["fault"]


@pytest.mark.parametrize("blanks", [" " * 12, "　" * 12, "\t \n" * 5], ids=["narrow", "wide", "lines"])
def test_a_password_of_blanks_is_refused(live: Live, desks: dict[str, httpx.Client], blanks: str) -> None:
    made = _make(desks["admin"], password=blanks)
    changed = desks["admin"].patch("/v1/desk/accounts/u-auditor", json={"password": blanks}, headers=CHINESE)

    for answer in (made, changed):
        assert _told(answer) == (400, "password", "only_blanks")
        assert "“password”有误：不能只有空格" in answer.json()["detail"]
    assert live.sign_in("auditor", PASSWORD).get("/v1/desk/me").status_code == 200
    phrase = "four words and blanks"
    login = f"n{uuid.uuid4().hex}"
    assert _make(desks["admin"], login=login, password=phrase).status_code == 201
    assert live.sign_in(login, phrase).get("/v1/desk/me").status_code == 200


@pytest.mark.parametrize("locale", ["xx-YY", "zh", "EN"])
def test_a_language_that_nobody_speaks_here_is_refused(desks: dict[str, httpx.Client], locale: str) -> None:
    made = _make(desks["admin"], locale=locale)
    changed = desks["admin"].patch("/v1/desk/accounts/u-auditor", json={"locale": locale}, headers=CHINESE)

    for answer in (made, changed):
        assert _told(answer) == (400, "locale", "not_one_of")
        assert "必须是以下之一：“zh-CN”、“en”" in answer.json()["detail"]
    for known in ("zh-CN", "en", ""):
        assert _make(desks["admin"], locale=known).json()["locale"] == known


def test_an_id_that_is_taken_is_told_from_a_login_that_is(desks: dict[str, httpx.Client]) -> None:
    taken_id = _make(desks["admin"], id="u-intake")
    taken_login = _make(desks["admin"], login="intake")

    assert (taken_id.status_code, taken_id.json()["code"]) == (409, "account_exists")
    assert taken_id.json()["detail"] == "编号为“u-intake”的账号已存在。"
    assert (taken_login.status_code, taken_login.json()["code"]) == (409, "login_taken")
    assert _make(desks["admin"], id=f"u-{uuid.uuid4().hex}").status_code == 201


@pytest.mark.parametrize("change", [{"disabled": True}, {"roles": ["intake"]}], ids=["disabled", "roles"])
def test_who_would_lock_themselves_out_is_told_just_that(
    desks: dict[str, httpx.Client], change: dict[str, Any]
) -> None:
    answer = desks["admin"].patch("/v1/desk/accounts/u-admin", json=change, headers=CHINESE)

    assert (answer.status_code, answer.json()["code"]) == (403, "own_account")
    assert "请由其他管理员操作" in answer.json()["detail"]
    named = desks["admin"].patch("/v1/desk/accounts/u-admin", json={"display_name": "管理员"})
    assert named.status_code == 200, named.text
    other = _make(desks["admin"]).json()["id"]
    assert desks["admin"].patch(f"/v1/desk/accounts/{other}", json=change).status_code == 200
