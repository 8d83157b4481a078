"""First loads of large catalogues: immutable files, named by the SHA-256 of their bytes, fetched with Range.

A snapshot holds an aggregate's stored records at one version. A phone that has nothing loads it once, in pieces if need
be, and goes on from its version by an ordinary pull. Snapshots are made beside the traffic, never inside a request.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from pathlib import Path

import msgspec

from mobile_api.ports import SnapshotBlob
from server.private_files import private_folder
from sync.store import Store

ROOT = "catalogue/"
FROM_RECORDS = 100
"""A smaller catalogue travels inside the pull."""
BEHIND_BY_VERSIONS = 50
"""So many versions later a new one is made; what came since is pulled on top."""
KEPT = 3
"""Older ones are still fetched by phones that began with them."""

_NAME = re.compile(r"(?P<shard>[A-Za-z0-9_.\-]+)@(?P<ver>\d{1,16})@(?P<sha256>[0-9a-f]{64})\.json")


class _Made(msgspec.Struct, frozen=True):
    aggregate: str
    ver: int
    sha256: str
    path: Path


class FirstLoads:
    """`mobile_api.ports.Snapshots` in a folder, and `sync.pull.SnapshotOf`. One folder per epoch."""

    def __init__(self, store: Store, folder: Path, epoch: str) -> None:
        self._store = store
        self._folder = folder / epoch
        private_folder(folder)
        private_folder(self._folder)
        self._lock = threading.Lock()
        self._made: dict[str, list[_Made]] = {}
        for path in self._folder.iterdir():
            self._note(path)

    def newest(self, aggregate: str) -> tuple[str, int] | None:
        """`(address, version)` of an aggregate's newest snapshot; None where it has none."""
        with self._lock:
            made = self._made.get(aggregate)
        return (f"/v1/snapshots/{made[-1].sha256}", made[-1].ver) if made else None

    def refresh(self, aggregate: str) -> bool:
        """Make a snapshot if the aggregate is large and has none, or one far behind; True when one was made.

        Raises `StoreUnavailable`. Blocks for as long as reading the aggregate takes.
        """
        with self._store.snapshot() as snapshot:
            rows = list(snapshot.changed([(aggregate, 0)]))
        ver = max((row[1] for row in rows), default=0)
        with self._lock:
            made = self._made.get(aggregate)
        if len(rows) < FROM_RECORDS or (made and ver - made[-1].ver < BEHIND_BY_VERSIONS):
            return False
        self._write(aggregate, ver, b'{"records":[' + b",".join(row[3] for row in rows) + b"]}")
        return True

    def find(self, user: str, sha256: str) -> SnapshotBlob | None:
        """See `mobile_api.ports.Snapshots`."""
        made = self._by_hash(sha256)
        if made is None:
            return None
        with self._store.snapshot() as snapshot:
            held = {row.id for row, _ in snapshot.entitled(user)}
        if made.aggregate not in held:
            return None
        return SnapshotBlob(sha256=sha256, size_bytes=made.path.stat().st_size)

    def read(self, sha256: str, start: int, size_bytes: int) -> bytes:
        """See `mobile_api.ports.Snapshots`."""
        made = self._by_hash(sha256)
        if made is None:
            raise FileNotFoundError(sha256)
        with made.path.open("rb") as file:
            file.seek(start)
            return file.read(size_bytes)

    def _by_hash(self, sha256: str) -> _Made | None:
        with self._lock:
            return next((one for made in self._made.values() for one in made if one.sha256 == sha256), None)

    def _write(self, aggregate: str, ver: int, data: bytes) -> None:
        sha256 = hashlib.sha256(data).hexdigest()
        shard = aggregate.removeprefix(ROOT)
        path = self._folder / f"{shard}@{ver}@{sha256}.json"
        fresh = path.with_suffix(f".{os.getpid()}.part")
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        self._note(path)
        with self._lock:
            made = self._made[aggregate]
            gone, self._made[aggregate] = made[:-KEPT], made[-KEPT:]
        for one in gone:
            one.path.unlink(missing_ok=True)

    def _note(self, path: Path) -> None:
        named = _NAME.fullmatch(path.name)
        if named is None:
            return
        made = _Made(ROOT + named["shard"], int(named["ver"]), named["sha256"], path)
        with self._lock:
            known = self._made.setdefault(made.aggregate, [])
            known.append(made)
            known.sort(key=lambda one: one.ver)
