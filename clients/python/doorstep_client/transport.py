"""The wire to the server: a port, and HTTP behind it. Every call may be cut at any moment; nothing rests on its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import httpx
import msgspec

from doorstep_client.problem import Refused, Unreachable


class Answer(msgspec.Struct, frozen=True):
    """What came back, complete and decompressed."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class Transport(Protocol):
    """Whatever carries a request to the server: HTTP, a test, a simulated network."""

    def send(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send a request; raises `Unreachable` when no complete answer came. `address` is a path, or absolute."""


class HttpTransport:
    """HTTP to one server. Its time limits hold for connecting, and for silence while reading or writing."""

    def __init__(
        self,
        base_url: str,
        *,
        connect_seconds: float = 10,
        silence_seconds: float = 30,
        through: httpx.BaseTransport | None = None,
    ) -> None:
        limits = httpx.Timeout(silence_seconds, connect=connect_seconds)
        self._client = httpx.Client(base_url=base_url, timeout=limits, transport=through)

    def send(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """See `Transport.send`. An absolute address of another server is refused: it would be given our token."""
        target = self._client.base_url.join(address)
        if _origin(target) != _origin(self._client.base_url):
            raise Refused(
                0, "foreign_address", f"{target.host} is not the server that this phone is enrolled with"
            )
        try:
            answer = self._client.request(method, target, headers=dict(headers), content=body or None)
        except httpx.TransportError as problem:
            raise Unreachable(f"{method} {target.path}: {type(problem).__name__}") from problem
        return Answer(answer.status_code, dict(answer.headers), answer.content)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


class _Problem(msgspec.Struct):
    code: str = ""
    detail: str = ""
    retryable: bool = False
    details: dict[str, object] = {}


def problem(answer: Answer) -> _Problem:
    """The problem+json of an answer; an empty one when it is none."""
    try:
        return msgspec.json.decode(answer.body, type=_Problem)
    except msgspec.DecodeError:
        return _Problem(detail=f"answered with status {answer.status}")


def expect_success(answer: Answer) -> Answer:
    """The answer itself; raises `Unreachable` where trying again later may help, else `Refused`."""
    if 200 <= answer.status < 300:
        return answer
    told = problem(answer)
    if answer.status >= 500 or answer.status in (408, 425, 429) or told.retryable:
        raise Unreachable(f"{answer.status} {told.code}: {told.detail}")
    raise Refused(answer.status, told.code, told.detail)
