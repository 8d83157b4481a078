"""JSON bytes become a typed request, or a problem that names the field."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from mobile_api.problems import FieldInvalid, JsonInvalid

T = TypeVar("T")

_MISSING = re.compile(r"Object missing required field `([^`]+)`")


def decoded(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """The request; raises FieldInvalid and JsonInvalid."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as wrong:
        raise field_invalid(str(wrong)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise JsonInvalid(reason=str(wrong)) from None
    except RecursionError:
        raise JsonInvalid(reason="it is nested too deeply") from None


def field_invalid(message: str) -> FieldInvalid:
    """The problem behind msgspec's sentence, such as "Expected `int`, got `str` - at `$.push.first`"."""
    reason, _, place = message.partition(" - at `")
    field = place.rstrip("`").removeprefix("$").removeprefix(".")
    if missing := _MISSING.fullmatch(reason):
        field, reason = f"{field}.{missing[1]}".removeprefix("."), "it is required"
    return FieldInvalid(field=field or "body", reason=reason)
