"""One range of bytes (RFC 9110, section 14). Several at once are answered with the whole, as the RFC allows."""

from __future__ import annotations

import re

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class OutOfRange(ValueError):
    """The range holds no byte of the representation."""


def byte_range(header: str, size_bytes: int) -> tuple[int, int] | None:
    """First and last byte, both included; None when the whole is to be sent. Raises `OutOfRange`."""
    found = _ONE_RANGE.fullmatch(header.replace(" ", ""))
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        length = min(int(found[2]), size_bytes)
        if length == 0:
            raise OutOfRange
        return size_bytes - length, size_bytes - 1
    first = int(found[1])
    last = int(found[2]) if found[2] else size_bytes - 1
    if found[2] and last < first:
        return None
    if first >= size_bytes:
        raise OutOfRange
    return first, min(last, size_bytes - 1)
