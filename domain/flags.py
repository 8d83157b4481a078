"""Facts that are shown with the result of an operation, and change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from domain.follow_signed import SIGNED_CONTENT
from sync.operation import Operation
from sync.record import Record
from sync.rules import View
from sync.value_type import is_identifier

FACTS = frozenset({*SIGNED_CONTENT, "stock_move", "time_entry", "media", "note"})
"""What a technician reports from the job."""


def flags(operation: Operation, before: Record | None, view: View) -> Iterator[str]:
    """`after_cancellation` (case 1) and `after_signature` (case 8), about facts of a visit."""
    if operation.entity not in FACTS:
        return
    visit = before if operation.entity == "visit" else _visit(operation, before, view)
    if visit is None:
        return
    if visit.fields["dispatch_state"] == "cancelled":
        yield "after_cancellation"
    content = SIGNED_CONTENT.get(operation.entity)
    about_content = operation.entity != "visit" or bool(set(content or ()) & set(operation.set))
    if visit.fields.get("sign_off") is not None and about_content:
        yield "after_signature"


def _visit(operation: Operation, before: Record | None, view: View) -> Record | None:
    id = before.fields.get("visit") if before is not None else operation.set.get("visit")
    return view.record("visit", id) if isinstance(id, str) and is_identifier(id) else None
