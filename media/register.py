"""Where the rows of uploads live. The file of bytes is elsewhere; see `media.store`."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from media.upload import Upload, UploadState


class UploadChanged(Exception):
    """The row is not the one that was read: somebody changed it since. Read it again and decide again."""


class UploadRegister(Protocol):
    """Durable rows of uploads. Each method is one transaction, committed when it returns.

    Every adapter passes `tests.media.contract_register.RegisterContract`. Times are aware UTC and come back
    equal to the microsecond; metadata comes back in its order and with its None values.
    """

    def add(self, upload: Upload) -> Upload:
        """Keep a new upload with revision 1, unless a live one has the same media id and SHA-256: then that
        one.

        Atomic: of any number of simultaneous calls for one (media id, SHA-256) exactly one is kept and all
        return it. An upload is live while `partial` or `stored` (in SQL: a partial unique index over those
        states).
        """
        ...

    def get(self, upload_id: str) -> Upload | None:
        """The upload with this id in any state."""
        ...

    def find(self, media_id: str, sha256: str) -> Upload | None:
        """The live upload of this media and hash; there is never more than one."""
        ...

    def replace(self, upload: Upload) -> Upload:
        """Keep a changed (or unchanged) upload, if the kept one still has `upload.revision`; returned with
        the next revision.

        Id, media id, SHA-256, kind, metadata and `created_at` never change. Raises UploadChanged otherwise,
        also when there is no such row.
        """
        ...

    def expired(self, now: datetime, limit: int) -> tuple[Upload, ...]:
        """Partial uploads whose `expires_at` is at or before `now`, the oldest first."""
        ...

    def in_state(self, state: UploadState, after_id: str, limit: int) -> tuple[Upload, ...]:
        """A page of the uploads in this state whose id is greater than `after_id`, by id in byte order."""
        ...
