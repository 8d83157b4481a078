"""The load generator: prepared bytes over raw sockets that stay open, in one thread, one request at a time on each."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_READ_BYTES = 1024 * 1024
STALL_SECONDS = 60


@dataclass
class Load:
    """What one round of load measured."""

    requests: int
    bytes_in: int
    seconds: float
    busy: float
    """Share of its core that the generator used: near 1 it would be the bottleneck."""
    latencies: list[float]

    def percentile(self, share: float) -> float:
        """Seconds within which this share of the requests was answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class _Line:
    """One connection and what is left to send on it."""

    def __init__(self, port: int, script: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.script = script
        self.unsent = memoryview(b"")
        self.head = b""
        self.missing = -1
        """Bytes of the answer's body still to come; -1 while its head is not complete."""
        self.began = 0.0


def run(port: int, scripts: Sequence[Iterable[bytes]], *, seconds: float | None = None) -> Load:
    """Send each script on a connection of its own, until all have ended or the time is over.

    Raises RuntimeError for anything but a 200, or when nothing moves for a minute.
    """
    lines = {}
    poll = select.epoll()
    for script in scripts:
        line = _Line(port, iter(script))
        lines[line.socket.fileno()] = line
        poll.register(line.socket.fileno(), select.EPOLLIN)
    load = Load(0, 0, 0.0, 0.0, [])
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
            if event & (select.EPOLLIN | select.EPOLLHUP) and _received(line, load):
                going -= not _next(line, poll, ends)
    load.seconds = time.perf_counter() - began
    load.busy = (time.process_time() - busy) / load.seconds
    for line in lines.values():
        line.socket.close()
    return load


def post(path: str, body: bytes, token: str = "") -> bytes:
    """A request's bytes, as a phone's HTTP library would write them."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def ask(port: int, request: bytes) -> bytes:
    """One request on a connection of its own; the answer's body."""
    with socket.create_connection(("127.0.0.1", port), timeout=STALL_SECONDS) as line:
        line.sendall(request)
        received = bytearray()
        while b"\r\n\r\n" not in received:
            received += line.recv(_READ_BYTES)
        head, _, body = bytes(received).partition(b"\r\n\r\n")
        pieces, missing = [body], _length(head) - len(body)
        while missing > 0:
            pieces.append(line.recv(_READ_BYTES))
            missing -= len(pieces[-1])
    return b"".join(pieces)


def _next(line: _Line, poll: select.epoll, ends: float) -> bool:
    """Begin the line's next request; false when there is none or the time is over."""
    now = time.perf_counter()
    request = next(line.script, None) if now < ends else None
    if request is None:
        poll.unregister(line.socket.fileno())
        return False
    line.unsent, line.head, line.missing, line.began = memoryview(request), b"", -1, now
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


def _received(line: _Line, load: Load) -> bool:
    """Read what has come; true when the answer is complete."""
    data = line.socket.recv(_READ_BYTES)
    if not data:
        raise RuntimeError("the server closed the connection")
    load.bytes_in += len(data)
    if line.missing < 0:
        line.head += data
        end = line.head.find(b"\r\n\r\n")
        if end < 0:
            return False
        line.missing = _length(line.head[:end]) - (len(line.head) - end - 4)
    else:
        line.missing -= len(data)
    if line.missing > 0:
        return False
    load.requests += 1
    load.latencies.append(time.perf_counter() - line.began)
    return True


def _length(head: bytes) -> int:
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"an answer that is no success: {head[:300]!r}")
    start = head.lower().index(b"content-length:") + 15
    end = head.find(b"\r\n", start)
    return int(head[start : end if end > 0 else len(head)])
