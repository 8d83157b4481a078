"""A server that runs tells dispatchers by itself of a visit that nobody confirmed."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import httpx

from tests.server.orders import Orders, etag

LONGEST_SECONDS = 30


def test_a_visit_that_begins_in_half_an_hour_unconfirmed_comes_before_a_dispatcher(
    orders: Orders, desks: dict[str, httpx.Client]
) -> None:
    order = orders.new()
    begins = datetime.now(UTC) + timedelta(minutes=30)
    window = {
        "starts_at": f"{begins:%Y-%m-%dT%H:%M:%SZ}",
        "ends_at": f"{begins + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
    }
    answer = desks["dispatcher"].post(
        f"/v1/desk/work-orders/{order}/visits",
        json={"technician": "u-technician", "window": window},
        headers=etag(orders.read(order)),
    )
    assert answer.status_code == 201, answer.text

    told: list[dict[str, object]] = []
    end = time.monotonic() + LONGEST_SECONDS
    while not told and time.monotonic() < end:
        time.sleep(0.2)
        found = orders.read(order).json()["records"].get("inbox_item", [])
        told = [one["fields"] for one in found if one["fields"]["kind"] == "visit_unconfirmed"]

    assert [one["detail"]["told"] for one in told] == ["late"]  # type: ignore[index]
    assert told[0]["for_role"] == "dispatcher"
