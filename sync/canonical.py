"""One JSON form for everything that is stored, hashed or signed.

The form is RFC 8785 restricted to what this product needs: integers below 2^53 in magnitude, no floats, ASCII member
names. Under these limits sorting by code point equals sorting by UTF-16 unit, and no number formatting can differ.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

LARGEST_INTEGER = 2**53 - 1
DEEPEST_NESTING = 12

_encoder = msgspec.json.Encoder(order="sorted")
encode = _encoder.encode
"""Canonical bytes of a JSON value made of None, bool, int, str, list, tuple, dict and msgspec structs."""

decode = msgspec.json.Decoder().decode
"""Parse JSON bytes; raises one of `NOT_JSON` on anything that is not UTF-8 JSON."""

NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for bytes from anywhere."""


class NotCanonical(ValueError):
    """The value at `path` has no canonical form; `why` is the code of a `sync.fault`, with what it takes."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


def check(value: Any, path: str = "") -> None:
    """Raise `NotCanonical` unless the value is inside the restricted form."""
    # Where the fault lies is looked for only when there is one: the names on the way cost more than the looking.
    if not _fits(value, 0):
        _find_fault(value, path, 0)


_LEAVES = frozenset({str, bool, type(None)})


def _fits(value: Any, depth: int) -> bool:
    kind = type(value)
    if kind is dict:
        if depth >= DEEPEST_NESTING or not "".join(value).isascii():
            return False
        members = value.values()
    elif kind is list or kind is tuple:
        if depth >= DEEPEST_NESTING:
            return False
        members = value
    else:
        return kind in _LEAVES or (kind is int and -LARGEST_INTEGER <= value <= LARGEST_INTEGER)
    for member in members:
        kind = type(member)
        if kind in _LEAVES or (kind is int and -LARGEST_INTEGER <= member <= LARGEST_INTEGER):
            continue
        if not _fits(member, depth + 1):
            return False
    return True


def _find_fault(value: Any, path: str, depth: int) -> None:
    if value is None or value is True or value is False:
        return
    kind = type(value)
    if kind is str:
        return
    if kind is int:
        if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            raise NotCanonical(path, "out_of_range")
        return
    if depth >= DEEPEST_NESTING:
        raise NotCanonical(path, f"too_deep({DEEPEST_NESTING})")
    if kind is dict:
        for name, member in value.items():
            if not name.isascii():
                raise NotCanonical(path, "name_not_ascii")
            _find_fault(member, f"{path}.{name}" if path else name, depth + 1)
        return
    if kind is list or kind is tuple:
        for index, member in enumerate(value):
            _find_fault(member, f"{path}[{index}]", depth + 1)
        return
    if kind is float:
        raise NotCanonical(path, "not_whole")
    raise NotCanonical(path, "not_json")


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
