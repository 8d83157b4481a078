"""Work order numbers: derived from the record, so that a number needs no counter and no signal."""

from __future__ import annotations

import hashlib

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that a number can be read out."""
_SYMBOLS = 8


def order_number(id: str, opened_on: str) -> str:
    """The number of an order, such as SO-260131-7K3M9QXT-C, from its id and the day of opening (2026-01-31).

    Eight symbols hold 40 bits of the id's hash beside the day; the last symbol is a check character, which catches any
    one wrong symbol and any exchange of neighbours.
    """
    value = int.from_bytes(hashlib.sha256(id.encode()).digest()[:5], "big")
    symbols = "".join(_ALPHABET[value >> 5 * place & 31] for place in reversed(range(_SYMBOLS)))
    day = opened_on[2:10].replace("-", "")
    return f"SO-{day}-{symbols}-{check_character(day + symbols)}"


def check_character(symbols: str) -> str:
    """Luhn's check modulo 32 over base 32 symbols."""
    total = 0
    for place, symbol in enumerate(reversed(symbols)):
        value = _ALPHABET.index(symbol) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return _ALPHABET[-total % 32]


def is_order_number(number: str) -> bool:
    """Whether a number is well formed and its check character fits; case and spaces do not matter."""
    parts = number.upper().replace(" ", "").split("-")
    if len(parts) != 4 or parts[0] != "SO" or len(parts[1]) != 6 or len(parts[2]) != _SYMBOLS:
        return False
    symbols = parts[1] + parts[2]
    return set(symbols) <= set(_ALPHABET) and parts[3] == check_character(symbols)


def provisional_number(technician_number: str, opened_on: str, ordinal: int) -> str:
    """The number given on site without signal, such as T017-260131-2; it stays the order's alias for ever."""
    return f"T{technician_number}-{opened_on[2:10].replace('-', '')}-{ordinal}"
