"""Files between the store and the confined process: an original out, renditions in."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from media.store import Store

_BLOCK_BYTES = 1 << 20
_COPY = "original"


class Kept(NamedTuple):
    """A rendition as a blob."""

    sha256: str
    size_bytes: int


@contextmanager
def opened_original(store: Store, sha256: str, folder: Path) -> Iterator[int]:
    """A blob's descriptor; out of a bucket it is copied into `folder` first. Raises FileNotFoundError."""
    with store.read(sha256) as blob:
        try:
            yield blob.fileno()
            return
        except io.UnsupportedOperation:
            with (folder / _COPY).open("wb") as copy:
                shutil.copyfileobj(blob, copy, _BLOCK_BYTES)
    with (folder / _COPY).open("rb") as copy:
        yield copy.fileno()


def keep_file(store: Store, path: Path, new_id: Callable[[], str]) -> Kept:
    """Make a file a blob, durably. A crash in between leaves a partial that the next start sweeps."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError(f"{path.name} is no file")
        digest, size_bytes = hashlib.sha256(), 0
        upload_id = new_id()
        store.create(upload_id)
        with store.open(upload_id) as writer:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
                size_bytes += len(block)
                writer.write(block)
            writer.commit()
    sha256 = digest.hexdigest()
    store.take(upload_id, sha256)
    store.release(upload_id)
    return Kept(sha256, size_bytes)
