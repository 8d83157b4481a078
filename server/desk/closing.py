"""What must be there before an order is closed; the gates themselves are `domain.gates`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.gates import gather, missing_for_closing
from server.desk.problems import NotReadyToClose
from server.desk.records import Records
from sync.record import Record

_SHOWN_IN_SENTENCE = 3


def check_closing(records: Records, order: Record, closing: dict[str, Any], spoken: str) -> None:
    """Raises NotReadyToClose with everything that is missing, in the language spoken."""
    missing = missing_for_closing(gather(order, _Seen(records, order.aggregate)), closing)
    if not missing:
        return
    sentences = [one.zh if spoken == "zh" else one.en for one in missing]
    summary = " ".join(dict.fromkeys(sentences[:_SHOWN_IN_SENTENCE]))
    raise NotReadyToClose(
        sentence=summary,
        missing=[
            {"code": one.code, "about": one.about, "sentence": sentence}
            for one, sentence in zip(missing, sentences, strict=True)
        ],
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

    def holders(self, aggregate: str) -> Sequence[str]:
        """See `sync.rules.View`; gates ask for no rights."""
        return ()
