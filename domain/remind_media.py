"""What the arrival of bytes asks for: to be looked at, and a proxy of each sound clip. At once, and however late."""

from __future__ import annotations

from collections.abc import Iterator

from domain.renditions import is_uninspected, needs_proxy, unchecked
from sync.record import Record
from sync.reminder import Forgotten, Reminder
from sync.rules import View

MEDIA_INSPECT = "media_inspect"
MEDIA_PROXY = "media_proxy"
_NEVER_PAST = "9999-12-31T23:59:59.999Z"


def remind_media(before: Record | None, after: Record, view: View) -> Iterator[Reminder | Forgotten]:
    """Asked again when there is more to do than before; a job that finds nothing left to do does nothing."""
    for kind, wanted in ((MEDIA_INSPECT, _to_inspect), (MEDIA_PROXY, _to_code)):
        if wanted(after) - (wanted(before) if before is not None else frozenset()):
            yield Reminder(
                subject=f"{after.entity}/{after.id}", kind=kind, revision=after.ver, past_at=_NEVER_PAST
            )


def _to_inspect(media: Record) -> frozenset[str]:
    if media.deleted:
        return frozenset()
    original = {media.fields["sha256"]} if is_uninspected(media.fields) else set()
    return frozenset(original | {one["sha256"] for one in unchecked(media.fields, "poster")})


def _to_code(media: Record) -> frozenset[str]:
    if media.deleted:
        return frozenset()
    original = {media.fields["sha256"]} if needs_proxy(media.fields) else set()
    return frozenset(original | {one["sha256"] for one in unchecked(media.fields, "proxy")})
