"""A connection outside the pool, held for as long as the process lives."""

from __future__ import annotations

from typing import Any

import psycopg

CONNECT_SECONDS = 5


def own_connection(database_url: str, name: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect; raises psycopg.Error. `name` is how the database's administrator sees it.

    A peer that vanished without a word is noticed within half a minute: nothing is ever sent on a listening
    connection that would show it sooner.
    """
    return psycopg.connect(
        database_url,
        autocommit=True,
        application_name=name,
        connect_timeout=CONNECT_SECONDS,
        keepalives=1,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
        tcp_user_timeout=25_000,
    )
