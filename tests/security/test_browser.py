"""What a browser is told: no guessed type, nothing kept, no other origin, no page within a stranger's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from server.app import application
from server.bootstrap import open_service
from server.db.accounts import Account
from server.desk.password import password_hash
from server.desk.session import COOKIE
from server.settings import read_settings
from tests.security.declared import ENDS_A_SESSION, document
from tests.security.parties import Parties
from tests.security.senders import EVERYBODY, Sender
from tests.server.company import PASSWORD
from tests.server.live import SECRET, Live

KEPT_ON_PURPOSE = {
    "/v1/schema": "no-cache",
    "/v1/snapshots/{sha256}": "private, max-age=31536000, immutable",
    "/": "no-cache",
}
"""Public, or for the holder's cache alone and named by its content."""
SPOKEN_BY_PHONES_ALONE = ("/v1/sync",)
EVIL = "evil.example"


def routes() -> Iterator[tuple[str, str]]:
    """Every method and path of the document, and the page for people."""
    yield "GET", "/"
    for path, item in document()["paths"].items():
        if path not in (*ENDS_A_SESSION, *SPOKEN_BY_PHONES_ALONE):
            yield from ((method.upper(), path) for method in sorted(item) if method != "parameters")


def lacking(path: str, answer: httpx.Response) -> list[str]:
    """What an answer should have told a browser and did not."""
    found, headers = [], answer.headers
    if headers.get_list("x-content-type-options") != ["nosniff"]:
        found.append("its type may be guessed")
    kept = headers.get("cache-control", "")
    if "no-store" not in kept and not (answer.is_success and kept == KEPT_ON_PURPOSE.get(path)):
        found.append(f"it may be kept: {kept!r}")
    policy = headers.get("content-security-policy", "")
    is_page = headers.get("content-type", "").startswith("text/html")
    if is_page and ("default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy):
        found.append("its page may do anything")
    if any(name.startswith("access-control-") for name in headers):
        found.append("other origins may read it")
    return found


@pytest.mark.parametrize("who", ["nobody", "phone", EVERYBODY])
def test_every_answer_tells_a_browser_what_it_may_not_do(everyone: dict[str, Sender], who: str) -> None:
    client, found = everyone[who].client, []
    for method, path in routes():
        address = re.sub(r"\{\w+\}", "site-1", path)
        answer = client.request(method, address, headers={"Origin": f"https://{EVIL}", "Accept": "text/html"})
        found += [f"{method} {path} {answer.status_code}: {one}" for one in lacking(path, answer)]

    assert found == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Content-Type-Options": "nosniff", "Cache-Control": "public"},
        {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Type": "text/html"},
        {
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "Access-Control-Allow-Origin": "*",
        },
    ],
    ids=["nothing", "kept", "page", "origin"],
)
def test_an_answer_that_lacks_one_is_found(headers: dict[str, str]) -> None:
    assert lacking("/v1/desk/me", httpx.Response(200, headers=headers)) != []


def test_another_origin_is_promised_nothing(everyone: dict[str, Sender]) -> None:
    asked = {"Origin": f"https://{EVIL}", "Access-Control-Request-Method": "POST"}
    for path in ("/v1/desk/login", "/v1/desk/work-orders", "/v1/sync", "/v1/uploads", "/v1/enrol", "/"):
        answer = everyone[EVERYBODY].client.options(path, headers=asked)
        assert not [name for name in answer.headers if name.startswith("access-control-")], path


def test_a_made_up_host_comes_back_nowhere(everyone: dict[str, Sender]) -> None:
    client, found = everyone[EVERYBODY].client, []
    named = {"Host": EVIL, "X-Forwarded-Host": EVIL, "Forwarded": f"host={EVIL}"}
    for method, path in [*routes(), ("GET", "/v1/openapi/openapi.json"), ("GET", "/v1/nowhere/")]:
        answer = client.request(method, re.sub(r"\{\w+\}", "site-1", path), headers=named)
        if EVIL in answer.text or any(EVIL in value for value in answer.headers.values()):
            found.append(f"{method} {path}")

    assert found == []


def test_signing_in_again_ends_the_session_before(both_live: Live) -> None:
    client = both_live.sign_in("supervisor")
    before = client.cookies[COOKIE]
    again = client.post("/v1/desk/login", json={"login": "auditor", "password": PASSWORD})

    assert client.cookies[COOKIE] != before
    assert client.get("/v1/desk/me").json()["account"] == again.json()["account"] == "u-auditor"
    assert both_live.client(Cookie=f"{COOKIE}={before}").get("/v1/desk/me").status_code == 401


def test_a_session_that_somebody_else_chose_is_never_begun(both_live: Live) -> None:
    chosen = "a-session-that-a-stranger-has-set"
    client = both_live.client(Cookie=f"{COOKIE}={chosen}")
    client.post("/v1/desk/login", json={"login": "auditor", "password": PASSWORD})

    assert both_live.client(Cookie=f"{COOKIE}={chosen}").get("/v1/desk/me").status_code == 401


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_behind_https_browsers_stay_with_it(sqlite_url: str, tmp_path: Path, scheme: str) -> None:
    settings = {
        "DOORSTEP_DATABASE_URL": sqlite_url,
        "DOORSTEP_BLOB_STORE_URL": f"file:{tmp_path / 'blobs'}",
        "DOORSTEP_BASE_URL": f"{scheme}://doorstep.example",
        "DOORSTEP_SECRET": SECRET,
    }
    service = open_service(read_settings(settings), migrate=True)
    account = Account(id="u-1", login="wei", display_name="魏", roles=("auditor",))
    service.accounts.put(replace(account, password_hash=password_hash(PASSWORD)))
    with TestClient(application(service)) as client:
        answers = [client.get(path) for path in ("/", "/v1/health", "/v1/desk/me", "/v1/nowhere")]
        signed_in = client.post("/v1/desk/login", json={"login": "wei", "password": PASSWORD})

    is_https = scheme == "https"
    expected = "max-age=31536000" if is_https else None
    assert [answer.headers.get("strict-transport-security") for answer in answers] == [expected] * 4
    assert ["secure" in cookie.lower() for cookie in signed_in.headers.get_list("set-cookie")] == [
        is_https
    ] * 2


@pytest.fixture
def both_live(everyone: dict[str, Sender], both: Parties) -> Live:
    """The company's server; everybody has signed in by now."""
    return both.live
