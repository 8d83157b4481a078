"""Photos and clips on their way to the server: a durable queue, sent by tus 1.0.0, each byte at most once per cut.

Own code over the phone's transport, not tuspy: that waits without a time limit and knows no port (docs/decisions/0006).
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from doorstep_client.line import Line
from doorstep_client.problem import Refused, Unreachable
from doorstep_client.store import Store
from doorstep_client.transport import Answer, expect_success

Kind = Literal["poster", "proxy", "original"]
"""In the order in which an expert needs them."""
State = Literal["queued", "stored", "missing", "refused"]

_TUS = {"Tus-Resumable": "1.0.0"}
_MISPLACED = (404, 409, 410)
"""The server knows another offset, or not the upload any more: ask, or create it again."""
_CHECKSUM_MISMATCH = 460
_NOT_NOW = (401, 403)
"""Not this phone, or not before the media's row is there: nothing is said against the file."""


class Upload(msgspec.Struct, frozen=True):
    """One file of one media record."""

    media: str
    kind: Kind
    sha256: str
    path: str
    size_bytes: int
    type: str
    address: str
    """Where the server takes it; empty before it was asked."""
    offset_bytes: int
    """What the server has acknowledged."""
    state: State
    """missing: the file is gone or another one; refused: the server will not have it. Both are for a person."""
    detail: str


_COLUMNS = "media, kind, sha256, path, size_bytes, type, address, offset_bytes, state, detail"
_ORDER = "CASE kind WHEN 'poster' THEN 0 WHEN 'proxy' THEN 1 ELSE 2 END, position"


def queue(store: Store, media: str, path: Path, kind: Kind, type: str) -> Upload:
    """Queue a file, durably, by its present bytes; queueing the same again changes nothing."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with store.transaction():
        store.run(
            "INSERT INTO upload (media, kind, sha256, path, size_bytes, type) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (media, sha256) DO NOTHING",
            media,
            kind,
            sha256,
            str(path.resolve()),
            path.stat().st_size,
            type,
        )
    row = store.one(f"SELECT {_COLUMNS} FROM upload WHERE media = ? AND sha256 = ?", media, sha256)
    assert row is not None
    return Upload(*row)


def uploads(store: Store) -> list[Upload]:
    """All files ever queued, in the order in which they are sent."""
    return [Upload(*row) for row in store.all(f"SELECT {_COLUMNS} FROM upload ORDER BY {_ORDER}")]


def offer_again(store: Store) -> int:
    """A restored server may lack files that had arrived: each is asked for again. How many; inside a transaction."""
    return store.run(
        "UPDATE upload SET state = 'queued', address = '', offset_bytes = 0 WHERE state = 'stored'"
    )


def waiting(store: Store) -> tuple[int, int]:
    """How many files are not stored on the server yet, and how many bytes of them it lacks."""
    row = store.one(
        "SELECT count(*), coalesce(sum(size_bytes - offset_bytes), 0) FROM upload WHERE state != 'stored'"
    )
    assert row is not None
    return int(row[0]), int(row[1])


class Uploader:
    """Sends the queue, a chunk at a time. A cut anywhere costs at most the chunk on its way."""

    def __init__(self, store: Store, line: Line, chunk_bytes: int) -> None:
        self._store = store
        self._line = line
        self._chunk_bytes = chunk_bytes
        self._placed: set[str] = set()
        """Media whose offset the server has told in this run."""
        self._held: set[str] = set()
        """Media that the server does not take at present: their turn comes with the next run."""

    def send(self, most_chunks: int | None = None) -> int:
        """Send queued files, at most so many chunks; returns how many chunks went. Raises `Unreachable`.

        A file that is gone, or that the server will not have, is marked and does not stop the others.
        """
        self._placed.clear()
        self._held.clear()
        sent = 0
        while most_chunks is None or sent < most_chunks:
            waiting = [
                one for one in uploads(self._store) if one.state == "queued" and _key(one) not in self._held
            ]
            if not waiting:
                break
            try:
                sent += self._step(waiting[0])
            except Refused as problem:
                self._refused(waiting[0], problem)
        return sent

    def _step(self, upload: Upload) -> int:
        """One request for one file; 1 when it carried bytes."""
        if _key(upload) not in self._placed:
            self._find_offset(upload)
            return 0
        chunk = self._read(upload)
        if chunk is None:
            return 0
        checksum = b64encode(hashlib.sha256(chunk).digest()).decode()
        headers = {
            **_TUS,
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(upload.offset_bytes),
            "Upload-Checksum": f"sha256 {checksum}",
        }
        answer = self._line.call("PATCH", upload.address, headers, chunk)
        if answer.status == _CHECKSUM_MISMATCH:
            raise Unreachable("a chunk was damaged on its way; nothing of it was kept")
        self._advance(upload, expect_success(answer))
        return 1

    def _refused(self, upload: Upload, refusal: Refused) -> None:
        detail = f"{refusal.code or refusal.status}: {refusal.detail}"
        if refusal.status in _MISPLACED or refusal.code == "upload_already_stored":
            if _key(upload) in self._placed:
                self._placed.discard(_key(upload))
            else:
                self._held.add(_key(upload))
            if refusal.status != 409:
                self._set(upload, address="", offset_bytes=0)
            self._set(upload, detail=detail)
        elif refusal.status in _NOT_NOW:
            self._held.add(_key(upload))
            self._set(upload, detail=detail)
        else:
            self._set(upload, state="refused", detail=detail)

    def _find_offset(self, upload: Upload) -> None:
        """Ask how far it is: by its address, or by creating it, which finds the one of the same media and hash."""
        if upload.address:
            answer = self._line.call("HEAD", upload.address, _TUS)
            if answer.status in _MISPLACED:
                self._set(upload, address="", offset_bytes=0)
                return
        else:
            answer = self._line.call("POST", "/v1/uploads", _creation(upload))
        self._advance(upload, expect_success(answer))
        self._placed.add(_key(upload))

    def _advance(self, upload: Upload, answer: Answer) -> None:
        address = answer.headers.get("location", upload.address)
        offset = int(answer.headers.get("upload-offset", "0"))
        state: State = "stored" if offset >= upload.size_bytes else "queued"
        self._set(upload, address=address, offset_bytes=offset, state=state)

    def _read(self, upload: Upload) -> bytes | None:
        """The next chunk; None, and marked, when the file is gone or no longer has its length."""
        try:
            with open(upload.path, "rb") as file:
                file.seek(0, 2)
                if file.tell() == upload.size_bytes:
                    file.seek(upload.offset_bytes)
                    return file.read(self._chunk_bytes)
                detail = f"{upload.path} has {file.tell()} bytes, not {upload.size_bytes}"
        except OSError as problem:
            detail = str(problem)
        self._set(upload, state="missing", detail=detail)
        return None

    def _set(self, upload: Upload, **values: str | int) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        with self._store.transaction():
            self._store.run(
                f"UPDATE upload SET {columns} WHERE media = ? AND sha256 = ?",
                *values.values(),
                upload.media,
                upload.sha256,
            )


def _key(upload: Upload) -> str:
    return f"{upload.media}/{upload.sha256}"


def _creation(upload: Upload) -> Mapping[str, str]:
    facts = {
        "media": upload.media,
        "sha256": upload.sha256,
        "kind": upload.kind,
        "filename": Path(upload.path).name,
        "filetype": upload.type,
    }
    pairs = ",".join(f"{name} {b64encode(text.encode()).decode()}" for name, text in facts.items())
    return {**_TUS, "Upload-Length": str(upload.size_bytes), "Upload-Metadata": pairs}
