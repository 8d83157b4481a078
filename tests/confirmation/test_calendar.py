"""A technician's visits in the phone's calendar: one entry per visit for ever, with alarms while its time is open."""

from __future__ import annotations

import httpx
import pytest

from domain.visit_calendar import Entry, calendar
from tests.messages.house import House
from tests.server.live import Live, etag
from tests.server.orders import Orders
from tests.server.phone import ME, enrolled

NOW = "2026-03-01T00:00:00.000Z"


@pytest.fixture
def house() -> House:
    """A visit at nine in UTC."""
    return House()


def shown(house: House, **more: object) -> list[str]:
    """The lines of the calendar, unfolded."""
    visit = house["visit", "VA"]
    given = {"number": "SO-1", "site": "老王面馆", "address": "浦东新区, 张江路1号; 2楼"} | more
    text = calendar([Entry(visit=visit, **given)], NOW, "zh")  # type: ignore[arg-type]
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")


def value(lines: list[str], name: str) -> str:
    """The first line of a name."""
    return next(line.partition(":")[2] for line in lines if line.startswith(f"{name}:"))


def test_times_are_utc_and_texts_are_escaped(house: House) -> None:
    lines = shown(house)
    assert value(lines, "DTSTART") == "20260302T090000Z"
    assert value(lines, "DTEND") == "20260302T110000Z"
    assert value(lines, "SUMMARY") == "上门服务 SO-1 老王面馆"
    assert value(lines, "LOCATION") == r"浦东新区\, 张江路1号\; 2楼"


def test_alarms_ring_when_the_customer_is_to_be_asked_and_reminded(house: House) -> None:
    assert [line for line in shown(house) if line.startswith("TRIGGER")] == [
        "TRIGGER:-PT90M",
        "TRIGGER:-PT75M",
    ]
    house.confirm()
    assert "BEGIN:VALARM" not in shown(house)


def test_a_moved_visit_keeps_its_uid_and_its_sequence_rises(house: House) -> None:
    before = shown(house)
    house.move("2026-03-03T09:00:00.000Z")
    after = shown(house)
    assert value(before, "UID") == value(after, "UID") == "VA@doorstep"
    assert int(value(after, "SEQUENCE")) > int(value(before, "SEQUENCE"))
    assert value(after, "DTSTART") == "20260303T090000Z"


def test_what_does_not_move_it_leaves_the_sequence_alone(house: House) -> None:
    before = value(shown(house), "SEQUENCE")
    house.change(expected_minutes=90)
    assert value(shown(house), "SEQUENCE") == before


def test_what_is_off_is_taken_out_without_a_word_about_where_it_was(house: House) -> None:
    before = shown(house)
    house.change(dispatch_state={"event": "cancel"}, dispatch_reason="customer")
    lines = shown(house, number="", site="", address="", is_off=True)
    assert value(lines, "STATUS") == "CANCELLED"
    assert int(value(lines, "SEQUENCE")) > int(value(before, "SEQUENCE"))
    assert not any(line.startswith(("LOCATION", "BEGIN:VALARM")) for line in lines)


def test_a_phone_gets_its_own_visits_and_of_others_only_that_they_are_off(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    phone = enrolled(live, desks)
    mine, visit = orders.assigned(ME)
    _, other = orders.assigned("u-technician")
    answer = phone.client.get("/v1/calendar.ics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/calendar")
    text = answer.text.replace("\r\n ", "")
    assert f"UID:{visit}@doorstep" in text and other not in text
    number = orders.record(mine, "work_order", mine)["number"]
    assert number in text
    off = {"reason": "customer"}
    cancelled = desks["dispatcher"].post(
        f"/v1/desk/work-orders/{mine}/cancel", json=off, headers=etag(orders.read(mine))
    )
    assert cancelled.status_code == 200, cancelled.text
    text = phone.client.get("/v1/calendar.ics").text.replace("\r\n ", "")
    assert f"UID:{visit}@doorstep" in text and "STATUS:CANCELLED" in text and number not in text


def test_without_a_token_there_is_no_calendar(live: Live) -> None:
    with live.client() as client:
        assert client.get("/v1/calendar.ics").status_code == 401
