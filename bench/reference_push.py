"""The same durable row writes as a push, and nothing else: no parsing, no merge, no reading.

What the engine writes for a batch is recorded beforehand, statement by statement and value by value; here it is
written again by the same statements, with executemany, in one commit per batch, from bare ASGI.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.asgi import answer, whole_body
from bench.company import measured_engine
from bench.sqlite_file import connect
from server.db.read_models import all_projections
from server.db.sqlite_database import SqliteDatabase
from server.db.sqlite_store import SqliteStore

_CONTACT = """
INSERT INTO device_contact (device, name, platform, enrolled_at, heard_at, pending, outbox_last_seq, outbox_digest,
    uploads, upload_bytes, nonce_floor_ms) VALUES (?, '', '', ?, ?, ?, ?, '', 0, 0, 0)
ON CONFLICT (device) DO UPDATE SET heard_at = excluded.heard_at, pending = excluded.pending,
    outbox_last_seq = excluded.outbox_last_seq"""
"""When the phone was heard and what it held: the product writes it in a transaction after the push."""

Written = list[tuple[str, list[Any]]]
"""Statements in their order, each with its rows."""


def application(folder: Path, database: str, recorded: str) -> Any:
    """`POST /<n>` writes what batch n wrote."""
    batches: list[Written] = pickle.loads((folder / recorded).read_bytes())
    raw = connect(folder / database)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await whole_body(receive)
        raw.execute("BEGIN IMMEDIATE")
        for statement, rows in batches[int(scope["path"][1:])]:
            raw.executemany(statement, rows)
        raw.execute("COMMIT")
        await answer(send, b'{"written":true}')

    return app


def record(file: Path, epoch: str, batches: Sequence[tuple[str, list[bytes]]]) -> list[Written]:
    """Push the batches in this process, and tell what each of them wrote. The file is used up."""
    written: list[Written] = []

    class Recording(sqlite3.Connection):
        def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
            if values and _writes(statement):
                written[-1].append((statement, [values]))
            return super().execute(statement, values)

        def executemany(self, statement: str, values: Any) -> sqlite3.Cursor:
            rows = list(values)
            if rows and _writes(statement):
                written[-1].append((statement, rows))
            return super().executemany(statement, rows)

    store = SqliteStore(SqliteDatabase(file, Recording), all_projections())
    engine = measured_engine(store, epoch)
    try:
        for device, operations in batches:
            written.append([])
            reply = engine.push(device, operations)
            contact = (device, "2027-01-15T08:00:00Z", "2027-01-15T08:00:00Z", len(operations), len(written))
            written[-1].append((_CONTACT, [contact]))
            refused = [one for one in reply.results if one.status == "parked"]
            if refused or len(reply.results) != len(operations):
                raise RuntimeError(f"a batch that is not taken: {refused[:1] or reply}")
    finally:
        store.close()
    return written


def _writes(statement: str) -> bool:
    # Creating the aggregates to be locked writes nothing when they exist, as they do here.
    verb = statement.lstrip()[:6].upper()
    return verb in ("INSERT", "UPDATE", "DELETE") and "zeroblob" not in statement
