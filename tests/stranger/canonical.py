"""Canonical JSON and the hashes over it (openapi/sync-protocol.md, 4.4 and 7.3)."""

import hashlib
import json
from typing import Any

GREATEST = 2**53 - 1
DEEPEST = 12


class NotCanonical(ValueError):
    """The value has no canonical form; the message names the rule that it breaks."""


def canonical(value: Any) -> bytes:
    """The canonical bytes of a value; raises NotCanonical."""
    _check(value, 0)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")


def parse(text: str | bytes) -> Any:
    """A JSON text as a value; raises NotCanonical for anything that is no JSON, a fraction or an exponent."""
    try:
        return json.loads(text, parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error


def sha256(data: bytes) -> str:
    """SHA-256 as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def content_hash(operation: Any) -> str:
    """What tells two contents under one number apart: of a value its canonical form, of a text its bytes."""
    if isinstance(operation, str):
        try:
            operation = parse(operation)
        except NotCanonical:
            return sha256(operation.encode())
    return sha256(canonical(operation))


def _refuse(token: str) -> Any:
    raise NotCanonical(f"{token} is no integer")


def _check(value: Any, depth: int) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > GREATEST:
            raise NotCanonical("an integer beyond 2^53-1")
    elif isinstance(value, str):
        if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
            raise NotCanonical("half of a surrogate pair")
    elif isinstance(value, list | dict):
        if depth >= DEEPEST:
            raise NotCanonical("nested too deep")
        if isinstance(value, dict) and not all(isinstance(name, str) and name.isascii() for name in value):
            raise NotCanonical("a member name that is not ASCII")
        for item in value.values() if isinstance(value, dict) else value:
            _check(item, depth + 1)
    else:
        raise NotCanonical(f"a {type(value).__name__}")
