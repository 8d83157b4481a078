"""A disk in memory that can lose its power, and does so as nastily as a file system may.

What was not synced may be there after a power cut, or not, or half: bytes up to any point, or a file that
grew with nothing but zeros in it. Names (created, renamed, removed) persist as a prefix of their order, at
least up to the last `sync_folder`, as on a journaling file system.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random


class PowerCut(BaseException):
    """The process is no more. Not an `Exception`: nobody may catch it."""


@dataclass(slots=True)
class _File:
    now: bytearray = field(default_factory=bytearray)
    synced: bytes = b""


class VolatileDisk:
    """`media.disk.Disk` in memory. `before_step` is told each operation's name before it happens, and may
    raise."""

    def __init__(self, before_step: Callable[[str], None] = lambda name: None) -> None:
        self.before_step = before_step
        self._folders: set[Path] = set()
        self._names: dict[Path, _File] = {}
        self._synced_names: dict[Path, _File] = {}
        self._unsynced_steps: list[dict[Path, _File]] = []
        self._handles: dict[int, tuple[Path, _File]] = {}
        self._locks: set[int] = set()
        self._next_handle = 3

    def kill(self) -> None:
        """The process dies; the kernel lives on with all that it was given."""
        self._handles.clear()
        self._locks.clear()

    def cut_power(self, random: Random) -> None:
        """The machine dies; what was not synced is at the mercy of `random`."""
        self.kill()
        survivors = [self._synced_names, *self._unsynced_steps]
        self._names = dict(random.choice(survivors))
        for file in {id(each): each for each in self._names.values()}.values():
            self._fade(file, random)
        self._synced_names = dict(self._names)
        self._unsynced_steps.clear()

    @staticmethod
    def _fade(file: _File, random: Random) -> None:
        seen, synced = bytes(file.now), file.synced
        if seen != synced:
            torn = random.choice(_differing(seen, synced))
            choices = (synced, seen, seen[:torn] + synced[torn:], synced.ljust(len(seen), b"\0"))
            file.now = bytearray(random.choice(choices))
        file.synced = bytes(file.now)

    def make_folder(self, path: Path) -> None:
        self._folders.add(path)

    def names(self, folder: Path) -> list[str]:
        return [path.name for path in self._names if path.parent == folder]

    def size(self, path: Path) -> int | None:
        return len(self._names[path].now) if path in self._names else None

    def open(self, path: Path) -> int:
        if path not in self._names:
            self._step("create", path)
            self._names[path] = _File()
            self._note_names()
        self._next_handle += 1
        self._handles[self._next_handle] = (path, self._names[path])
        return self._next_handle

    def read_at(self, handle: int, count: int, offset: int) -> bytes:
        return bytes(self._handles[handle][1].now[offset : offset + count])

    def write_at(self, handle: int, data: bytes | bytearray | memoryview, offset: int) -> None:
        path, file = self._handles[handle]
        self._step("write", path)
        if len(file.now) < offset:
            file.now.extend(bytes(offset - len(file.now)))
        file.now[offset : offset + len(data)] = data

    def truncate(self, handle: int, size: int) -> None:
        path, file = self._handles[handle]
        self._step("truncate", path)
        del file.now[size:]

    def sync(self, handle: int) -> None:
        path, file = self._handles[handle]
        self._step("sync", path)
        file.synced = bytes(file.now)

    def try_lock(self, handle: int) -> bool:
        self._locks.add(handle)
        return True

    def close(self, handle: int) -> None:
        self._handles.pop(handle, None)

    def rename(self, source: Path, target: Path) -> None:
        self._step("rename", source)
        self._names[target] = self._names.pop(source)
        self._note_names()

    def remove(self, path: Path) -> None:
        if path in self._names:
            self._step("remove", path)
            del self._names[path]
            self._note_names()

    def sync_folder(self, folder: Path) -> None:
        self._step("sync folder", folder)
        self._synced_names = dict(self._names)
        self._unsynced_steps.clear()

    def content(self, path: Path) -> bytes | None:
        """What a reader would find."""
        return bytes(self._names[path].now) if path in self._names else None

    def _note_names(self) -> None:
        self._unsynced_steps.append(dict(self._names))

    def _step(self, name: str, path: Path) -> None:
        self.before_step(f"{name} {path.suffix or path.parent.name}")


def _differing(one: bytes, other: bytes) -> list[int]:
    """Where two contents differ: a write is torn there or nowhere."""
    both = min(len(one), len(other))
    return [place for place in range(both) if one[place] != other[place]] or [both]
