"""What an operation must keep to, enforced where it is authored (section 4.2)."""

import re
from typing import Any

from tests.stranger.canonical import NotCanonical, canonical, parse
from tests.stranger.value import IDENTIFIER, is_integer

LARGEST = 65_536
REQUIRED = {"device", "seq", "id", "schema", "entity", "record", "aggregate", "base", "at", "set"}
FREE = {"action", "moved_from", "decides"}
EVIDENCE = {"wall", "mono_ms", "boot", "offset_ms", "error_ms"}
AGGREGATE = re.compile(r"[A-Za-z_]+/[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}", re.ASCII)


def fault(text: str, device: str) -> str | None:
    """The reason for which this operation of `device` would be parked as it came; None: it keeps to the limits."""
    if len(text.encode()) > LARGEST:
        return "too_large"
    try:
        operation = parse(text)
        canonical(operation["set"])
    except (NotCanonical, TypeError, KeyError):
        return "invalid_value"
    return None if _keeps(operation, device) else "invalid_value"


def _keeps(operation: dict[str, Any], device: str) -> bool:
    base = operation.get("base")
    return (
        REQUIRED <= operation.keys() <= REQUIRED | FREE
        and operation["device"] == device
        and all(
            isinstance(operation[name], str) and IDENTIFIER.fullmatch(operation[name]) is not None
            for name in ("id", "record", "entity", "device")
        )
        and isinstance(operation["aggregate"], str)
        and AGGREGATE.fullmatch(operation["aggregate"]) is not None
        and is_integer(operation["seq"])
        and operation["seq"] >= 1
        and is_integer(operation["schema"])
        and isinstance(base, list)
        and len(base) == 2
        and isinstance(base[0], str)
        and is_integer(base[1])
        and base[1] >= 0
        and isinstance(operation["at"], dict)
        and {"wall"} <= operation["at"].keys() <= EVIDENCE
        and isinstance(operation["at"]["wall"], str)
        and isinstance(operation["set"], dict)
        and operation.get("action", "update") in ("create", "update", "delete")
    )
