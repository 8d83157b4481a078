"""Clients that are slow on purpose hold no connection for ever: not in a head, not in a body, not by never reading."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Iterator, Mapping

import httpx
import pytest

from mobile_api.stall import LeastPace
from server.patience import Patience
from tests.parts.free_port import LOOPBACK
from tests.security.handset import TUS
from tests.server.live import Live, live_server

Sent = bytes | Callable[[int], bytes]
DRIP_SECONDS = 0.05
"""Between two bytes; far less than the silence that is borne."""
DRIPS = 400
HURRIED = Patience(head_seconds=0.5, most_head_bytes=64 * 1024, unread_seconds=0.5)
JSON_ROUTES = ["/v1/desk/login", "/v1/desk/work-orders", "/v1/enrol", "/v1/token", "/v1/sync"]
SIGNED = {"Doorstep-Device": "d", "Doorstep-Nonce": "n", "Doorstep-Signature": "s"}


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server that bears much silence and little slowness."""
    folder = tmp_path_factory.mktemp("slow")
    with live_server(
        f"sqlite:///{folder / 'doorstep.db'}",
        folder,
        HURRIED,
        body_stall_seconds=10,
        body_pace=LeastPace(grace_seconds=0.5, bytes_per_second=500),
    ) as server:
        yield server


@pytest.fixture(scope="module")
def signed_in(hurried: Live) -> Mapping[str, str]:
    """The headers of a desk that may open orders, and of a phone."""
    client = hurried.sign_in("intake")
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return {"Cookie": cookies, "X-CSRF-Token": client.headers["X-CSRF-Token"], **SIGNED}


@pytest.mark.parametrize("is_chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize("route", JSON_ROUTES)
def test_a_body_that_drips_is_given_up(
    hurried: Live, signed_in: Mapping[str, str], route: str, is_chunked: bool
) -> None:
    length = b"Transfer-Encoding: chunked\r\n\r\n" if is_chunked else b"Content-Length: 500\r\n\r\n"
    drop = b"1\r\n \r\n" if is_chunked else b" "
    with _connected(hurried) as connection:
        connection.sendall(_head("POST", route, signed_in) + length)
        answer = _told_while_dripping(connection, drop)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"body_stalled"' in answer


def test_a_server_that_bears_any_slowness_is_found(live: Live) -> None:
    with _connected(live) as connection, pytest.raises(AssertionError, match="for ever"):
        connection.sendall(_head("POST", "/v1/desk/login", {}) + b"Content-Length: 500\r\n\r\n")
        _told_while_dripping(connection, b" ", drips=30)


def test_a_slow_body_that_keeps_the_pace_is_whole(hurried: Live) -> None:
    body = b'{"login":"intake","password":"wrong"}' + b" " * 2000
    with _connected(hurried) as connection:
        connection.sendall(_head("POST", "/v1/desk/login", {}) + b"Content-Length: %d\r\n\r\n" % len(body))
        for place in range(0, len(body), 100):
            # 2,000 bytes in a second; the grace alone would not do.
            assert _waited(connection, DRIP_SECONDS) is None
            connection.sendall(body[place : place + 100])
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(
    "begun", [b"", b"\r\n", b"GET /v1/health HTTP/1.1\r\nX-Slow: "], ids=["nothing", "blank", "header"]
)
def test_a_head_that_drips_is_given_up(hurried: Live, begun: bytes) -> None:
    with _connected(hurried) as connection:
        connection.sendall(begun)
        drop = b"\r\n" if begun == b"\r\n" else b"a"
        assert _told_while_dripping(connection, drop if begun else b"") == b""


def test_a_further_head_that_drips_is_given_up(hurried: Live) -> None:
    with _connected(hurried) as connection:
        connection.sendall(b"GET /v1/health HTTP/1.1\r\nHost: doorstep\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert _told_while_dripping(connection, b"\r\n") == b""


def test_a_head_without_end_is_refused(hurried: Live) -> None:
    with _connected(hurried) as connection:
        connection.sendall(b"GET /v1/health HTTP/1.1\r\n")
        try:
            for number in range(200):
                connection.sendall(b"X-%d: %s\r\n" % (number, b"a" * 1000))
        except OSError:
            pass
        assert connection.recv(65536).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    ("method", "route", "status"),
    [
        ("GET", "/v1/health", b"200"),
        ("POST", "/v1/nowhere", b"404"),
        ("DELETE", "/v1/desk/sites/site-1", b"401"),
        ("POST", "/v1/uploads", b"401"),
        ("HEAD", "/v1/uploads/x", b"401"),
    ],
)
def test_a_body_that_nobody_reads_is_not_waited_for(
    hurried: Live, method: str, route: str, status: bytes
) -> None:
    with _connected(hurried) as connection:
        connection.sendall(_head(method, route, dict(TUS)) + b"Content-Length: 5000\r\n\r\n")
        answer = _told_while_dripping(connection, b" ")

    assert answer.startswith(b"HTTP/1.1 " + status)


def test_an_answer_that_is_never_read_ends(hurried: Live, caplog: pytest.LogCaptureFixture) -> None:
    ask = b"GET /v1/openapi/openapi.json HTTP/1.1\r\nHost: doorstep\r\n\r\n"
    with _connected(hurried, receive_bytes=4096) as connection:
        connection.sendall(ask * 200)
        hung_up = select.poll()
        hung_up.register(connection, 0)
        assert hung_up.poll(10_000) != []

    assert "error" not in caplog.text.lower()


def _connected(live: Live, receive_bytes: int = 0) -> socket.socket:
    connection = socket.socket()
    if receive_bytes:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    connection.settimeout(10)
    connection.connect((LOOPBACK, httpx.URL(live.base_url).port or 80))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _head(method: str, route: str, headers: Mapping[str, str]) -> bytes:
    """All of a request's head but the length of its body."""
    sent = {"Host": "doorstep", "Content-Type": "application/json", **headers}
    lines = [f"{method} {route} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _told_while_dripping(connection: socket.socket, drop: bytes, drips: int = DRIPS) -> bytes:
    """All that the server says before it ends the connection, while drops are sent all the time."""
    told = b""
    for _ in range(drips):
        piece = _waited(connection, DRIP_SECONDS)
        if piece == b"":
            return told
        told += piece or b""
        try:
            connection.sendall(drop)
        except OSError:
            return told
    raise AssertionError("it would have dripped for ever")


def _waited(connection: socket.socket, seconds: float) -> bytes | None:
    """What came in that time: None for nothing, empty when the connection has ended."""
    connection.settimeout(seconds)
    try:
        return connection.recv(65536)
    except TimeoutError:
        return None
    except OSError:
        return b""
    finally:
        connection.settimeout(10)
