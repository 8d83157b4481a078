"""The first reminder of field service: nobody has confirmed a visit's time an hour ahead."""

from __future__ import annotations

from typing import Any

import pytest

from domain.commands.draft import update
from domain.remind_visit import VISIT_UNCONFIRMED
from scheduler.jobs import JOBS
from scheduler.memory_queue import MemoryQueue
from scheduler.tick import Tick, Ticked
from sync.store import Ask
from tests.domain.world import LATER, World

DUE, BEGUN = "2026-03-02T08:00:00.000Z", "2026-03-02T09:00:00.000Z"
EARLIER = "2026-03-02T07:00:00Z"
_THIS_ONE = {VISIT_UNCONFIRMED: JOBS[VISIT_UNCONFIRMED]}
_EVERYTHING = Ask(kinds=[("work_order/W1", "inbox_item")])


class House(World):
    """The company of the domain's tests, and a tick on a clock that stands where the test puts it."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = DUE
        self.tick = Tick(self.engine, MemoryQueue(self.store, lambda: self.clock), _THIS_ONE)
        self.assign()

    def change(self, **fields: Any) -> None:
        """The dispatcher changes the visit."""
        self.dispatcher.give([update(self["visit", "VA"], **fields)])

    def told(self) -> list[dict[str, Any]]:
        """What the dispatcher is told."""
        found = self.store.transact(lambda tx: tx.load(_EVERYTHING)).records.values()
        return [one.fields for one in found if one.fields["kind"] == VISIT_UNCONFIRMED]

    def states(self) -> list[str]:
        """How its reminders stand."""
        with self.store.snapshot() as snapshot:
            found = snapshot.reminders("visit/VA")
        return [row.state for row in found if row.kind == VISIT_UNCONFIRMED]


@pytest.fixture
def house() -> House:
    """A visit at nine that nobody has confirmed; it is eight."""
    return House()


def test_an_hour_before_an_unconfirmed_visit_the_dispatcher_is_told_once(house: House) -> None:
    assert [house.tick(), house.tick()] == [Ticked(done=1), Ticked()]
    (item,) = house.told()
    assert (item["record"], item["for_role"], item["state"]) == ("VA", "dispatcher", "open")
    assert item["detail"] == {"starts_at": BEGUN, "told": "done"}


def test_a_minute_earlier_nobody_is_told(house: House) -> None:
    house.clock = "2026-03-02T07:59:59.999Z"
    assert house.tick() == Ticked()


def test_a_confirmed_visit_bothers_nobody(house: House) -> None:
    house.a.give([update(house["visit", "VA"], technician_confirmed={"at": EARLIER, "how": "tap"})])
    house.a.sync()
    assert house["visit", "VA"].fields["confirmation"] == "confirmed"
    assert house.tick() == Ticked()
    assert house.states()[-1] == "cancelled"


def test_a_cancelled_visit_bothers_nobody(house: House) -> None:
    house.change(dispatch_state={"event": "cancel"}, dispatch_reason="customer")
    assert house.tick() == Ticked()
    assert set(house.states()) == {"cancelled"}


def test_a_moved_visit_is_watched_at_its_new_time_alone(house: House) -> None:
    house.change(window=LATER)
    assert house.tick() == Ticked()
    house.clock = "2026-03-03T08:00:00.000Z"
    assert house.tick() == Ticked(done=1)
    assert [item["detail"]["starts_at"] for item in house.told()] == ["2026-03-03T09:00:00.000Z"]


def test_a_server_that_was_down_until_after_the_start_only_tells_that_it_began(house: House) -> None:
    house.clock = BEGUN
    assert house.tick() == Ticked(missed=1)
    assert house.told()[0]["detail"]["told"] == "missed"


def test_a_server_that_was_down_for_a_while_tells_late(house: House) -> None:
    house.clock = "2026-03-02T08:20:00.000Z"
    assert [house.tick(), house.tick()] == [Ticked(late=1), Ticked()]


def test_a_visit_written_down_after_the_fact_is_not_watched(house: House) -> None:
    passed = {"starts_at": "2026-03-01T09:00:00Z", "ends_at": "2026-03-01T11:00:00Z"}
    house.change(window=passed)
    house.clock = "2026-03-05T08:00:00.000Z"
    assert house.tick() == Ticked()
    assert "pending" not in house.states()
