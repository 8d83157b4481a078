"""JSON bytes become a typed request, or a problem that names the field."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from mobile_api.problem import told
from mobile_api.problems import FieldInvalid, JsonInvalid
from sync.misfit import of_msgspec

T = TypeVar("T")

_BYTE = re.compile(r".*\(byte (\d+)\)")


def decoded(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """The request; raises FieldInvalid and JsonInvalid."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as wrong:
        raise field_invalid(str(wrong)) from None
    except UnicodeDecodeError:
        raise JsonInvalid("not_utf_8") from None
    except msgspec.DecodeError as wrong:
        if not body.strip():
            raise JsonInvalid("empty") from None
        raise json_invalid(str(wrong)) from None
    except RecursionError:
        raise JsonInvalid("too_deep") from None


def field_invalid(message: str) -> FieldInvalid:
    """The problem behind msgspec's sentence, such as "Expected `int`, got `str` - at `$.push.first`"."""
    fault = of_msgspec(message)
    return FieldInvalid(**told(fault.at(fault.field or "body")))


def json_invalid(message: str) -> JsonInvalid:
    """The problem behind what msgspec says of bytes that are not JSON."""
    if "truncated" in message:
        return JsonInvalid("cut_off")
    if found := _BYTE.match(message):
        return JsonInvalid("trailing" if "trailing" in message else "malformed", byte=int(found[1]))
    return JsonInvalid("number" if "range" in message else "other")
