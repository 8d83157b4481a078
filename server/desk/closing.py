"""What must be there before an order is closed; the gates themselves are `domain.gates`."""

from __future__ import annotations

from typing import Any

from server.desk.records import Records
from sync.record import Record


def check_closing(records: Records, order: Record, closing: dict[str, Any], spoken: str) -> None:
    """Raises NotReadyToClose with everything that is missing, in the language spoken."""
