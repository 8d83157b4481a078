"""Expert cases that wait: the office's hour, the alarm, and the case that was taken and left alone."""

from __future__ import annotations

from typing import Any

import pytest

from domain.commands import expert
from domain.commands.draft import create, update
from domain.remind_case import CASE_UNCLAIMED
from scheduler.jobs import JOBS
from scheduler.memory_queue import MemoryQueue
from scheduler.tick import Tick, Ticked
from sync.operation import InvalidOperation
from sync.push import Refused
from sync.record import Record
from sync.store import Ask
from tests.domain.world import NOW, World

HEARD, ALARM = "2026-03-02T08:00:05.000Z", "2026-03-02T08:15:05.000Z"
LEASE, LATER = "2026-03-02T08:30:00.000Z", "2026-03-02T08:45:00.000Z"
W1 = "work_order/W1"


class House(World):
    """The company of the domain's tests, ticking on a clock that stands where the test puts it."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = HEARD
        self.tick = Tick(self.engine, MemoryQueue(self.store, lambda: self.clock), JOBS)
        self.visit = self.assign()

    def ask(self, *, urgent: bool = True, at: str = NOW) -> None:
        """The technician asks an expert, and an exchange brings the question here."""
        self.a.give(
            expert.ask_expert(self.visit, case="E1", question="漏电？", at=at, by="ta", urgent=urgent)
        )

    @property
    def case(self) -> Record:
        """As it stands."""
        return self["expert_case", "E1"]

    def told(self) -> list[dict[str, Any]]:
        """What supervisors are told of unclaimed cases."""
        found = self.store.transact(lambda tx: tx.load(Ask(kinds=[(W1, "inbox_item")]))).records.values()
        return [one.fields for one in found if one.fields["kind"] == CASE_UNCLAIMED]

    def claim(self, who: str = "ex", until: str = LEASE) -> None:
        """An expert takes it."""
        self.expert.give(expert.claim_case(self.case, expert=who, lease_until=until))


@pytest.fixture
def house() -> House:
    """It is eight o'clock, and five seconds."""
    return House()


@pytest.mark.parametrize("at", [NOW, "1990-01-01T00:00:00Z", "2038-01-19T03:14:07Z"])
def test_an_urgent_case_counts_from_when_the_server_heard_of_it_whatever_the_phones_clock_says(
    house: House, at: str
) -> None:
    house.ask(at=at)
    house.tick()
    assert house.case.fields["received_at"] == HEARD
    house.clock = "2026-03-02T08:15:04.999Z"
    assert house.tick() == Ticked()
    house.clock = ALARM
    assert house.tick() == Ticked(done=1)
    (item,) = house.told()
    assert (item["record"], item["for_role"], item["state"]) == ("E1", "supervisor", "open")
    assert item["detail"]["received_at"] == HEARD


def test_what_is_not_urgent_alarms_nobody(house: House) -> None:
    house.ask(urgent=False)
    house.clock = LATER
    house.tick()
    assert house.told() == []
    assert house.case.fields.get("received_at") is None


def test_a_claimed_case_alarms_nobody_and_settles_the_alarm_that_was_given(house: House) -> None:
    house.ask()
    house.tick()
    house.clock = ALARM
    house.tick()
    house.claim()
    assert [item["state"] for item in house.told()] == ["done"]


def test_a_case_that_is_claimed_in_time_is_never_told(house: House) -> None:
    house.ask()
    house.tick()
    house.claim()
    house.clock = ALARM
    assert house.tick() == Ticked()
    assert house.told() == []


def test_a_case_that_was_taken_and_left_alone_goes_back_to_the_queue(house: House) -> None:
    house.ask()
    house.tick()
    house.claim()
    house.clock = LEASE
    house.tick()
    assert house.case.fields["state"] == "requested"
    assert (house.case.fields.get("claimed_by"), house.case.fields.get("lease_until")) == (None, None)


def test_who_goes_on_with_it_keeps_it(house: House) -> None:
    house.ask()
    house.claim()
    house.expert.give(expert.keep_case(house.case, lease_until=LATER))
    house.tick()
    house.clock = LEASE
    house.tick()
    assert house.case.fields["state"] == "claimed"
    house.clock = LATER
    house.tick()
    assert house.case.fields["state"] == "requested"


def test_an_answer_is_not_undone_by_the_end_of_the_lease(house: House) -> None:
    house.ask()
    house.claim()
    house.expert.give(expert.answer_case(house.case, verdict="D1", expert="ex", at=NOW, cause="漏电"))
    house.clock = LATER
    house.tick()
    assert house.case.fields["state"] == "answered"


def test_a_released_case_waits_where_its_clips_are(house: House) -> None:
    house.ask()
    clip = {"kind": "video", "sha256": "1" * 64, "size_bytes": 9, "content_type": "video/mp4"}
    house.a.give([create("media", "m1", W1, visit="VA", about="expert_case/E1", **clip)])
    house.claim()
    house.expert.give(expert.release_case(house.case))
    assert house.case.fields["state"] == "media_arriving"
    house.system.give([update(house["media", "m1"], state={"event": "store"})])
    house.claim()
    house.expert.give(expert.release_case(house.case))
    assert house.case.fields["state"] == "ready"


def test_a_clip_that_cannot_be_used_is_not_waited_for(house: House) -> None:
    house.ask()
    clip = {"kind": "video", "sha256": "1" * 64, "size_bytes": 9, "content_type": "video/mp4"}
    house.a.give([create("media", "m1", W1, visit="VA", about="expert_case/E1", **clip)])
    house.system.give([update(house["media", "m1"], state={"event": "quarantine"})])
    assert house.case.fields["state"] == "ready"


def test_nobody_takes_a_case_from_another_expert(house: House) -> None:
    house.ask()
    house.claim()
    with pytest.raises((Refused, InvalidOperation), match="case_taken"):
        house.claim(who="other")
    assert house.case.fields["claimed_by"] == "ex"
    house.expert.give(expert.release_case(house.case))
    house.claim(who="other")
    assert house.case.fields["claimed_by"] == "other"


def test_an_answer_that_a_bad_link_cannot_carry_is_refused(house: House) -> None:
    house.ask()
    steps = ["检查" * 100] * 30
    with pytest.raises((Refused, InvalidOperation), match="verdict_too_large"):
        house.expert.give(
            expert.answer_case(house.case, verdict="D1", expert="ex", at=NOW, cause="x", next_steps=steps)
        )


def test_only_the_expert_lifts_stop_work(house: House) -> None:
    house.ask()
    answer = expert.answer_case(
        house.case, verdict="D1", expert="ex", at=NOW, cause="漏电", stop_work=True, stop_reason="触电危险"
    )
    house.expert.give(answer)
    house.a.sync()
    house.a.give(expert.acknowledge_verdict(house["verdict", "D1"], at=NOW, by_name="甲"))
    house.a.give(expert.lift_stop_work(house["verdict", "D1"]))
    assert house["verdict", "D1"].fields["stop_work"] is True
    house.expert.give(expert.lift_stop_work(house["verdict", "D1"]))
    assert house["verdict", "D1"].fields["stop_work"] is False
