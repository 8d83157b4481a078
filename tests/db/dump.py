"""Everything that read models hold, to be compared."""

from __future__ import annotations

from typing import Any

from server.db.open import SqlStore
from server.db.read_models import PROJECTORS
from server.db.statement import Statement


def dump(store: SqlStore) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every read model, by table."""
    return {
        projector.table.name: store.database.read(
            lambda connection, projector=projector: [  # type: ignore[misc]
                tuple(row)
                for row in connection.rows(
                    Statement(
                        f"SELECT {', '.join(projector.put.columns)} FROM {projector.table.name} ORDER BY id"
                    )
                )
            ]
        )
        for projector in PROJECTORS
    }
