"""Which time stands (case 3): the latest that the customer confirmed, else what the office planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.change import Change
from domain.inbox import item
from sync.rules import FollowUp


def follow_appointment(change: Change) -> tuple[Mapping[str, Any] | None, list[FollowUp]]:
    """The appointment that stands after a change of the window or of the agreement on site, and what is to be told.

    A reschedule that did not know of the customer's agreement does not undo it, in whichever order the two arrive; one
    that knew does.
    """
    agreed = change.after.fields.get("agreed_on_site")
    window = change.after.fields.get("window")
    if change.changed("agreed_on_site") and agreed is not None:
        told = [_told(change)] if window is not None and change.unseen("window") else []
        return _span(agreed), told
    if not change.changed("window", "agreed_on_site") or window is None:
        return None, []
    if agreed is not None and change.unseen("agreed_on_site"):
        return _span(agreed), [_told(change)]
    return _span(window), []


def _span(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"starts_at": value["starts_at"], "ends_at": value["ends_at"]}


def _told(change: Change) -> FollowUp:
    fields = change.after.fields
    detail = {"window": fields["window"], "agreed": fields["agreed_on_site"]}
    return item(change, "agreed_otherwise", change.after, detail)
