"""A message to a customer, as a record to be written: made twice for one cause, it is the same one."""

from __future__ import annotations

from domain.commands.draft import Drafted, create
from domain.identity import derived_id
from sync.record import Record


def notification(
    kind: str,
    visit: Record,
    *,
    cause: tuple[str, ...],
    about_at: str | None,
    asked_at: str,
    expires_at: str,
    late: bool = False,
) -> Drafted:
    """A message about a visit. Its id, derived from kind, visit and `cause`, is the key against sending it twice."""
    return create(
        "notification",
        derived_id("message", kind, visit.id, *cause),
        visit.aggregate,
        work_order=visit.fields["work_order"],
        visit=visit.id,
        kind=kind,
        about_at=about_at,
        asked_at=asked_at,
        expires_at=expires_at,
        late=late or None,
    )
