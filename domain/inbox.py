"""Opening an item in the desks' inbox: the default is in force, and somebody looks at it."""

from __future__ import annotations

from domain.change import Change
from domain.identity import inbox_item_id
from sync.record import Record
from sync.rules import FollowUp


def item(
    change: Change,
    kind: str,
    about: Record,
    detail: dict[str, object],
    *,
    role: str = "dispatcher",
    cause: str = "",
) -> FollowUp:
    """The item for a cause; the same cause again opens the same item again.

    `cause` tells apart several items of one kind about one record.
    """
    return FollowUp(
        entity="inbox_item",
        record=inbox_item_id(kind, about.id, cause),
        aggregate=about.aggregate,
        create=True,
        set={
            "kind": kind,
            "entity": about.entity,
            "record": about.id,
            "for_role": role,
            "detail": detail,
            "opened_at": change.at,
            "state": {"event": "reopen"},
        },
    )
