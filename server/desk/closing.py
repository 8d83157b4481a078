"""What must be there before an order is closed; the gates themselves are `domain.gates`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.gates import gather, missing_for_closing
from mobile_api.problem import Phrase
from server.desk.problems import NotReadyToClose
from server.desk.records import Records
from sync.record import Record


def check_closing(records: Records, order: Record, closing: dict[str, Any]) -> None:
    """Raises NotReadyToClose with everything that is missing."""
    missing = missing_for_closing(gather(order, _Seen(records, order.aggregate)), closing)
    if missing:
        told = [(one.code, one.about, Phrase(one.en, one.zh)) for one in missing]
        raise NotReadyToClose(
            missing=[{"code": code, "about": about, "sentence": said} for code, about, said in told]
        )


class _Seen:
    """`sync.rules.View` of one aggregate as it stands; other records are read when they are asked for."""

    def __init__(self, records: Records, aggregate: str) -> None:
        self._records = records
        self._aggregate = aggregate
        self._here = [one for one in records.all_of(aggregate)[1] if not one.deleted]

    def record(self, entity: str, id: str) -> Record | None:
        """See `sync.rules.View`."""
        return self._records.find(entity, id)

    def of(self, aggregate: str, entity: str) -> Sequence[Record]:
        """See `sync.rules.View`; of the one aggregate."""
        return [one for one in self._here if one.entity == entity and one.aggregate == aggregate]

    def entitled(self, user: str, aggregate: str, base_ver: int) -> bool:
        """See `sync.rules.View`; gates ask for no rights."""
        return False

    def holding(self, entity: str, field: str, value: str) -> Sequence[str]:
        """See `sync.rules.View`; gates ask for no numbers."""
        return ()

    def holders(self, aggregate: str) -> Sequence[str]:
        """See `sync.rules.View`; gates ask for no rights."""
        return ()
