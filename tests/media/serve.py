"""A real server with nothing but uploads on it, for tests and for trying clients out.

    python -m tests.media.serve FOLDER [PORT]

The bearer token is the device: `Authorization: Bearer <device>`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn
from litestar import Litestar
from litestar.connection import ASGIConnection

from media.bucket import Bucket, BucketAddress
from media.disk import RealDisk
from media.gate import Principal
from media.local_store import LocalStore
from media.s3_store import S3Store
from media.store import Store
from media.upload import Upload
from media.uploads import Limits, Uploads
from mobile_api.problem import Unauthorized
from mobile_api.problem_handlers import problem_handlers
from mobile_api.uploads.body import Pace
from mobile_api.uploads.router import uploads_router
from mobile_api.uploads.turn import Turns
from server.db.bucket_partials import SqlPartRegister
from server.db.open import open_store
from tests.media.file_register import FileRegister


@dataclass(frozen=True)
class Setup:
    """How a test wants its server; goes to the child process, so plain values only."""

    folder: Path
    port: int
    kill_at: int = 0
    """Die by SIGKILL right before the n-th step of the disk, the register or the callback; 0 for never."""
    checkpoint_bytes: int = 1 << 20
    checkpoint_seconds: float = 0.2
    stall_seconds: float = 60.0
    window_seconds: float = 60.0
    max_size_bytes: int = 1 << 30
    expires_after: timedelta = timedelta(days=30)
    bucket: BucketAddress | None = None
    """Where bytes live instead of the folder; what partials consist of is kept in SQLite in the folder."""
    is_forgetful: bool = False
    """Keeps acknowledged bytes in the process's memory: the negative control."""


async def authenticate(connection: ASGIConnection[Any, Any, Any, Any]) -> Principal:
    scheme, _, device = connection.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not device:
        raise Unauthorized({"WWW-Authenticate": "Bearer"})
    return Principal(device, f"user-of-{device}")


class FolderGate:
    """Refuses media ids named in the file `refused`, one on each line."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "refused"

    def may_upload(
        self, principal: Principal, media_id: str, sha256: str, size: int | None, metadata: Mapping[str, Any]
    ) -> str | None:
        is_refused = self._file.exists() and media_id in self._file.read_text().split()
        return "media_unknown" if is_refused else None


class StepDisk(RealDisk):
    """The real disk, telling of each step that changes it."""

    def __init__(self, step: Callable[[str], None]) -> None:
        self._step = step

    def write_at(self, handle: int, data: bytes | bytearray | memoryview, offset: int) -> None:
        self._step("write")
        super().write_at(handle, data, offset)

    def truncate(self, handle: int, size: int) -> None:
        self._step("truncate")
        super().truncate(handle, size)

    def sync(self, handle: int) -> None:
        self._step("sync")
        super().sync(handle)

    def rename(self, source: Path, target: Path) -> None:
        self._step("rename")
        super().rename(source, target)

    def remove(self, path: Path) -> None:
        self._step("remove")
        super().remove(path)

    def sync_folder(self, folder: Path) -> None:
        self._step("sync_folder")
        super().sync_folder(folder)


class StepRegister(FileRegister):
    """The file register, with a step before and after each of its transactions."""

    def __init__(self, folder: Path, step: Callable[[str], None]) -> None:
        super().__init__(folder)
        self._step = step

    def add(self, upload: Upload) -> Upload:
        self._step("add")
        kept = super().add(upload)
        self._step("added")
        return kept

    def replace(self, upload: Upload) -> Upload:
        self._step("replace")
        kept = super().replace(upload)
        self._step("replaced")
        return kept


class ForgetfulDisk(StepDisk):
    """Keeps bytes in the process until a file gets its final name. Without a kill nobody can tell."""

    def __init__(self, step: Callable[[str], None]) -> None:
        super().__init__(step)
        self._held: dict[Path, bytearray] = {}
        self._paths: dict[int, Path] = {}

    def size(self, path: Path) -> int | None:
        return len(self._held[path]) if path in self._held else super().size(path)

    def open(self, path: Path) -> int:
        handle = super().open(path)
        self._paths[handle] = path
        self._held.setdefault(path, bytearray(path.read_bytes()))
        return handle

    def read_at(self, handle: int, count: int, offset: int) -> bytes:
        return bytes(self._held[self._paths[handle]][offset : offset + count])

    def write_at(self, handle: int, data: bytes | bytearray | memoryview, offset: int) -> None:
        self._step("write")
        self._held[self._paths[handle]][offset : offset + len(data)] = data

    def truncate(self, handle: int, size: int) -> None:
        self._step("truncate")
        del self._held[self._paths[handle]][size:]

    def rename(self, source: Path, target: Path) -> None:
        if source in self._held:
            source.write_bytes(self._held.pop(source))
        super().rename(source, target)

    def remove(self, path: Path) -> None:
        self._held.pop(path, None)
        super().remove(path)


class Steps:
    """Counts steps; at the chosen one the process is gone, mid-sentence."""

    def __init__(self, kill_at: int, trace: Path) -> None:
        self._kill_at = kill_at
        self._count = 0
        self._trace = trace

    def __call__(self, name: str) -> None:
        self._count += 1
        if self._count == self._kill_at:
            self._trace.write_text(name)
            os.kill(os.getpid(), signal.SIGKILL)


class StepBucket(Bucket):
    """The real bucket, telling of each request that changes it."""

    def __init__(self, address: BucketAddress, step: Callable[[str], None]) -> None:
        super().__init__(address)
        self._step = step

    def put(self, key: str, data: bytes | bytearray) -> None:
        self._step("put")
        super().put(key, data)

    def put_part(self, key: str, multipart: str, number: int, data: bytes | bytearray) -> str:
        self._step("put_part")
        return super().put_part(key, multipart, number, data)

    def complete(self, key: str, multipart: str, etags: Sequence[str]) -> None:
        self._step("complete")
        super().complete(key, multipart, etags)

    def copy(self, source: str, target: str, size_bytes: int) -> None:
        self._step("copy")
        super().copy(source, target, size_bytes)

    def delete(self, keys: Iterable[str]) -> None:
        self._step("delete")
        super().delete(keys)


def make_store(setup: Setup, step: Callable[[str], None]) -> Store:
    """The folder's store, or the bucket's."""
    if setup.bucket is None:
        disk = ForgetfulDisk(step) if setup.is_forgetful else StepDisk(step)
        return LocalStore(setup.folder / "bytes", disk)
    database = open_store(f"sqlite:///{setup.folder / 'parts.db'}").database
    return S3Store(StepBucket(setup.bucket, step), SqlPartRegister(database))


def make_app(setup: Setup) -> Litestar:
    """The application, after recovery from whatever happened before."""
    step = Steps(setup.kill_at, setup.folder / "killed-at")

    def on_stored(upload: Upload) -> None:
        step("on_stored")
        with open(setup.folder / "told", "a") as told:
            told.write(f"{upload.id} {upload.media_id} {upload.sha256} {upload.length_bytes}\n")

    uploads = Uploads(
        StepRegister(setup.folder / "rows", step),
        make_store(setup, step),
        FolderGate(setup.folder),
        on_stored,
        partial(datetime.now, UTC),
        lambda: uuid4().hex,
        Limits(setup.max_size_bytes, setup.expires_after),
    )
    uploads.recover()
    # No other server shares the folder: what has no row now will never have one.
    uploads.sweep()
    pace = Pace(setup.checkpoint_bytes, setup.checkpoint_seconds, setup.stall_seconds, setup.window_seconds)
    router = uploads_router(uploads, authenticate, Turns(), pace)
    return Litestar([router], exception_handlers=problem_handlers(), openapi_config=None)


def serve(setup: Setup) -> None:
    """Until killed."""
    uvicorn.run(make_app(setup), host="127.0.0.1", port=setup.port, log_level="warning", loop="uvloop")


if __name__ == "__main__":
    here = Path(sys.argv[1])
    here.mkdir(parents=True, exist_ok=True)
    serve(Setup(here, int(sys.argv[2]) if len(sys.argv) > 2 else 8431))
