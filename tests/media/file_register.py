"""An upload register in a folder, durable across kills of one process; the tests' stand-in for the
database."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock

import msgspec

from media.memory_register import MemoryRegister
from media.upload import Upload, UploadState


class FileRegister:
    """`MemoryRegister` that writes each row to its own file before it is believed, and reads them at
    start."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._memory = MemoryRegister()
        self._lock = Lock()
        for path in sorted(folder.glob("*.json")):
            self._memory._keep(msgspec.json.decode(path.read_bytes(), type=Upload))

    def add(self, upload: Upload) -> Upload:
        with self._lock:
            live = self._memory.find(upload.media_id, upload.sha256)
            if live is None:
                self._write(replace(upload, revision=1))
            return self._memory.add(upload)

    def get(self, upload_id: str) -> Upload | None:
        return self._memory.get(upload_id)

    def find(self, media_id: str, sha256: str) -> Upload | None:
        return self._memory.find(media_id, sha256)

    def replace(self, upload: Upload) -> Upload:
        with self._lock:
            kept = self._memory.get(upload.id)
            if kept is not None and kept.revision == upload.revision:
                self._write(replace(upload, revision=upload.revision + 1))
            return self._memory.replace(upload)

    def expired(self, now: datetime, limit: int) -> tuple[Upload, ...]:
        return self._memory.expired(now, limit)

    def in_state(self, state: UploadState, after_id: str, limit: int) -> tuple[Upload, ...]:
        return self._memory.in_state(state, after_id, limit)

    def _write(self, upload: Upload) -> None:
        path = self._folder / f"{upload.id}.json"
        with open(path.with_suffix(".new"), "wb") as file:
            file.write(msgspec.json.encode(upload))
            file.flush()
            os.fsync(file.fileno())
        os.replace(path.with_suffix(".new"), path)
