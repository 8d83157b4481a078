"""A large upload passes through the server without staying in its memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from tests.media.server import BYTES, Server, encode

BLOCK = Random(5).randbytes(1 << 20)
BLOCKS = 300
GROWTH_LIMIT_BYTES = 24 << 20


def blocks() -> Iterator[bytes]:
    for number in range(BLOCKS):
        yield number.to_bytes(8, "big") + BLOCK[8:]


def peak_bytes(pid: int) -> int:
    """The most resident memory that a process has had so far."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("this system does not tell a process's peak memory")


def test_memory_stays_flat_during_a_large_upload(make_server: Callable[..., Server]) -> None:
    server = make_server().start()
    digest = hashlib.sha256()
    for block in blocks():
        digest.update(block)
    length = str(BLOCKS << 20)
    facts = {"media": "m1", "sha256": digest.hexdigest(), "kind": "original"}
    created = server.ask("POST", headers={"Upload-Length": length, "Upload-Metadata": encode(facts)})
    server.head(created.location)
    before = peak_bytes(server.pid)
    sent = BYTES | {"Upload-Offset": "0", "Content-Length": length}
    answer = server.ask("PATCH", created.location, sent, blocks())
    assert (answer.status, answer.offset) == (204, BLOCKS << 20)
    grown = peak_bytes(server.pid) - before
    print(f"300 MiB: peak memory grew by {grown / (1 << 20):.1f} MiB")
    assert grown < GROWTH_LIMIT_BYTES
    assert server.blob(digest.hexdigest()).stat().st_size == BLOCKS << 20
