"""Old copies of values that were erased: an operation without them, and which audit entries hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from sync.audit import Change
from sync.merge import DELETED
from sync.operation import Operation, encode_operation
from sync.rules import Rules

ERASED = "erased"
"""Why an operation about somebody who was erased is parked."""
NO_HASH = ""
"""Content hash of an operation whose values were taken out: its id tells a repetition."""

_change = msgspec.json.Decoder(Change)


def redacted(rules: Rules, operation: Operation) -> Operation:
    """The operation without personal values, and without the hash of a desk's request; itself where it holds none."""
    gone = rules.without_personal(operation.entity, operation.set)
    if not gone:
        return operation
    return msgspec.structs.replace(operation, set={**operation.set, **gone}, decides="")


def redacted_bytes(rules: Rules, operation: Operation, raw: bytes) -> bytes:
    """As `redacted`, as the ledger keeps it: `raw` as it came where nothing is to be taken out."""
    without = redacted(rules, operation)
    return raw if without is operation else encode_operation(without)


def holds_personal(rules: Rules, payload: bytes) -> bool:
    """Whether an audit entry's payload holds a personal value. One that cannot be read counts as holding one."""
    try:
        change = _change.decode(payload)
    except msgspec.DecodeError:
        return True
    return any(
        rules.without_personal(change.entity, _fields(values)) for values in (change.before, change.after)
    )


def _fields(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in values.items() if name != DELETED}
