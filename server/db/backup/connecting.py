"""A connection of a command of its own, apart from the server's pool."""

from __future__ import annotations

from typing import Any

import psycopg

from server.db.postgres_database import CONNECT_SECONDS
from sync.store import StoreUnavailable


def connected(
    database_url: str, program: str, *, autocommit: bool = False
) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect, for a `with` statement. Raises StoreUnavailable, also for options that PostgreSQL does not know."""
    try:
        return psycopg.connect(
            database_url, autocommit=autocommit, connect_timeout=CONNECT_SECONDS, application_name=program
        )
    except psycopg.Error as error:
        raise StoreUnavailable(str(error).strip()) from None
