"""The few operations on a file system that a local store is made of.

A seam, so that tests can cut the power or kill the process between any two of them.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from media.refusal import StoreFull


class Disk(Protocol):
    """Files and folders by path. Nothing survives a power cut unless `sync` (bytes) or `sync_folder`
    (names) said so."""

    def make_folder(self, path: Path) -> None: ...
    def names(self, folder: Path) -> list[str]: ...
    def size(self, path: Path) -> int | None: ...
    def open(self, path: Path) -> int:
        """A handle for reading and writing; the file is created when absent."""
        ...

    def read_at(self, handle: int, count: int, offset: int) -> bytes: ...
    def write_at(self, handle: int, data: bytes | bytearray | memoryview, offset: int) -> None: ...
    def truncate(self, handle: int, size: int) -> None: ...
    def sync(self, handle: int) -> None: ...
    def try_lock(self, handle: int) -> bool:
        """Exclusive between processes, until the handle is closed or its process dies."""
        ...

    def close(self, handle: int) -> None: ...
    def rename(self, source: Path, target: Path) -> None: ...
    def remove(self, path: Path) -> None: ...
    def sync_folder(self, folder: Path) -> None: ...


_sync_bytes = getattr(os, "fdatasync", os.fsync)


class RealDisk:
    """`Disk` on the file system of this machine."""

    def make_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)

    def names(self, folder: Path) -> list[str]:
        return os.listdir(folder)

    def size(self, path: Path) -> int | None:
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return None

    def open(self, path: Path) -> int:
        with _room():
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def read_at(self, handle: int, count: int, offset: int) -> bytes:
        return os.pread(handle, count, offset)

    def write_at(self, handle: int, data: bytes | bytearray | memoryview, offset: int) -> None:
        with _room(), memoryview(data) as rest:
            done = 0
            while done < len(rest):
                done += os.pwrite(handle, rest[done:], offset + done)

    def truncate(self, handle: int, size: int) -> None:
        os.ftruncate(handle, size)

    def sync(self, handle: int) -> None:
        with _room():
            _sync_bytes(handle)

    def try_lock(self, handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self, handle: int) -> None:
        os.close(handle)

    def rename(self, source: Path, target: Path) -> None:
        os.replace(source, target)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def sync_folder(self, folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(str(error)) from error
        raise
