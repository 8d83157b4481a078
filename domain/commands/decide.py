"""Decisions at the desk: conflicts, inbox items, corrections that wait, plain corrections."""

from __future__ import annotations

from typing import Any

from domain.commands.draft import Drafted, update
from sync.record import Record


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
    """Decide an inbox item.

    `choose` by kind: `window` or `agreed`; `bill`, `bill_travel` or `waive`; `go` or `stand_down`; else `done`.
    """
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
