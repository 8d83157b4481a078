"""JSON in its one spelling, and of an expected shape: what is neither is not looked at further."""

from __future__ import annotations

import json
from typing import Any

LARGEST = 2**53 - 1
DEEPEST = 12


class Misshapen(ValueError):
    """Not JSON, not in its one spelling, or not of the shape."""


class Maybe:
    """A shape, or null."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape


def fits(value: Any, shape: Any) -> bool:
    """Whether a value has a shape: a type, a text itself, [items' shape], {member: shape}, Maybe, or a set of these."""
    if isinstance(shape, Maybe):
        return value is None or fits(value, shape.shape)
    if isinstance(shape, dict):
        return (
            type(value) is dict
            and value.keys() == shape.keys()
            and all(fits(value[name], inner) for name, inner in shape.items())
        )
    if isinstance(shape, list):
        return type(value) is list and all(fits(one, shape[0]) for one in value)
    if isinstance(shape, frozenset):
        return any(fits(value, one) for one in shape)
    if isinstance(shape, str):
        return type(value) is str and value == shape
    return type(value) is shape


def canonical(value: Any) -> bytes:
    """RFC 8785, for values without fractions. Raises `Misshapen`."""
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode()
    except (ValueError, TypeError, RecursionError) as problem:
        raise Misshapen(str(problem)) from problem


def parsed(data: bytes) -> Any:
    """Any JSON. Raises `Misshapen`."""
    try:
        return json.loads(data.decode())
    except (ValueError, RecursionError) as problem:
        raise Misshapen(str(problem)) from problem


def read(data: bytes, shape: Any) -> Any:
    """A value of this shape, whose one spelling the bytes are. Raises `Misshapen`."""
    value = parsed(data)
    if not fits(value, shape) or canonical(value) != data:
        raise Misshapen("not of the shape, or in another spelling")
    return value


def is_plain(value: Any, depth: int = 0) -> bool:
    """Whether a value keeps to what is ever signed: numbers that every language has, ASCII names, not too deep."""
    if isinstance(value, (dict, list)):
        if depth >= DEEPEST:
            return False
        if isinstance(value, dict) and not all(name.isascii() for name in value):
            return False
        inner = value.values() if isinstance(value, dict) else value
        return all(is_plain(one, depth + 1) for one in inner)
    return type(value) is not int or abs(value) <= LARGEST
