"""What stands under a stamped photo: facts as they are known, in the site's time, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

from server.db.reading import Reading
from server.media_stamp import Stamp
from sync.clock import Clock
from sync.record import Record
from sync.store import Key

CREATED = Clock(1, "d1", 1, "technician")


def record(entity: str, id: str, **fields: Any) -> Record:
    aggregate = "work_order/o1"
    return Record(entity=entity, id=id, aggregate=aggregate, ver=1, created=CREATED, fields=fields, clocks={})


ORDER = record("work_order", "o1", number="WO-2026-00012", site="s1")
SITE = record("site", "s1", zone="Asia/Urumqi")
PERSON = record("technician", "t1", name={"zh": "张三", "en": "Zhang San"})
AT = "2026-03-02T00:15:30Z"


class Known:
    """Reading of a few records."""

    def __init__(self, *records: Record) -> None:
        self._records = {(one.entity, one.id): one for one in records}

    def records(self, keys: Sequence[Key]) -> dict[Key, Record]:
        return {key: self._records[key] for key in keys if key in self._records}


def stamp(*known: Record, **fields: Any) -> tuple[str, ...]:
    lines = Stamp(cast(Reading, Known(*known)), "Asia/Shanghai")
    return lines(record("media", "m1", **fields))


def test_time_order_and_person_are_told_as_the_site_knows_them() -> None:
    first, second = stamp(ORDER, SITE, PERSON, captured_at=AT, by="t1", origin="captured")

    assert (
        first == "2026-03-02 06:15:30 Asia/Urumqi (手机时间 phone's clock) · WO-2026-00012 · 张三 Zhang San"
    )
    assert second == "在应用内拍摄 · Taken in the app"


@pytest.mark.parametrize(
    ("origin", "told"),
    [("picked", "从相册选取 · From the gallery"), (None, "来源不明 · Origin unknown")],
)
def test_where_the_picture_came_from_is_told_as_it_is_known(origin: str | None, told: str) -> None:
    assert stamp(ORDER, SITE, PERSON, origin=origin)[1] == told


def test_what_nobody_knows_is_left_out() -> None:
    assert stamp(captured_at=AT, by="gone")[0] == "2026-03-02 08:15:30 Asia/Shanghai (手机时间 phone's clock)"
    assert stamp() == ("来源不明 · Origin unknown",)


def test_a_zone_that_this_machine_does_not_know_is_no_guess() -> None:
    site = record("site", "s1", zone="Nowhere/Town")
    assert stamp(ORDER, site, captured_at=AT)[0].startswith(f"{AT} (手机时间")
