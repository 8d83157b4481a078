"""Whether somebody goes to a job on a visit, and since when that has been so."""

from __future__ import annotations

from sync.clock import Clock
from sync.record import Record

STANDING = ("planned", "dispatched")
"""Dispatch states in which the office counts on the visit."""
LEFT = ("incomplete", "no_access", "declined")
"""Execution states in which the technician has left the job undone."""


def is_standing(visit: Record) -> bool:
    """Somebody goes there on this visit, is there, or has done the work."""
    return visit.fields["dispatch_state"] in STANDING and visit.fields["exec_state"] not in LEFT


def stands_since(visit: Record) -> Clock:
    """The word by which the office counts on the visit: its planning, or that it was reinstated since.

    To reinstate a visit empties the reason for which it was withdrawn, and nothing else does.
    """
    reason = visit.clock("dispatch_reason")
    reinstated = reason is not None and visit.fields.get("dispatch_reason") is None
    return reason if reason is not None and reinstated and reason.ver > visit.created.ver else visit.created
