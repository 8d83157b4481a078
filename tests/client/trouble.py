"""What tests of a phone in trouble share: its state beside the server's, copies and backups."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

from doorstep_client import Phone
from doorstep_client import replica as here
from doorstep_client.identity import epoch
from sync.memory import MemoryStore
from tests.client.conftest import JOB, OpenPhone
from tests.client.server import Server


def fields(phone: Phone, id: str = "j1") -> dict[str, Any]:
    job = phone.get("job", id)
    assert job is not None
    return job.fields


def in_step(phone: Phone, server: Server) -> None:
    """Quiet and connected: the phone holds exactly its entitled part of the server's state."""
    with server.store.snapshot() as snapshot:
        entitled = {row.id: row.ver for row, _ in snapshot.entitled(phone.identity.user)}
    assert here.manifest(phone.store, epoch(phone.store)) == entitled
    for (entity, id), body in server.store._state.records.items():
        record = server.record(id, entity)
        if record.aggregate in entitled:
            row = phone.store.one("SELECT body FROM record WHERE entity = ? AND id = ?", entity, id)
            assert row is not None and row[0] == body
    assert phone.outbox() == []


def add_lines(server: Server, text: str) -> None:
    """25 lines on job j1."""
    for number in range(25):
        line = {"entity": "line", "record": f"l{number:02}", "aggregate": JOB, "action": "create"}
        server.desk({"job": "j1", "text": text}, **line)


def cloned(phone: Phone, open_phone: OpenPhone) -> Phone:
    """The same device twice: its file copied, its key too."""
    copied(phone, phone.store.path.with_name("clone.db"))
    return open_phone("clone", key=phone._line._key)


def copied(phone: Phone, path: Path) -> None:
    """A copy of the phone's file."""
    phone.store.run("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(phone.store.path, path)


def backup(server: Server) -> MemoryStore:
    kept = MemoryStore()
    kept._state = copy.deepcopy(server.store._state)
    return kept


def dump(phone: Phone) -> list[str]:
    """Everything in the store but when it was last heard."""
    return [line for line in phone.store._connection.iterdump() if "heard_ms" not in line]
