"""Where the members of a backup lie: in a folder, or one after the other in a tar file. Both get their name at the end.

manifest.json               what was backed up, when, from what
tables/<table>.dump         rows (see `server.db.backup.dump`)
blobs/<aa>/<sha256>         media, as in the blob folder
quarantine/<upload id>      whole files that must not be served, as in the blob folder
SHA256SUMS                  of all of the above; `sha256sum -c SHA256SUMS` checks a folder without this program
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from server.private_files import private_file, private_folder

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
TAR = ".tar"
_MEMBER = re.compile(
    r"manifest\.json|SHA256SUMS|tables/[a-z0-9_]+\.dump|blobs/[0-9a-f]{2}/[0-9a-f]{64}"
    r"|quarantine/[0-9A-Za-z][0-9A-Za-z_-]{0,127}"
)
_SUM = re.compile(r"(?P<sha256>[0-9a-f]{64})  (?P<name>\S+)")
_BLOCK_BYTES = 1 << 20


class NoBackup(Exception):
    """What lies there is no backup, not a whole one, or damaged; the message is one sentence."""


class Writer(Protocol):
    """Takes members, each once. What was written has no name before `finished`."""

    def add(self, name: str, source: BinaryIO, size_bytes: int) -> str:
        """Copy so many bytes to a member; returns their SHA-256. Raises EOFError when `source` holds fewer."""
        ...


class Reader(Protocol):
    """Gives members back, in any order."""

    def names(self) -> list[str]:
        """All members; raises NoBackup for a name that no backup holds."""
        ...

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A member's bytes; raises NoBackup when it is missing."""
        ...


@contextmanager
def writing(place: Path) -> Iterator[Writer]:
    """A new backup: a tar file when the name ends with `.tar`, else a folder. It appears at the end, or not at all.

    Raises FileExistsError when something has the name already.
    """
    if place.exists():
        raise FileExistsError(place)
    private_folder(place.parent)
    fresh = place.with_name(f"{place.name}.part")
    _remove(fresh)
    try:
        if place.suffix == TAR:
            private_file(fresh)
            with tarfile.open(fresh, "w", format=tarfile.PAX_FORMAT, encoding="utf-8") as tar:
                yield _TarWriter(tar)
        else:
            private_folder(fresh)
            yield _FolderWriter(fresh)
        _sync_all(fresh)
        fresh.replace(place)
        _sync(place.parent)
    except BaseException:
        _remove(fresh)
        raise


@contextmanager
def reading(place: Path) -> Iterator[Reader]:
    """A backup that is there; raises NoBackup."""
    if place.is_dir():
        yield _FolderReader(place)
        return
    try:
        with tarfile.open(place, "r:") as tar:
            yield _TarReader(tar, place)
    except FileNotFoundError:
        raise NoBackup(f"There is no backup at {place}.") from None
    except tarfile.TarError as problem:
        raise NoBackup(f"{place} is not a whole backup: {problem}.") from problem


def add_spooled(writer: Writer, name: str, write: Callable[[BinaryIO], int], beside: Path) -> tuple[str, int]:
    """Add a member whose size is known only when it is written; returns its SHA-256 and what `write` returned.

    It is written to a file without a name in the backup's own folder first: temporary folders may be small.
    """
    with tempfile.TemporaryFile(dir=beside) as spool:
        told = write(spool)
        size_bytes = spool.tell()
        spool.seek(0)
        return writer.add(name, spool, size_bytes), told


def sums_text(sums: dict[str, str]) -> bytes:
    """SHA256SUMS, as coreutils read it."""
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(sums.items())).encode()


def read_sums(reader: Reader) -> dict[str, str]:
    """Member → SHA-256; raises NoBackup when the list is missing, which is how a backup that was cut shows."""
    if SUMS not in reader.names():
        raise NoBackup(f"This is not a whole backup: it has no {SUMS}.")
    with reader.open(SUMS) as file:
        *lines, end = file.read().decode("utf-8", "replace").split("\n")
    found = [_SUM.fullmatch(line) for line in lines]
    sums = {one["name"]: one["sha256"] for one in found if one is not None}
    if end or len(sums) != len(found) or MANIFEST not in sums:
        raise NoBackup(f"Its {SUMS} is damaged.")
    return sums


def sha256_of(source: BinaryIO) -> str:
    """Of all the bytes that are left."""
    found = hashlib.sha256()
    while block := source.read(_BLOCK_BYTES):
        found.update(block)
    return found.hexdigest()


class _Hashing:
    """A reader that hashes what passes through it and insists on its size."""

    def __init__(self, source: BinaryIO, size_bytes: int) -> None:
        self._source = source
        self._left = size_bytes
        self.sha256 = hashlib.sha256()

    def read(self, count: int = -1) -> bytes:
        wanted = self._left if count < 0 else min(count, self._left)
        data = self._source.read(wanted)
        if len(data) < wanted and not data:
            raise EOFError("the file has become shorter")
        self._left -= len(data)
        self.sha256.update(data)
        return data


class _FolderWriter:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, name: str, source: BinaryIO, size_bytes: int) -> str:
        path = self._folder / name
        for folder in reversed(path.relative_to(self._folder).parents):
            private_folder(self._folder / folder)
        hashing = _Hashing(source, size_bytes)
        with open(path, "xb", opener=_private) as file:
            while block := hashing.read(_BLOCK_BYTES):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        return hashing.sha256.hexdigest()


class _TarWriter:
    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def add(self, name: str, source: BinaryIO, size_bytes: int) -> str:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size_bytes, 0o600
        hashing = _Hashing(source, size_bytes)
        self._tar.addfile(member, hashing)
        return hashing.sha256.hexdigest()


class _FolderReader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        found = sorted(one for one in self._folder.rglob("*") if not one.is_dir())
        return _known([one.relative_to(self._folder).as_posix() for one in found])

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        try:
            file = (self._folder / name).open("rb")
        except FileNotFoundError:
            raise NoBackup(f"The backup lacks {name}.") from None
        with file:
            yield file


class _TarReader:
    def __init__(self, tar: tarfile.TarFile, place: Path) -> None:
        self._tar = tar
        self._members = {one.name: one for one in tar if one.isreg()}
        self._place = place

    def names(self) -> list[str]:
        return _known(sorted(self._members))

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        file = self._tar.extractfile(self._members[name]) if name in self._members else None
        if file is None:
            raise NoBackup(f"The backup lacks {name}.")
        with file:
            yield file  # type: ignore[misc]  # typed as IO[bytes]


def _known(names: list[str]) -> list[str]:
    """A backup comes from elsewhere: no name of its own choice ever becomes a path of ours."""
    for name in names:
        if not _MEMBER.fullmatch(name):
            raise NoBackup(f"This is no backup, or not ours alone: it holds {name!r}.")
    return names


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _sync_all(place: Path) -> None:
    _sync(place)
    if place.is_dir():
        for folder in place.rglob("*"):
            if folder.is_dir():
                _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
