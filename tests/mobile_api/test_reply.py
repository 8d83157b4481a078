"""An answer leaves in the parts in which it was read: in order, whole, and never all of it once more in memory."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Sequence
from typing import Any

import pytest
import zstandard

from mobile_api.reply import packed, send_json

MEBIBYTE = 1 << 20
SMALL = [b'{"records":[', b'{"id":1}', b",", b'{"id":2}', b"]}"]
LARGE = [b"a" * 300_000, b"b" * 900_000, b"c" * (3 * MEBIBYTE + 7), b"d"]


def sent(body: Sequence[bytes], encoding: bytes = b"") -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        messages.append(message)

    asyncio.run(send_json(send, body, encoding))
    return messages


@pytest.mark.parametrize("body", [SMALL, LARGE, LARGE[:1], [b""]])
def test_all_parts_are_sent_in_order_and_counted_beforehand(body: list[bytes]) -> None:
    start, *pieces = sent(body)
    whole = b"".join(piece["body"] for piece in pieces)
    assert whole == b"".join(body)
    assert (b"content-length", b"%d" % len(whole)) in start["headers"]
    assert [piece["more_body"] for piece in pieces] == [True] * (len(pieces) - 1) + [False]


def test_no_piece_is_larger_than_a_quarter_of_a_mebibyte() -> None:
    _, *pieces = sent(LARGE)
    assert max(len(piece["body"]) for piece in pieces) <= MEBIBYTE // 4


def test_what_is_not_compressed_is_not_copied() -> None:
    body, encoding = packed(LARGE, b"", 1000)
    assert encoding == b""
    assert all(one is other for one, other in zip(body, LARGE, strict=True))


@pytest.mark.parametrize("chunks", [SMALL, LARGE])
def test_compressed_parts_are_one_stream(chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    body, encoding = packed(chunks, b"gzip", 1)
    assert (encoding, gzip.decompress(b"".join(body))) == (b"gzip", whole)
    body, encoding = packed(chunks, b"zstd, gzip", 1)
    assert (encoding, zstandard.decompress(b"".join(body))) == (b"zstd", whole)


def test_little_is_not_compressed() -> None:
    assert packed(SMALL, b"gzip", 1000) == (SMALL, b"")
