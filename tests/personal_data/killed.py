"""A process that erases the customer and is killed with -9 before its Nth step.

python -m tests.personal_data.killed DATABASE_URL FOLDER N
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from server.db.traces import Traces
from server.personal import erasing
from sync.engine import Engine
from tests.personal_data import house

STEPS = ("records", "second aggregate", "third aggregate", "ledger", "audit", "quarantine", "uploads", "end")


def main(database_url: str, folder: Path, step: int) -> None:
    """Erase, and be killed on the way."""
    left = [step]

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*given: Any) -> Any:
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
            return work(*given)

        return counting

    with house.service(database_url, folder) as service:
        Engine.erase = counted(Engine.erase)  # type: ignore[method-assign]
        for name in ("empty_ledger", "empty_quarantine"):
            setattr(Traces, name, counted(getattr(Traces, name)))
        audit = counted(lambda: None)
        emptied = Traces.empty_audit

        def empty_audit(self: Traces, aggregate: str) -> int:
            if aggregate == house.AGGREGATES[0]:
                audit()
            return emptied(self, aggregate)

        Traces.empty_audit = empty_audit  # type: ignore[method-assign]
        erasing.end_uploads = counted(erasing.end_uploads)
        service.erasing._list.finish = counted(service.erasing._list.finish)  # type: ignore[method-assign]
        service.erasing.erase(house.CUSTOMER, reason="request", by="u-1")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
