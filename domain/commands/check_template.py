"""The words of a message name only what that kind of message has: a wrong name would reach customers."""

from __future__ import annotations

from domain.messages.kinds import KINDS, fields_of
from domain.messages.template import UnknownName, Unreadable, check
from domain.refusals import refuse
from sync.operation import Operation
from sync.record import Record
from sync.rules import View


def check_template(operation: Operation, record: Record | None, view: View) -> None:
    """Raises InvalidOperation: `template_name_unknown`, `template_unreadable`, with the field and its language."""
    kind = record.fields.get("kind") if record is not None else operation.set.get("kind")
    if kind not in KINDS:
        return
    for name in ("subject", "body"):
        words = operation.set.get(name)
        for language, text in words.items() if isinstance(words, dict) else ():
            if isinstance(text, str):
                _check(text, str(kind), f"{name}.{language}")


def _check(text: str, kind: str, field: str) -> None:
    try:
        check(text, fields_of(kind))
    except UnknownName as unknown:
        refuse("template_name_unknown", field, str(unknown))
    except Unreadable:
        refuse("template_unreadable", field)
