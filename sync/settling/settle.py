"""What stands when an incoming value meets a field, under every policy (openapi/sync-protocol.md, section 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sync.policy import (
    Append,
    Counter,
    First,
    Immutable,
    LwwWithInbox,
    Machine,
    Manual,
    Max,
    Owner,
    SetUnion,
    Text,
)
from sync.schema import Field
from sync.settling.collection import append, edits_of, entries_of, set_union
from sync.settling.counter import counter, moved_by
from sync.settling.machine import event_of, machine
from sync.settling.meeting import Meeting, Settled, check_type, stays
from sync.settling.plain import first, greatest, immutable, lww_with_inbox, manual, owner
from sync.settling.text import text, text_and_start

_PLAIN = (Owner, Immutable, First, LwwWithInbox, Manual)


def takes_first_word(field: Field, by: str, creating: bool) -> bool:
    """Whether the first word in a field that nobody has set simply stands: the short way for most of all words."""
    if not isinstance(field.policy, _PLAIN):
        return False
    if not field.owner or by in field.owner or by == "system" or field.others == "apply":
        return True
    return creating and field.others == "request"


def settle(meeting: Meeting) -> Settled:
    """Decide one field; raises `BadForm`."""
    if not meeting.is_owner:
        if meeting.field.others == "refuse":
            return stays(meeting, "refused", "not_allowed", open=False, losing=_kept_form(meeting))
        if meeting.field.others == "request" and not meeting.creating:
            return stays(meeting, "conflict", "requested", open=True, losing=_kept_form(meeting))
    return _POLICIES[type(meeting.field.policy)](meeting)


def _kept_form(m: Meeting) -> Any:
    """How a word that does not take effect is kept; raises `BadForm` where it could not have taken effect."""
    match m.field.policy:
        case Machine(events=events):
            event = event_of(m)
            return {"event": event, "to": events[event]}
        case Counter():
            moved_by(m)
        case SetUnion():
            edits_of(m)
        case Append():
            entries_of(m)
        case Text():
            text_and_start(m)
        case _:
            check_type(m)
    return m.incoming


_POLICIES: dict[type, Callable[[Meeting], Settled]] = {
    Owner: owner,
    Immutable: immutable,
    Append: append,
    SetUnion: set_union,
    Counter: counter,
    First: first,
    Max: greatest,
    Text: text,
    Machine: machine,
    LwwWithInbox: lww_with_inbox,
    Manual: manual,
}
