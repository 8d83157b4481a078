"""ES256: ECDSA with P-256 and SHA-256 (FIPS 186-5, RFC 7518), checking only."""

from __future__ import annotations

import hashlib

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_BASE = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_Point = tuple[int, int] | None
"""None is the point at infinity."""


def is_signed(x: bytes, y: bytes, signed: bytes, signature: bytes) -> bool:
    """Whether the signature (64 bytes, r then s) is that of the key (x, y) over these bytes."""
    key = (int.from_bytes(x, "big"), int.from_bytes(y, "big"))
    if len(x) != 32 or len(y) != 32 or len(signature) != 64 or not _is_on_curve(key):
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < _ORDER and 0 < s < _ORDER):
        return False
    hashed = int.from_bytes(hashlib.sha256(signed).digest(), "big")
    inverse = pow(s, -1, _ORDER)
    found = _plus(_times(hashed * inverse % _ORDER, _BASE), _times(r * inverse % _ORDER, key))
    return found is not None and found[0] % _ORDER == r


def _is_on_curve(point: tuple[int, int]) -> bool:
    x, y = point
    return x < _P and y < _P and (y * y - x * x * x + 3 * x - _B) % _P == 0


def _plus(one: _Point, other: _Point) -> _Point:
    if one is None or other is None:
        return one or other
    if one[0] == other[0]:
        if (one[1] + other[1]) % _P == 0:
            return None
        slope = 3 * (one[0] * one[0] - 1) * pow(2 * one[1], -1, _P) % _P
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, _P) % _P
    x = (slope * slope - one[0] - other[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P


def _times(scalar: int, point: _Point) -> _Point:
    total: _Point = None
    while scalar:
        if scalar & 1:
            total = _plus(total, point)
        point = _plus(point, point)
        scalar >>= 1
    return total
