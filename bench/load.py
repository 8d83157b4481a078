"""The load generator: prepared bytes over raw sockets that stay open, in one thread, one request at a time on each."""

from __future__ import annotations

import itertools
import select
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bench.answer import Answer

_READ_BYTES = 1024 * 1024
STALL_SECONDS = 60


@dataclass
class Load:
    """What one round of load measured."""

    requests: int = 0
    bytes_in: int = 0
    seconds: float = 0.0
    busy: float = 0.0
    """Share of its core that the generator used: near 1 it would be the bottleneck."""
    latencies: list[float] = field(default_factory=list)
    """Of each request, in seconds."""
    journeys: list[float] = field(default_factory=list)
    """Of each script from its first byte to its last answer, in seconds."""
    refused: int = 0
    """Answers that were no success; none unless they are tolerated."""


def percentile(seconds: Sequence[float], share: float) -> float:
    """The time within which this share was answered."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class _Line:
    """One connection and what is left to send on it."""

    def __init__(self, port: int, script: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.script = script
        self.unsent = memoryview(b"")
        self.answer = Answer()
        self.began = 0.0


def run(
    port: int | Sequence[int],
    scripts: Sequence[Iterable[bytes]],
    *,
    seconds: float | None = None,
    tolerant: bool = False,
) -> Load:
    """Send each script on a connection of its own, until all have ended or the time is over; ports take turns.

    Raises RuntimeError for an answer that is no success, unless `tolerant`, or when nothing moves for a minute.
    """
    lines = {}
    poll = select.epoll()
    ports = itertools.cycle([port] if isinstance(port, int) else port)
    for script in scripts:
        line = _Line(next(ports), iter(script))
        lines[line.socket.fileno()] = line
        poll.register(line.socket.fileno(), select.EPOLLIN)
    load = Load()
    busy, began = time.process_time(), time.perf_counter()
    ends = began + (seconds if seconds is not None else 1e9)
    going = sum(_next(line, poll, ends) for line in lines.values())
    while going:
        events = poll.poll(STALL_SECONDS)
        if not events:
            raise RuntimeError("the server has not answered for a minute")
        for number, event in events:
            line = lines[number]
            if event & select.EPOLLOUT:
                _send(line, poll)
            if event & (select.EPOLLIN | select.EPOLLHUP) and _received(line, load, tolerant):
                if _next(line, poll, ends):
                    continue
                load.journeys.append(time.perf_counter() - began)
                going -= 1
    load.seconds = time.perf_counter() - began
    load.busy = (time.process_time() - busy) / load.seconds
    for line in lines.values():
        line.socket.close()
    poll.close()
    return load


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request's bytes, as a phone's HTTP library would write them; `_` in a header's name stands for `-`."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if method != "GET":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def post(path: str, body: bytes, token: str = "") -> bytes:
    """A POST of JSON, with a bearer token where there is one."""
    return request("POST", path, body, **({"Authorization": f"Bearer {token}"} if token else {}))


def ask(port: int, request: bytes) -> bytes:
    """One request on a connection of its own; the answer's body. Raises RuntimeError when it is no success."""
    answer = Answer(keep=True)
    with socket.create_connection(("127.0.0.1", port), timeout=STALL_SECONDS) as line:
        line.sendall(request)
        while not answer.take(line.recv(_READ_BYTES)):
            pass
    if not answer.is_success:
        raise RuntimeError(f"an answer that is no success: {answer.head!r} {answer.body[:300]!r}")
    return answer.body


def _next(line: _Line, poll: select.epoll, ends: float) -> bool:
    """Begin the line's next request; false when there is none or the time is over."""
    now = time.perf_counter()
    request = next(line.script, None) if now < ends else None
    if request is None:
        poll.unregister(line.socket.fileno())
        return False
    line.unsent, line.answer, line.began = memoryview(request), Answer(), now
    _send(line, poll)
    return True


def _send(line: _Line, poll: select.epoll) -> None:
    waited = len(line.unsent)
    try:
        line.unsent = line.unsent[line.socket.send(line.unsent) :]
    except BlockingIOError:
        pass
    if line.unsent or waited > 64 * 1024:
        poll.modify(line.socket.fileno(), select.EPOLLIN | (select.EPOLLOUT if line.unsent else 0))


def _received(line: _Line, load: Load, tolerant: bool) -> bool:
    """Read what has come; true when the answer is complete."""
    data = line.socket.recv(_READ_BYTES)
    load.bytes_in += len(data)
    if not line.answer.take(data):
        return False
    if not line.answer.is_success:
        if not tolerant:
            raise RuntimeError(f"an answer that is no success: {line.answer.head!r}")
        load.refused += 1
    load.requests += 1
    load.latencies.append(time.perf_counter() - line.began)
    return True
