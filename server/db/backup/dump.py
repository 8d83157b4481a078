"""One table's rows as a stream of bytes: zstandard over MessagePack, a header and then lists of rows.

Readable without this program, whatever becomes of it: `zstd -d` and any MessagePack reader give lists of plain values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

import msgspec
import zstandard

ROWS_AT_A_TIME = 500
LEVEL = 3
_LENGTH_BYTES = 4

Row = tuple[Any, ...]


class Unreadable(Exception):
    """The bytes are no dump of a table, or they end too early; the message says which."""


class Header(msgspec.Struct, frozen=True):
    """What the rows are."""

    table: str
    columns: list[tuple[str, str]]
    """(name, kind), in the order of the rows; the kinds are those of `server.db.backup.kept`."""


_encode = msgspec.msgpack.Encoder().encode
_header = msgspec.msgpack.Decoder(Header)
_rows = msgspec.msgpack.Decoder(list[tuple[Any, ...]])


def write_dump(to: BinaryIO, header: Header, pages: Iterable[Sequence[Row]]) -> int:
    """Write header and rows; returns how many rows. `to` stays open."""
    count = 0
    with zstandard.ZstdCompressor(level=LEVEL).stream_writer(to, closefd=False) as packed:
        _frame(packed, _encode(header))
        for page in pages:
            _frame(packed, _encode(page))
            count += len(page)
        # An empty list ends the dump, so that one that was cut is not taken for a short one.
        _frame(packed, _encode([]))
    return count


def read_dump(source: BinaryIO) -> tuple[Header, Iterator[list[Row]]]:
    """The header, and the rows page by page. Both raise `Unreadable`."""
    unpacked = zstandard.ZstdDecompressor().stream_reader(source, closefd=False)
    try:
        return _header.decode(_next_frame(unpacked)), _pages(unpacked)
    except msgspec.DecodeError as problem:
        raise Unreadable(f"no header: {problem}") from problem


def _pages(unpacked: BinaryIO) -> Iterator[list[Row]]:
    while True:
        try:
            page = _rows.decode(_next_frame(unpacked))
        except msgspec.DecodeError as problem:
            raise Unreadable(f"no rows: {problem}") from problem
        if not page:
            return
        yield page


def _frame(packed: Any, data: bytes) -> None:
    packed.write(len(data).to_bytes(_LENGTH_BYTES, "big"))
    packed.write(data)


def _next_frame(unpacked: BinaryIO) -> bytes:
    return _exactly(unpacked, int.from_bytes(_exactly(unpacked, _LENGTH_BYTES), "big"))


def _exactly(unpacked: BinaryIO, count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        try:
            part = unpacked.read(count)
        except zstandard.ZstdError as problem:
            raise Unreadable(f"damaged: {problem}") from problem
        if not part:
            raise Unreadable("it ends too early")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
