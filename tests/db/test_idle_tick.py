"""A tick that finds nothing due reads the index of what is claimable, however much is pending."""

from __future__ import annotations

from copy import copy

import pytest

from server.db import reminders_queue
from server.db.connection import Connection
from server.db.open import SqlStore
from server.db.statement import Statement

_FILL = Statement(
    "INSERT INTO reminder SELECT 'visit/' || n, 'call', 1, '2999-01-01T00:00:00.000Z', '2999-01-02T00:00:00.000Z', "
    "'pending', '2999-01-01T00:00:00.000Z', 0, 0, '', '' FROM generate_series(1, 5000) AS n",
    sqlite="WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000) "
    "INSERT INTO reminder SELECT 'visit/' || n, 'call', 1, '2999-01-01T00:00:00.000Z', '2999-01-02T00:00:00.000Z', "
    "'pending', '2999-01-01T00:00:00.000Z', 0, 0, '', '' FROM numbers",
)


@pytest.mark.parametrize("now", ["", "2026-02-01T07:00:00.000Z"])
@pytest.mark.parametrize("analysed", [False, True])
def test_a_tick_with_nothing_due_looks_only_at_what_is_claimable(
    store: SqlStore, now: str, analysed: bool
) -> None:
    explain = copy(reminders_queue._ANY_DUE)
    explain.postgres, explain.sqlite = "EXPLAIN " + explain.postgres, "EXPLAIN QUERY PLAN " + explain.sqlite

    def plan(connection: Connection) -> str:
        connection.run(_FILL)
        if analysed:
            connection.run(Statement("ANALYZE reminder"))
        return str(connection.rows(explain, kinds=["call"], now=now))

    found = store.database.write(plan)
    assert "ix_reminder_claimable" in found
    assert "Seq Scan" not in found and "SCAN reminder" not in found
