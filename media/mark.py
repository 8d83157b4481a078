"""The acknowledged offset of one partial, as bytes that survive a torn write.

Two slots, each in a sector of its own, written in turn: a crash while one is written leaves the other. The
greater valid offset is the truth, because offsets only grow.
"""

from __future__ import annotations

import struct
from zlib import crc32

SLOT_BYTES = 512
"""The smallest sector of a disk; a write inside one cannot tear its neighbour."""
MARK_BYTES = 2 * SLOT_BYTES

_RECORD = struct.Struct(">8sQI")
_MAGIC = b"tusmark1"


def slot_position(turn: int) -> int:
    """Where the record of the `turn`-th commit is written."""
    return (turn % 2) * SLOT_BYTES


def encode(offset_bytes: int) -> bytes:
    """One record for one slot."""
    body = struct.pack(">8sQ", _MAGIC, offset_bytes)
    return body + struct.pack(">I", crc32(body))


def decode(mark: bytes) -> tuple[int, int] | None:
    """The acknowledged offset and the turn that leaves its slot alone; None when no slot is valid."""
    best: tuple[int, int] | None = None
    for slot in (0, 1):
        record = mark[slot * SLOT_BYTES : slot * SLOT_BYTES + _RECORD.size]
        if len(record) < _RECORD.size:
            continue
        magic, offset_bytes, check = _RECORD.unpack(record)
        if magic != _MAGIC or crc32(record[:-4]) != check:
            continue
        if best is None or offset_bytes > best[0]:
            best = (offset_bytes, slot + 1)
    return best
