"""Sessions: begun by a password, guarded by a second token, ended at once."""

from __future__ import annotations

import hashlib

import httpx
import msgspec
import pytest

from tests.server.company import PASSWORD
from tests.server.live import Live


def _attempt(live: Live, login: str, password: str, address: str = "") -> httpx.Response:
    """`address`: where a proxy says that it comes from; wrong passwords of one test are none of the next."""
    client = live.client(**({"X-Forwarded-For": address} if address else {}))
    return client.post("/v1/desk/login", json={"login": login, "password": password})


def _lock(live: Live, login: str, address: str) -> None:
    """Guess until that address has to wait."""
    while _attempt(live, login, "wrong", address).status_code != 429:
        pass


def test_a_session_cookie_is_out_of_reach_of_scripts(live: Live) -> None:
    cookie = _attempt(live, "dispatcher", PASSWORD).headers["set-cookie"].lower()

    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie


def test_an_unknown_name_and_a_wrong_password_are_told_alike(live: Live) -> None:
    live.account("somebody", "intake")

    wrong, unknown = _attempt(live, "somebody", "wrong"), _attempt(live, "nobody-at-all", "wrong")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


def test_guessing_is_stopped_even_for_the_right_password(live: Live) -> None:
    live.account("guessed", "intake")
    address = "192.0.2.4"
    statuses = [_attempt(live, "guessed", f"guess {n}", address).status_code for n in range(6)]

    answer = _attempt(live, "guessed", PASSWORD, address)

    assert statuses == [401] * 5 + [429]
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert _attempt(live, "dispatcher", PASSWORD, address).status_code == 200, "others are not locked out"


def test_a_browser_in_which_somebody_has_signed_in_is_not_locked_out_by_strangers(live: Live) -> None:
    live.account("known", "admin")
    browser = live.sign_in("known")
    _lock(live, "known", "192.0.2.1")

    there = {"X-Forwarded-For": "192.0.2.1"}

    def at_home(password: str) -> int:
        body = {"login": "known", "password": password}
        return browser.post("/v1/desk/login", json=body, headers=there).status_code

    again, wrong = at_home(PASSWORD), [at_home("wrong") for _ in range(6)]

    assert again == 200
    assert browser.get("/v1/desk/me").status_code == 200, "and no session ends"
    assert wrong == [401] * 5 + [429], "guessing is stopped there, too"


def test_a_made_up_browser_is_a_stranger(live: Live) -> None:
    live.account("forged", "admin")
    _lock(live, "forged", "192.0.2.2")
    other = live.sign_in("dispatcher")
    cookie = next(one for one in other.cookies.jar if one.name.startswith("doorstep_known"))
    name = f"doorstep_known_{hashlib.sha256(b'forged').hexdigest()[:12]}"

    for value in (cookie.value, "x.y", ".", "é"):
        headers = {"Cookie": f"{name}={value}".encode(), "X-Forwarded-For": b"192.0.2.2"}
        body = {"login": "forged", "password": PASSWORD}
        answer = live.client().post("/v1/desk/login", json=body, headers=headers)
        assert answer.status_code == 429, value


def test_an_unlocked_person_signs_in_at_once(live: Live) -> None:
    live.account("locked", "admin")
    _lock(live, "locked", "192.0.2.3")

    live.service.accounts.unlock("u-locked", live.service.now())

    assert _attempt(live, "locked", PASSWORD, "192.0.2.3").status_code == 200


@pytest.mark.parametrize("token", ["", "wrong", "é" * 43])
def test_an_unsafe_request_needs_the_sessions_own_token(live: Live, token: str) -> None:
    client = live.sign_in("intake")
    body = {"site": "site-1", "kind": "fault", "channel": "phone", "symptom": "x", "read_back": True}

    answer = client.post("/v1/desk/work-orders", json=body, headers={"X-CSRF-Token": token.encode("latin-1")})

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_token_missing")


def test_a_token_of_another_session_is_refused(live: Live) -> None:
    one, other = live.sign_in("intake"), live.sign_in("dispatcher")

    answer = one.post("/v1/desk/logout", headers={"X-CSRF-Token": other.headers["X-CSRF-Token"]})

    assert answer.status_code == 403
    assert one.get("/v1/desk/me").status_code == 200


def test_after_signing_out_the_cookie_opens_nothing(live: Live) -> None:
    client = live.sign_in("intake")
    cookies = dict(client.cookies)

    assert client.post("/v1/desk/logout").status_code == 204

    assert live.client().get("/v1/desk/me", cookies=cookies).status_code == 401


def test_a_disabled_account_and_a_new_password_end_all_sessions(live: Live) -> None:
    live.account("leaver", "intake")
    client = live.sign_in("leaver")
    account = live.service.accounts.by_login("leaver")
    assert account is not None

    live.service.accounts.put(msgspec.structs.replace(account, disabled=True))
    disabled = client.get("/v1/desk/me").status_code
    live.service.accounts.put(account)

    assert disabled == 401
    assert client.get("/v1/desk/me").status_code == 401, "enabling the account brings no session back"


def test_accounts_are_made_by_administrators_and_never_show_a_password(
    live: Live, desks: dict[str, httpx.Client]
) -> None:
    body = {
        "login": "Neu.Hier",
        "display_name": "新来的",
        "roles": ["intake"],
        "password": "ten characters",
    }

    made = desks["admin"].post("/v1/desk/accounts", json=body)
    again = desks["admin"].post("/v1/desk/accounts", json=body)

    assert made.status_code == 201, made.text
    assert again.status_code == 409
    assert "password" not in made.text and "argon2" not in desks["admin"].get("/v1/desk/accounts").text
    assert _attempt(live, "neu.hier", "ten characters").status_code == 200


def test_an_administrator_cannot_lock_themselves_out(live: Live, desks: dict[str, httpx.Client]) -> None:
    for change in ({"disabled": True}, {"roles": ["intake"]}):
        assert desks["admin"].patch("/v1/desk/accounts/u-admin", json=change).status_code == 403

    assert desks["admin"].get("/v1/desk/me").status_code == 200


def test_a_code_enrols_a_technician_and_nobody_else(live: Live, desks: dict[str, httpx.Client]) -> None:
    given = desks["supervisor"].post("/v1/desk/devices/codes", json={"account": "u-technician"})
    refused = desks["supervisor"].post("/v1/desk/devices/codes", json={"account": "u-intake"})

    assert given.status_code == 201 and len(given.json()["code"]) == 11
    assert refused.status_code == 404
