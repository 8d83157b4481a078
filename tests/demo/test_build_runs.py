"""Building goes on where it was stopped, is safe to repeat, and names what is not applied."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.place import SHARDS
from server.demo.loading import NotApplied
from sync.engine import Draft, Engine
from sync.memory import MemoryStore
from sync.store import DeviceRow
from tests.demo.built import NOON, Built
from tests.demo.small import smaller


def test_building_again_changes_nothing(built: Built) -> None:
    logins = [row["login"] for row in built.content.content.technicians]
    before = [built.pull(login) for login in logins]
    states = {record.id: record.ver for record in built.of("work_order", built.orders)}
    later = Built(built.store, built.world_at, now=NOON + timedelta(days=3))
    assert later.build().operations == 0
    assert later.company and later.company.as_of == NOON
    assert [built.pull(login) for login in logins] == before
    assert {record.id: record.ver for record in built.of("work_order", built.orders)} == states


def test_a_build_that_was_stopped_goes_on_where_it_was(memory: Built) -> None:
    whole = memory.company
    assert whole is not None
    stopped = Built(MemoryStore("memory"), smaller)
    total = 0
    for writes in (1, 1, 2, 9, 17):
        engine = stopped.engine(Stopping)
        assert isinstance(engine, Stopping)
        engine.writes_left = writes
        with pytest.raises(KeyboardInterrupt):
            stopped.build(engine)
        total += engine.operations
        stopped.now += timedelta(hours=7)
    total += stopped.build().operations
    assert total == whole.operations
    for row in memory.content.content.technicians:
        assert stopped.pull(row["login"])[0] == memory.pull(row["login"])[0]
    assert [record.fields for record in stopped.of("visit", stopped.orders)] == [
        record.fields for record in memory.of("visit", memory.orders)
    ]


class Stopping(Engine):
    """An engine whose process is stopped before one of its writes."""

    writes_left = 0
    operations = 0

    def write(self, door: DeviceRow, drafts: Any) -> Any:
        if self.writes_left == 0:
            raise KeyboardInterrupt
        self.writes_left -= 1
        self.operations += len(drafts)
        return super().write(door, drafts)


def test_the_first_record_that_is_not_applied_is_named() -> None:
    built = Built(MemoryStore("memory"), smaller)
    engine = built.engine()
    engine.write(
        DeviceRow(id="other", user="other", roles=("system",)),
        [
            Draft(
                id="o1",
                entity="skill",
                record="hvac",
                aggregate=SHARDS["skill"],
                set={"code": "other", "name": {"zh": "空调"}},
                action="create",
            )
        ],
    )
    with pytest.raises(NotApplied, match="skill hvac was"):
        built.build(engine)
