"""Field work on an order that the office deleted meanwhile brings the order back for review (case 13)."""

from __future__ import annotations

from collections.abc import Iterator

from domain.authority import TECHNICIAN
from domain.change import Change
from sync.rules import FollowUp


def follow_deleted_order(change: Change) -> Iterator[FollowUp]:
    """The order stands again, and whether it shall be deleted is an open conflict, with what the worker had seen.

    Whoever works knows of no deletion: the order leaves the phone with it.
    """
    home, _, id = change.after.aggregate.partition("/")
    if home != "work_order" or change.after.entity == home or TECHNICIAN not in change.author.roles:
        return
    order = change.view.record("work_order", id)
    if order is not None and order.deleted:
        yield FollowUp(
            entity="work_order", record=order.id, aggregate=order.aggregate, set={}, as_its_cause=True
        )
