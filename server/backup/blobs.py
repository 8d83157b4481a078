"""The blob folder in and out of a backup. Its layout is that of `media.local_store`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from media.local_store import LocalStore
from server.backup.archive import NoBackup, Reader, Writer, sha256_of
from server.private_files import private_folder

BLOBS, QUARANTINE = "blobs/", "quarantine/"
_BLOCK_BYTES = 1 << 20


def blob_name(sha256: str) -> str:
    """The member and, in the blob folder, the path of a whole file."""
    return f"{BLOBS}{sha256[:2]}/{sha256}"


def copy_blobs(folder: Path, writer: Writer) -> Iterator[tuple[str, str]]:
    """Copy every whole file; yields (member, its SHA-256 as it was read).

    Called after the rows were read: a row says "stored" only when its file has its final name, so every file that a row
    names is found here. What came since is copied too, and harms nobody.
    """
    for kind in (BLOBS, QUARANTINE):
        for path in sorted((folder / kind).rglob("*")):
            if path.is_dir():
                continue
            with path.open("rb") as file:
                member = path.relative_to(folder).as_posix()
                yield member, writer.add(member, file, os.fstat(file.fileno()).st_size)


def put_blobs(reader: Reader, sums: dict[str, str], folder: Path) -> int:
    """Put every media file of a backup into the blob folder, durably; returns how many were not there yet.

    Safe to repeat and safe beside files that are there already: a name is the content.
    """
    private_folder(folder)
    LocalStore(folder)
    put = 0
    folders: set[Path] = set()
    for name in sorted(sums):
        if name.startswith((BLOBS, QUARANTINE)) and _put(reader, name, sums[name], folder / name):
            folders |= {(folder / name).parent, (folder / name).parent.parent}
            put += 1
    for one in folders:
        _sync(one)
    return put


def _put(reader: Reader, name: str, sha256: str, path: Path) -> bool:
    if path.exists():
        with path.open("rb") as there:
            if sha256_of(there) == sha256:
                return False
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = path.with_name(f"{path.name}.restoring")
    with reader.open(name) as source, fresh.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        while block := source.read(_BLOCK_BYTES):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    with fresh.open("rb") as written:
        if sha256_of(written) != sha256:
            fresh.unlink()
            raise NoBackup(f"{name} was damaged on its way into the blob folder.")
    fresh.replace(path)
    return True


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
