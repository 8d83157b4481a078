"""When a customer is asked, reminded and told: once, in the site's own time, and never of what is no more."""

from __future__ import annotations

import pytest

from domain.commands.draft import update
from domain.remind_customer import customer_steps
from scheduler.messages.sender import Sent
from scheduler.tick import Ticked
from tests.messages.house import START, T_60, T_75, T_90, House

ASK, REMIND = "confirm_ask", "confirm_remind"


@pytest.fixture
def house() -> House:
    """A visit at 17:00 on site."""
    return House()


def test_asked_at_90_minutes_and_reminded_at_75(house: House) -> None:
    assert house.at("2026-03-02T07:29:59.999Z") == (Ticked(), Sent())
    house.at(T_90)
    assert house.post.kinds == [ASK]
    assert house["visit", "VA"].fields["confirmation"] == "asked"
    house.at("2026-03-02T07:44:59.999Z")
    assert house.post.kinds == [ASK]
    house.at(T_75)
    assert house.post.kinds == [ASK, REMIND]
    house.at(T_60)
    assert house.items() == ["visit_unconfirmed"]


def test_whoever_has_confirmed_is_asked_no_more(house: House) -> None:
    house.at(T_90)
    house.confirm()
    house.pass_by([T_75, T_60])
    assert house.post.kinds == [ASK, "visit_confirmed"]
    assert house.items() == []


def test_a_moved_visit_is_asked_about_again_at_its_new_time(house: House) -> None:
    house.at(T_90)
    house.move("2026-03-03T09:00:00.000Z")
    assert house["visit", "VA"].fields["confirmation"] == "unasked"
    house.pass_by([T_75, T_60, "2026-03-03T07:30:00.000Z"])
    assert house.post.kinds == [ASK, ASK]
    assert "3月3日周二17:00" in house.post.calls[-1].subject


def test_a_cancelled_visit_is_asked_about_never(house: House) -> None:
    house.change(dispatch_state={"event": "cancel"}, dispatch_reason="customer")
    house.pass_by([T_90, T_75, T_60, START])
    assert house.post.kinds == []


def test_down_from_95_to_40_minutes_ahead_it_asks_once_flagged_late_and_tells_the_dispatcher(
    house: House,
) -> None:
    house.at("2026-03-02T08:20:00.000Z")
    house.wait(60)
    assert house.post.kinds == [ASK]
    assert house.messages()[0].fields["late"] is True
    assert house.items() == ["visit_unconfirmed"]


def test_down_past_the_visit_it_sends_nothing(house: House) -> None:
    house.at(START)
    assert (house.post.kinds, house.states()) == ([], [])


def test_down_between_question_and_reminder_it_reminds_once(house: House) -> None:
    house.at(T_90)
    house.at("2026-03-02T08:20:00.000Z")
    assert house.post.kinds == [ASK, REMIND]


@pytest.mark.parametrize("minutes", [70, 85])
def test_arranged_when_the_time_to_ask_has_passed_it_is_asked_at_once_one_time(
    house: House, minutes: int
) -> None:
    house.change(dispatch_state={"event": "cancel"}, dispatch_reason="customer")
    hour, minute = divmod(9 * 60 - minutes, 60)
    house.clock = f"2026-03-02T{hour:02}:{minute:02}:00.000Z"
    house.assign("VB")
    house.at(house.clock)
    assert house.post.kinds == [ASK]
    house.pass_by([T_75] if minutes == 85 else [])
    assert house.post.kinds == [ASK, *([REMIND] if minutes == 85 else [])]


def test_an_early_visit_is_asked_about_on_the_evening_before_in_the_sites_time(house: House) -> None:
    house.move("2026-03-03T01:30:00.000Z")  # 09:30 in Shanghai
    house.at("2026-03-02T09:59:59.999Z")
    assert house.post.kinds == []
    house.at("2026-03-02T10:00:00.000Z")  # 18:00
    assert house.post.kinds == [ASK]
    house.at("2026-03-03T00:00:00.000Z")  # 08:00: 90 minutes ahead, and the quiet hours are over
    assert house.post.kinds == [ASK, ASK]
    house.at("2026-03-03T00:15:00.000Z")
    assert house.post.kinds == [ASK, ASK, REMIND]


def test_quiet_hours_move_a_question_earlier_never_later(house: House) -> None:
    house.move("2026-03-02T21:00:00.000Z")  # 05:00 in Shanghai: asked on the evening before alone
    house.pass_by(["2026-03-02T09:59:59.999Z", "2026-03-02T10:00:00.000Z"])
    assert house.post.kinds == [ASK]
    house.pass_by(["2026-03-02T13:00:00.000Z", "2026-03-02T19:30:00.000Z", "2026-03-02T19:45:00.000Z"])
    assert house.post.kinds == [ASK]
    house.at("2026-03-02T20:00:00.000Z")
    assert house.items() == ["visit_unconfirmed"]


def test_over_a_change_to_summer_time_the_evening_is_wall_time_and_minutes_are_elapsed() -> None:
    # 09:45 on the day on which Berlin goes from UTC+1 to UTC+2.
    steps = customer_steps("2026-03-29T07:45:00.000Z", "Europe/Berlin")
    assert [(step.kind, f"{step.at:%dT%H:%MZ}") for step in steps] == [
        ("ask_evening_before", "28T17:00Z"),
        ("ask", "29T06:15Z"),
        ("remind", "29T06:30Z"),
    ]


def test_a_site_without_a_zone_that_exists_keeps_no_visit_from_being_planned() -> None:
    assert customer_steps(START, "Mars/Olympus") == []


def test_the_customer_hears_once_that_the_technician_is_on_the_way_and_done(house: House) -> None:
    house.at("2026-03-02T08:30:00.000Z")
    house.confirm()
    house.at(house.clock)
    house.a.give([update(house["visit", "VA"], exec_state={"event": "travel"})])
    house.at(house.clock)
    house.a.give([update(house["visit", "VA"], exec_state={"event": "finish"})])
    house.at(house.clock)
    house.a.give([update(house["visit", "VA"], exec_state={"event": "sign_off"})])
    house.at(house.clock)
    assert house.post.kinds[-2:] == ["on_the_way", "visit_done"]
    assert house.post.kinds.count("visit_done") == 1


def test_taps_that_arrive_together_after_hours_tell_only_what_is_still_so(house: House) -> None:
    house.confirm()
    house.at(house.clock)
    house.a.do([update(house["visit", "VA"], exec_state={"event": "travel"})])
    house.a.do([update(house["visit", "VA"], exec_state={"event": "finish"})])
    house.clock = "2026-03-02T13:55:00.000Z"
    house.a.sync()
    house.at("2026-03-02T14:00:00.000Z")
    assert house.post.kinds == ["visit_confirmed", "visit_done"]
