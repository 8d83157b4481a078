"""Decisions about inbox items: one of those that its kind knows, and only while there is something to decide."""

from __future__ import annotations

from domain.commands.decide import CHOICES, DONE, REPEATABLE
from domain.refusals import refuse
from sync.operation import Operation
from sync.record import Record
from sync.rules import View


def check_item(operation: Operation, item: Record | None, view: View) -> None:
    """Raises InvalidOperation: `not_a_choice`, `decided_already`, `settled_already`."""
    decision = operation.set.get("decision")
    if item is None or not isinstance(decision, dict):
        return
    kind, earlier = item.fields["kind"], item.fields.get("decision")
    choices = CHOICES.get(kind, (DONE,))
    if decision.get("choose") not in choices:
        refuse("not_a_choice", "decision.choose", ", ".join(choices))
    if item.fields["state"] == "open" or kind in REPEATABLE:
        return
    if earlier is None:
        refuse("settled_already", "decision")
    if earlier["choose"] != decision["choose"]:
        refuse("decided_already", "decision", earlier["choose"])
