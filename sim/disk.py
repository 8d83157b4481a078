"""The disk of a phone: real SQLite files in memory, on which the process dies, the power goes, or no room is left.

A phone writes only by transactions, and SQLite calls the disk only in a commit. So every commit is a place to die:
before it, after it, or in it, with what was not synced yet whole, old, blank or garbled, sector by sector.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path
from typing import Any, Literal

SECTOR_BYTES = 512
Death = Literal["before", "after", "torn"]


class PhoneDied(BaseException):
    """The process is no more. Not an `Exception`: nothing may catch it and go on."""


class Disk:
    """One phone's folder. After a death the next life goes on with what the disk had."""

    def __init__(self, folder: Path) -> None:
        self._root = folder
        self._life = 0
        self._death: tuple[int, Death, random.Random] | None = None
        self._full = 0
        self._before: dict[str, bytes] = {}
        self.refused = 0
        """How often there was no room."""
        self.commits = 0
        self._folder().mkdir(parents=True)

    @property
    def path(self) -> Path:
        """Where the store lies in this life."""
        return self._folder() / "phone.db"

    def _folder(self) -> Path:
        return self._root / str(self._life)

    def die_at(self, commit: int, death: Death, dice: random.Random) -> None:
        """Let the process die at its so many-th commit from now (1: the next one)."""
        self._death = (self.commits + commit, death, dice)

    def fill(self, refusals: int) -> None:
        """No room for the next so many commits."""
        self._full = refusals

    def live_on(self) -> None:
        """Nothing goes wrong any more."""
        self._death, self._full = None, 0

    def connect(self, path: str) -> sqlite3.Connection:
        """See `doorstep_client.store.Connect`."""
        connection = sqlite3.connect(path, isolation_level=None, timeout=30, factory=_Connection)
        connection.disk = self
        return connection

    def copy_to(self, other: Disk) -> None:
        """All bytes as they lie here, for a clone."""
        for name, data in self._files().items():
            other.path.with_name(name).write_bytes(data)

    def wipe(self) -> None:
        """An empty folder."""
        shutil.rmtree(self._root, ignore_errors=True)
        self._life += 1
        self._folder().mkdir(parents=True)

    # Called by the connection

    def begins(self) -> None:
        """A writing transaction begins."""
        if self._death is not None and self._death[:2] == (self.commits + 1, "torn"):
            self._before = self._files()

    def commits_now(self, connection: _Connection) -> sqlite3.Cursor:
        """A writing transaction ends, one way or another."""
        self.commits += 1
        if self._full:
            self._full -= 1
            self.refused += 1
            raise sqlite3.OperationalError("database or disk is full")
        if self._death is None or self._death[0] != self.commits:
            return connection.commit_now()
        _, death, dice = self._death
        if death != "before":
            connection.commit_now()
        self._bury(_torn(self._before, self._files(), dice) if death == "torn" else self._files())
        raise PhoneDied

    def end_life(self) -> None:
        """The process is killed between two commits."""
        self._bury(self._files())

    def _bury(self, files: dict[str, bytes]) -> None:
        self._death = None
        self._life += 1
        self._folder().mkdir(parents=True)
        for name, data in files.items():
            (self._folder() / name).write_bytes(data)

    def _files(self) -> dict[str, bytes]:
        found = {}
        for suffix in ("", "-wal"):
            path = self.path.with_name(f"phone.db{suffix}")
            if path.exists():
                found[path.name] = path.read_bytes()
        return found

    def forget_past_lives(self) -> None:
        """Earlier lives take room; call it when no connection to them is open."""
        for folder in self._root.iterdir():
            if folder.name != str(self._life):
                shutil.rmtree(folder, ignore_errors=True)


def _torn(before: dict[str, bytes], after: dict[str, bytes], dice: random.Random) -> dict[str, bytes]:
    """What a power cut may leave of a commit that has not returned.

    SQLite syncs the log before it touches the database file: where that has changed, the log is whole.
    """
    torn = dict(after)
    if dice.random() < 0.2:
        return torn
    name = "phone.db" if before.get("phone.db") != after.get("phone.db") else "phone.db-wal"
    if name in after:
        torn[name] = _faded(before.get(name, b""), after[name], dice)
    return torn


def _faded(old: bytes, new: bytes, dice: random.Random) -> bytes:
    """Sectors as they were, as they shall be, blank or garbled; bytes that were not written stay as they are.

    SQLite takes that much from a disk (SQLITE_IOCAP_POWERSAFE_OVERWRITE), and no more.
    """
    length = len(new) if dice.random() < 0.7 else dice.randint(min(len(old), len(new)), len(new))
    sectors = []
    for at in range(0, length, SECTOR_BYTES):
        now = new[at : min(at + SECTOR_BYTES, length)]
        was = old[at : at + len(now)].ljust(len(now), b"\0")
        if was != now:
            differing = [place for place in range(len(now)) if was[place] != now[place]]
            first, end = differing[0], differing[-1] + 1
            span = end - first
            written = dice.choice(
                (now[first:end], now[first:end], was[first:end], bytes(span), dice.randbytes(span))
            )
            now = now[:first] + written + now[end:]
        sectors.append(now)
    return b"".join(sectors)


class _Connection(sqlite3.Connection):
    disk: Disk
    _writes = False

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql == "BEGIN IMMEDIATE":
            self.disk.begins()
            self._writes = True
        elif sql == "COMMIT" and self._writes:
            self._writes = False
            return self.disk.commits_now(self)
        elif sql == "ROLLBACK":
            self._writes = False
        return super().execute(sql, *values)

    def commit_now(self) -> sqlite3.Cursor:
        """The commit itself."""
        return super().execute("COMMIT")
