"""Expert cases at a desk: one expert at a time, and answers that ten seconds of signal can carry."""

from __future__ import annotations

from domain.refusals import refuse
from sync import canonical
from sync.operation import Operation
from sync.record import Record
from sync.rules import View

LARGEST_VERDICT_BYTES = 4096


def check_claim(operation: Operation, record: Record | None, view: View) -> None:
    """A case that somebody else has is not taken from them: they release it, or their time runs out."""
    claimed_by = operation.set.get("claimed_by")
    if record is None or claimed_by is None or record.fields["state"] != "claimed":
        return
    if record.fields.get("claimed_by") not in (None, claimed_by):
        refuse("case_taken", "claimed_by")


def check_verdict(operation: Operation, record: Record | None, view: View) -> None:
    """A whole answer fits into a few packets of a bad link."""
    if len(canonical.encode(operation.set)) > LARGEST_VERDICT_BYTES:
        refuse("verdict_too_large", "next_steps", str(LARGEST_VERDICT_BYTES))


def check_annotation(operation: Operation, record: Record | None, view: View) -> None:
    """A drawing is on a photo or clip of the same job."""
    media = view.record("media", operation.set.get("media") or "")
    if media is not None and media.aggregate != operation.aggregate:
        refuse("media_elsewhere", "media", media.id)
