"""What must be said is said at a desk: a number or a name is more than blanks, and a telephone number has digits.

A technician's word from the field is kept as it came.
"""

from __future__ import annotations

from typing import Any

from domain.declaration import SCHEMA
from domain.refusals import refuse
from sync.fault import line
from sync.operation import InvalidOperation, Operation

_TELEPHONE = "phone"
_SAYING = frozenset({"text", "bilingual"})


def check_words(operation: Operation) -> None:
    """Raises InvalidOperation: `invalid_value` (empty) for what is needed, `phone_without_digits`."""
    declared = SCHEMA.entities[operation.entity].fields
    for name, value in operation.set.items():
        if declared[name].required and declared[name].type.kind in _SAYING and _is_blank(value):
            raise InvalidOperation("invalid_value", line("empty", f"{operation.entity}.{name}"))
    phone = operation.set.get(_TELEPHONE)
    if isinstance(phone, str) and not any(sign.isdecimal() for sign in phone):
        refuse("phone_without_digits", _TELEPHONE)


def _is_blank(value: Any) -> bool:
    """Whether a text, or each language of one, is there and says nothing; another form is the merge's to refuse."""
    texts = list(value.values()) if isinstance(value, dict) and value else [value]
    return all(isinstance(one, str) and not one.strip() for one in texts)
