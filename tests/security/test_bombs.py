"""Bodies that are small to send and large to understand are refused by every route that takes one, and cost little."""

from __future__ import annotations

import gzip
import resource
import socket
import time
import zlib
from collections.abc import Callable, Iterator

import brotli
import httpx
import pytest
import zstandard

from mobile_api.problem import MEDIA_TYPE
from tests.parts.free_port import LOOPBACK
from tests.security.declared import document
from tests.security.senders import EVERYBODY, PROOFS, Sender

SECONDS = 3.0
"""A slow machine under load takes a tenth of it for the costliest."""
MOST_MIB = 300
_SIGNED = {"Doorstep-Device": "d", "Doorstep-Nonce": "n", "Doorstep-Signature": "s"}
UNPACKED_BYTES = 64 * 1024 * 1024

JSON: dict[str, Callable[[], bytes]] = {
    "lists in lists": lambda: b"[" * 100_000 + b"]" * 100_000,
    "objects in objects": lambda: b'{"fields":' * 50_000 + b"1" + b"}" * 50_000,
    "lists in a field": lambda: b'{"fields":{"name":' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
    "many members": lambda: b"{" + b",".join(b'"%d":0' % n for n in range(60_000)) + b"}",
    "many items": lambda: b"[" + b"{}," * 150_000 + b"{}]",
    "a long number": lambda: b'{"fields":{"quantity":' + b"9" * 500_000 + b"}}",
    "a huge exponent": lambda: b'{"fields":{"quantity":1e999999999}}',
    "never ending text": lambda: b'{"fields":{"name":"' + b"\\u0041" * 80_000,
    "half characters": lambda: b'{"fields":{"name":"' + b"\\ud800" * 80_000 + b'"}}',
}
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=5),
    "zstd": zstandard.compress,
}


def routes() -> Iterator[tuple[str, str]]:
    """Whatever takes JSON."""
    for path, item in document()["paths"].items():
        for method in sorted(item):
            if "application/json" in item[method].get("requestBody", {}).get("content", {}):
                yield method.upper(), path


def refused(everyone: dict[str, Sender], body: bytes, **headers: str) -> list[str]:
    """Sends the body to every route that takes one; what was not refused in good order."""
    found, began_mib = [], _peak_mib()
    for method, path in routes():
        client = everyone[EVERYBODY if path.startswith("/v1/desk/") else "phone"].client
        sent = {"Content-Type": "application/json", "If-Match": '"e:1"', **headers}
        began = time.monotonic()
        answer = client.request(method, _address(path), content=body, headers=sent)
        found += [f"{method} {path} {one}" for one in _faults(answer, time.monotonic() - began)]
    if (grown := _peak_mib() - began_mib) > MOST_MIB:
        found.append(f"took {grown} MiB")
    return found


def _faults(answer: httpx.Response, seconds: float) -> Iterator[str]:
    if not 400 <= answer.status_code < 500 or answer.headers["content-type"] != MEDIA_TYPE:
        yield f"{answer.status_code} {answer.text[:100]}"
    if seconds > SECONDS:
        yield f"took {seconds:.1f} s"


@pytest.mark.parametrize("bomb", JSON)
def test_a_json_bomb_is_refused_everywhere(everyone: dict[str, Sender], bomb: str) -> None:
    assert refused(everyone, JSON[bomb]()) == []


@pytest.mark.parametrize("encoding", PACKED)
def test_a_packed_bomb_is_refused_everywhere(everyone: dict[str, Sender], encoding: str) -> None:
    bomb = PACKED[encoding](b'{"fields":"' + b" " * UNPACKED_BYTES + b'"}')
    assert len(bomb) < 128 * 1024

    assert refused(everyone, bomb, **{"Content-Encoding": encoding}) == []


def test_a_bomb_in_a_bomb_is_refused_everywhere(everyone: dict[str, Sender]) -> None:
    bomb = gzip.compress(gzip.compress(b" " * UNPACKED_BYTES))

    assert refused(everyone, bomb, **{"Content-Encoding": "gzip, gzip"}) == []


def test_a_body_that_is_too_large_is_refused_before_it_comes(everyone: dict[str, Sender]) -> None:
    told = {}
    for method, path in routes():
        client = everyone[EVERYBODY if path.startswith("/v1/desk/") else "phone"].client
        with socket.create_connection((LOOPBACK, client.base_url.port or 80), 10) as connection:
            connection.sendall(_head(client, method, _address(path)))
            told[f"{method} {path}"] = connection.recv(65536)[:12]

    assert {route: line for route, line in told.items() if line != b"HTTP/1.1 413"} == {}


def _address(path: str) -> str:
    return path.replace("{seq}", "5").replace("{", "").replace("}", "")


def _head(client: httpx.Client, method: str, path: str) -> bytes:
    """A request that announces two gigabytes."""
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    sent = {"Host": "doorstep", "Content-Type": "application/json", "Content-Length": str(2**31)}
    sent |= _SIGNED if path == "/v1/token" else {}
    sent |= {name: client.headers[name] for name in PROOFS if name in client.headers}
    sent |= {"If-Match": '"e:1"', "Cookie": cookies}
    return "\r\n".join(
        (f"{method} {path} HTTP/1.1", *(f"{n}: {v}" for n, v in sent.items()), "\r\n")
    ).encode()


def test_every_route_that_takes_a_body_is_tried() -> None:
    assert len(list(routes())) > 60


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
