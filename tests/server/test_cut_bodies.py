"""Bodies that end early or never, and bodies that are too large: no route waits for ever, errs, or goes unheard."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping

import httpx
import pytest

from tests.parts.free_port import LOOPBACK
from tests.server.live import METRICS_TOKEN, Live, live_server

ROUTES = ["/v1/desk/login", "/v1/desk/work-orders", "/v1/enrol", "/v1/token"]
SIGNED = {"Doorstep-Device": "d", "Doorstep-Nonce": "n", "Doorstep-Signature": "s"}
"""What a phone says of itself; it is checked against the body, once that is whole."""
PLAIN = b"Content-Length: 500\r\n\r\n" + b'{"login":"inta'
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n" + b'e\r\n{"login":"inta\r\n'
CUT_CHUNK = b"Transfer-Encoding: chunked\r\n\r\n" + b'ff\r\n{"login":"inta'
TOO_LARGE_BYTES = 9_000_000
PATIENCE_SECONDS = 10


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server that gives a silent body up after half a second."""
    folder = tmp_path_factory.mktemp("hurried")
    with live_server(f"sqlite:///{folder / 'doorstep.db'}", folder, body_stall_seconds=0.5) as server:
        yield server


@pytest.fixture(scope="module")
def signed_in(hurried: Live) -> Mapping[str, str]:
    """The headers of a desk that may open orders."""
    client = hurried.sign_in("intake")
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return {"Cookie": cookies, "X-CSRF-Token": client.headers["X-CSRF-Token"]}


@pytest.mark.parametrize("body", [PLAIN, CHUNKED, CUT_CHUNK], ids=["plain", "chunked", "cut-chunk"])
@pytest.mark.parametrize("route", ROUTES)
def test_who_hangs_up_in_the_body_is_no_error(
    hurried: Live, signed_in: Mapping[str, str], caplog: pytest.LogCaptureFixture, route: str, body: bytes
) -> None:
    before = _answers(hurried, route)

    with _connected(hurried) as connection:
        connection.sendall(_head(route, signed_in) + body)

    assert _next_answer(hurried, route, before) == "0"
    assert "error" not in caplog.text.lower()


@pytest.mark.parametrize(
    "body", [PLAIN, CHUNKED, b"Content-Length: 5\r\n\r\n"], ids=["plain", "chunked", "none"]
)
@pytest.mark.parametrize("route", ROUTES)
def test_who_falls_silent_in_the_body_is_told(
    hurried: Live, signed_in: Mapping[str, str], route: str, body: bytes
) -> None:
    with _connected(hurried) as connection:
        connection.sendall(_head(route, signed_in) + body)
        answer = connection.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert b'"code":"body_stalled"' in answer


def test_a_body_in_pieces_is_whole(hurried: Live) -> None:
    body = b'{"login":"intake","password":"wrong"}'
    with _connected(hurried) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(_head("/v1/desk/login", {}) + b"Content-Length: %d\r\n\r\n" % len(body))
        for place in range(len(body)):
            connection.sendall(body[place : place + 1])
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize("route", [*ROUTES, "/v1/sync"])
def test_who_sends_too_much_reads_the_refusal(
    hurried: Live, signed_in: Mapping[str, str], route: str
) -> None:
    with _connected(hurried) as connection:
        head = _head(route, {**signed_in, **SIGNED}) + b"Content-Length: %d\r\n\r\n" % TOO_LARGE_BYTES
        connection.sendall(head)
        # By now the refusal is there, and a body is sent all the same, as plain clients do.
        assert connection.recv(1, socket.MSG_PEEK)
        connection.sendall(b" " * TOO_LARGE_BYTES)
        answer = connection.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"request_too_large"' in answer


def test_a_refused_connection_is_not_read_for_ever(hurried: Live) -> None:
    with _connected(hurried) as connection:
        connection.sendall(_head("/v1/sync", SIGNED) + b"Content-Length: 9000000000\r\n\r\n")
        with pytest.raises(OSError):
            for _ in range(1000):
                connection.sendall(b" " * 1_000_000)


def _connected(live: Live) -> socket.socket:
    url = httpx.URL(live.base_url)
    return socket.create_connection((LOOPBACK, url.port or 80), PATIENCE_SECONDS)


def _head(route: str, headers: Mapping[str, str]) -> bytes:
    """All of a request's head but the length of its body."""
    sent = {"Host": "doorstep", "Content-Type": "application/json", **headers}
    lines = [f"POST {route} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _answers(live: Live, route: str) -> Mapping[str, float]:
    """How often each status was answered on a route."""
    with live.client(Authorization=f"Bearer {METRICS_TOKEN}") as client:
        lines = client.get("/metrics").text.splitlines()
    start = f'doorstep_requests_total{{method="POST",route="{route}",status="'
    ours = [line.removeprefix(start) for line in lines if line.startswith(start)]
    return {line.partition('"')[0]: float(line.rpartition(" ")[2]) for line in ours}


def _next_answer(live: Live, route: str, before: Mapping[str, float]) -> str:
    """The status that was counted since; waits for it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for status, number in _answers(live, route).items():
            if number > before.get(status, 0):
                return status
    raise AssertionError(f"nothing ended on {route}")
