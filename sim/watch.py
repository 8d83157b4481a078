"""A store that tells what each transaction committed, in the order of the commits."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from sync.store import Changes, DeviceRow, Snapshot, Store, WriteTransaction

T = TypeVar("T")
OnCommit = Callable[[Changes, list[DeviceRow]], None]
"""Called after each commit with what it wrote, and with the device rows that it made on first use."""


class WatchedStore:
    """See `sync.store.Store`. What a transaction wrote and then rolled back is never told."""

    def __init__(self, store: Store, on_commit: OnCommit) -> None:
        self.store = store
        self._on_commit = on_commit

    def transact(self, work: Callable[[WriteTransaction], T]) -> T:
        """See `sync.store.Store`."""
        seen: list[_Watching] = []

        def watched(tx: WriteTransaction) -> T:
            seen[:] = [_Watching(tx)]
            return work(seen[0])

        result = self.store.transact(watched)
        for one in seen:
            if one.changes is not None:
                self._on_commit(one.changes, one.doors)
        return result

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """See `sync.store.Store`."""
        return self.store.snapshot()


class _Watching:
    def __init__(self, tx: WriteTransaction) -> None:
        self._tx = tx
        self.changes: Changes | None = None
        self.doors: list[DeviceRow] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    def lock_device(self, device: str, or_create: DeviceRow | None = None) -> DeviceRow | None:
        if or_create is not None:
            self.doors.append(or_create)
        return self._tx.lock_device(device, or_create=or_create)

    def write(self, changes: Changes) -> None:
        self.changes = changes
        self._tx.write(changes)
