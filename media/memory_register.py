"""An upload register that forgets when the process ends: for tests and for trying things out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from threading import Lock

from media.register import UploadChanged
from media.upload import Upload, UploadState


class MemoryRegister:
    """`UploadRegister` in a dictionary."""

    def __init__(self) -> None:
        self._rows: dict[str, Upload] = {}
        self._lock = Lock()

    def add(self, upload: Upload) -> Upload:
        with self._lock:
            if live := self._live(upload.media_id, upload.sha256):
                return live
            return self._keep(replace(upload, revision=1))

    def get(self, upload_id: str) -> Upload | None:
        return self._rows.get(upload_id)

    def find(self, media_id: str, sha256: str) -> Upload | None:
        with self._lock:
            return self._live(media_id, sha256)

    def replace(self, upload: Upload) -> Upload:
        with self._lock:
            kept = self._rows.get(upload.id)
            if kept is None or kept.revision != upload.revision:
                raise UploadChanged(upload.id)
            return self._keep(replace(upload, revision=upload.revision + 1))

    def expired(self, now: datetime, limit: int) -> tuple[Upload, ...]:
        with self._lock:
            due = [
                row
                for row in self._rows.values()
                if row.state is UploadState.PARTIAL and row.expires_at <= now
            ]
        return tuple(sorted(due, key=lambda row: (row.expires_at, row.id))[:limit])

    def in_state(self, state: UploadState, after_id: str, limit: int) -> tuple[Upload, ...]:
        with self._lock:
            found = [row for row in self._rows.values() if row.state is state and row.id > after_id]
        return tuple(sorted(found, key=lambda row: row.id)[:limit])

    def _live(self, media_id: str, sha256: str) -> Upload | None:
        for row in self._rows.values():
            if row.is_live and row.media_id == media_id and row.sha256 == sha256:
                return row
        return None

    def _keep(self, upload: Upload) -> Upload:
        self._rows[upload.id] = upload
        return upload
