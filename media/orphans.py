"""Bytes that no row speaks of: left by a crash between an upload's bytes and its row, or about to get their row."""

from __future__ import annotations

import logging

from media.refusal import UploadRefused
from media.register import UploadRegister
from media.store import PartialStore

log = logging.getLogger(__name__)


class Orphans:
    """Frees them at the second look. Any number of servers may share the store: the looks are far apart, and creating
    an upload takes no time at all."""

    def __init__(self, store: PartialStore, register: UploadRegister) -> None:
        self._store = store
        self._register = register
        self._seen: set[str] = set()

    def look(self) -> int:
        """Free what had no row at the look before and has none now; returns how many."""
        rowless = {upload_id for upload_id in self._store.ids() if self._register.get(upload_id) is None}
        freed = {upload_id for upload_id in rowless & self._seen if self._freed(upload_id)}
        self._seen = rowless - freed
        return len(freed)

    def _freed(self, upload_id: str) -> bool:
        try:
            self._store.release(upload_id)
        except UploadRefused:
            # Work goes on without the store; the next look tries again.
            log.warning("upload %s could not be freed", upload_id)
            return False
        return True
