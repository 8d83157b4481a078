"""First loads of large catalogues: immutable files, named by the SHA-256 of their bytes, fetched with Range.

A snapshot holds an aggregate's stored records at one version. A phone that has nothing loads it once, in pieces if need
be, and goes on from its version by an ordinary pull. Snapshots are made beside the traffic, never inside a request.

The folder is all there is to know: every process that shares it offers, serves and makes the same snapshots.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
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

    def newest(self, aggregate: str) -> tuple[str, int] | None:
        """`(address, version)` of an aggregate's newest snapshot; None where it has none."""
        made = self._of(aggregate)
        return (f"/v1/snapshots/{made[-1].sha256}", made[-1].ver) if made else None

    def refresh(self, aggregate: str) -> bool:
        """Make a snapshot if the aggregate is large and has none, or one far behind; True when one was made.

        Raises `StoreUnavailable`. Blocks for as long as reading the aggregate takes.
        """
        with self._store.snapshot() as snapshot:
            rows = list(snapshot.changed([(aggregate, 0)]))
        ver = max((row[1] for row in rows), default=0)
        made = self._of(aggregate)
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
        try:
            return SnapshotBlob(sha256=sha256, size_bytes=made.path.stat().st_size)
        except FileNotFoundError:
            # Another process has made newer ones meanwhile, and let this one go.
            return None

    def read(self, sha256: str, start: int, size_bytes: int) -> bytes:
        """See `mobile_api.ports.Snapshots`."""
        made = self._by_hash(sha256)
        if made is None:
            raise FileNotFoundError(sha256)
        with made.path.open("rb") as file:
            file.seek(start)
            return file.read(size_bytes)

    def _by_hash(self, sha256: str) -> _Made | None:
        return next((one for one in self._all() if one.sha256 == sha256), None)

    def _of(self, aggregate: str) -> list[_Made]:
        """An aggregate's snapshots, the newest last. Only catalogues have any, so that no other asks the folder."""
        if not aggregate.startswith(ROOT):
            return []
        return sorted((one for one in self._all() if one.aggregate == aggregate), key=lambda one: one.ver)

    def _all(self) -> list[_Made]:
        named = ((_NAME.fullmatch(name), name) for name in os.listdir(self._folder))
        return [
            _Made(ROOT + found["shard"], int(found["ver"]), found["sha256"], self._folder / name)
            for found, name in named
            if found is not None
        ]

    def _write(self, aggregate: str, ver: int, data: bytes) -> None:
        sha256 = hashlib.sha256(data).hexdigest()
        shard = aggregate.removeprefix(ROOT)
        path = self._folder / f"{shard}@{ver}@{sha256}.json"
        # Two processes may make the same one at once, on two machines: each writes a file of its own until it is whole.
        fresh = path.with_suffix(f".{secrets.token_hex(8)}.part")
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        for one in self._of(aggregate)[:-KEPT]:
            one.path.unlink(missing_ok=True)
