"""A database file opened as the product opens its own for writing: as durable, as much cache."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from server.db.sqlite_database import CHECKPOINT_PAGES


def connect(file: Path) -> sqlite3.Connection:
    """A connection without transactions of its own."""
    raw = sqlite3.connect(file, isolation_level=None, check_same_thread=False, cached_statements=256)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA temp_store = MEMORY")
    raw.execute("PRAGMA cache_size = -65536")
    raw.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    return raw
