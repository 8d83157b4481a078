"""A phone whose clock is wrong: the desk reads both times, and the flag."""

from __future__ import annotations

import pytest

from server.db.connection import Connection
from server.db.queries.clock_off import OF_AGGREGATE
from server.db.statement import Statement
from tests.server.live import Live
from tests.server.orders import Orders
from tests.server.test_phone import Phone, job, phone

__all__ = ["job", "phone"]
EXPLAINED = Statement(
    f"EXPLAIN {OF_AGGREGATE.postgres.replace('%(aggregate)s', ':aggregate')}",
    sqlite=f"EXPLAIN QUERY PLAN {OF_AGGREGATE.sqlite}",
)
RIGHT = {"wall": "2026-01-01T01:00:00Z", "offset_ms": 0}
AHEAD = {"wall": "2099-01-01T01:00:00Z", "offset_ms": -2_300_000_000_000}


@pytest.fixture
def worked(phone: Phone, job: tuple[str, str]) -> tuple[str, str]:
    """A visit with one step made under a wrong clock and one under a right clock."""
    order, visit = job
    place = {"entity": "visit", "record": visit, "aggregate": f"work_order/{order}"}
    wrong = {"id": f"op-wrong-{visit}", **place, "at": AHEAD, "set": {"exec_state": {"event": "travel"}}}
    right = {"id": f"op-right-{visit}", **place, "at": RIGHT, "set": {"exec_state": {"event": "arrive"}}}
    results = phone.sync(wrong, right)["push"]["results"]
    assert [one.get("flags", []) for one in results] == [["clock_off"], []]
    return order, visit


def test_the_order_shows_both_times_of_what_a_wrong_clock_has_made_and_nothing_else(
    live: Live, orders: Orders, phone: Phone, worked: tuple[str, str]
) -> None:
    order, visit = worked

    (told,) = orders.read(order).json()["clock_off"]

    assert told.pop("received_at") <= live.service.now()
    assert told == {
        "entity": "visit",
        "record": visit,
        "fields": ["exec_state"],
        "device": phone.device,
        "seq": 1,
        "user": "u-phone-owner",
        "made_at_device": AHEAD["wall"],
        "offset_ms": AHEAD["offset_ms"],
        "flag": "clock_off",
    }


def test_parked_work_and_other_orders_show_none(orders: Orders, phone: Phone, job: tuple[str, str]) -> None:
    order, visit = job
    parked = {
        "id": f"op-parked-{visit}",
        "entity": "visit",
        "record": visit,
        "aggregate": f"work_order/{order}",
        "at": AHEAD,
        "set": {"clock_off": 1},
    }
    assert phone.sync(parked)["push"]["results"][0]["status"] == "parked"

    assert orders.read(order).json()["clock_off"] == []
    assert orders.read(orders.new()).json()["clock_off"] == []


def test_a_word_in_a_value_is_no_flag(orders: Orders, phone: Phone, job: tuple[str, str]) -> None:
    order, visit = job
    place = {"entity": "visit", "record": visit, "aggregate": f"work_order/{order}"}

    phone.sync({"id": f"op-{visit}-clock_off", **place, "at": RIGHT, "set": {"cause": "clock_off"}})

    assert orders.read(order).json()["clock_off"] == []


def test_the_index_of_wrong_clocks_answers_it(live: Live) -> None:
    is_sqlite = live.service.settings.sqlite_path is not None

    def plan(connection: Connection) -> str:
        if not is_sqlite:
            # A table of a few rows is read whole, whatever indexes it has.
            connection.run(Statement("SET LOCAL enable_seqscan = off"))
        return " ".join(str(row) for row in connection.rows(EXPLAINED, aggregate="work_order/any"))

    assert "ix_operation_clock_off" in live.service.store.database.read(plan)
