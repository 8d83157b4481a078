"""Decisions at the desk: conflicts, inbox items, corrections that wait, plain corrections."""

from __future__ import annotations

from typing import Any

from domain.commands.draft import Drafted, update
from sync.record import Record

DONE = "done"
CHOICES: dict[str, tuple[str, ...]] = {
    "agreed_otherwise": ("window", "agreed"),
    "bill_after_cancellation": ("bill", "bill_travel", "waive"),
    "two_on_one_job": ("go", "stand_down"),
    "planned_twice": ("keep_both", "withdraw_first", "withdraw_second"),
}
"""Kind of an inbox item → what may be decided; every other kind is `done` when somebody has looked after it."""
REPEATABLE = frozenset({"bill_after_cancellation"})
"""Kinds that may be decided anew at any time, with full effect."""


def decide(conflict: Record, choose: str, *, value: Any = None, note: str | None = None) -> list[Drafted]:
    """Choose `standing`, `losing` or `other` (with `value`), about the standing value that the conflict shows."""
    standing = conflict.fields["standing"]
    decision: dict[str, Any] = {
        "choose": choose,
        "standing_device": standing["device"],
        "standing_seq": standing["seq"],
        "note": note,
    }
    if choose == "other":
        decision["value"] = value
    return [update(conflict, decision=decision)]


def settle_item(
    item: Record, choose: str, *, note: str | None = None, at: str | None = None
) -> list[Drafted]:
    """Decide an inbox item; `choose` is one of `CHOICES`."""
    return [update(item, decision={"choose": choose, "note": note, "at": at})]


def approve_change(change: Record) -> list[Drafted]:
    """A correction from the site becomes the master's value."""
    return [update(change, state={"event": "approve"})]


def reject_change(change: Record, *, reason: str) -> list[Drafted]:
    """The master keeps its value."""
    return [update(change, state={"event": "reject"}, reason=reason)]


def correct(record: Record, /, **fields: Any) -> list[Drafted]:
    """Correct fields of a customer, site, contact, asset or order, as the office knows them."""
    return [update(record, **fields)]
