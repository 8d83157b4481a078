"""The stream of changes: told after the commit, only to those who may see, closed with the session."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.server.live import Live
from tests.server.orders import Orders

CLOSES_WITHIN_SECONDS = 5.0


@contextmanager
def listening(client: httpx.Client) -> Iterator[Iterator[tuple[str, Any]]]:
    """The events of a stream that is open, as (kind, data)."""
    with client.stream("GET", "/v1/desk/events", timeout=15) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = _events(answer)
        assert next(events)[0] == "open"
        yield events


def _events(answer: httpx.Response) -> Iterator[tuple[str, Any]]:
    kind = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))


def test_a_change_reaches_a_listening_desk(live: Live, orders: Orders) -> None:
    with listening(live.sign_in("dispatcher")) as events:
        order = orders.new()
        found = next(data for kind, data in events if data.get("aggregate") == f"work_order/{order}")

    assert found == {"aggregate": f"work_order/{order}", "ver": orders.read(order).json()["ver"]}


def test_a_desk_hears_nothing_of_what_it_may_not_see(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    with listening(live.sign_in("storekeeper")) as events:
        customer = desks["intake"].post(
            "/v1/desk/customers", json={"fields": {"number": live.service.new_id(), "name": {"zh": "新客户"}}}
        )
        assert customer.status_code == 201, customer.text
        orders.new()
        stock = desks["storekeeper"]
        move = {"kind": "receipt", "part": "part-1", "quantity": 1, "to_location": "store-1"}
        base = {"If-Match": stock.get("/v1/desk/stock/store-1").headers["etag"]}
        assert stock.post("/v1/desk/stock/moves", json=move, headers=base).status_code == 201
        heard = next(data["aggregate"] for kind, data in events if kind == "change")

    assert heard == "stock/store-1", "a customer and an order without parts were changed first"


def test_a_stream_closes_soon_after_signing_out(live: Live) -> None:
    client = live.sign_in("dispatcher")
    with listening(client) as events:
        began = time.monotonic()
        assert client.post("/v1/desk/logout").status_code == 204
        rest = list(events)

    assert time.monotonic() - began < CLOSES_WITHIN_SECONDS
    assert [kind for kind, _ in rest] == ["signed_out"]


def test_a_stream_closes_before_it_tells_anything_to_a_signed_out_desk(live: Live, orders: Orders) -> None:
    client = live.sign_in("dispatcher")
    with listening(client) as events:
        client.post("/v1/desk/logout")
        orders.new()
        rest = [kind for kind, _ in events]

    assert rest == ["signed_out"]


def test_nobody_listens_without_a_session(live: Live) -> None:
    assert live.client().get("/v1/desk/events").status_code == 401


def test_a_stream_that_was_hung_up_is_forgotten(live: Live) -> None:
    before = live.service.changes.count
    with listening(live.sign_in("auditor")):
        assert live.service.changes.count == before + 1

    deadline = time.monotonic() + CLOSES_WITHIN_SECONDS
    while live.service.changes.count > before:
        assert time.monotonic() < deadline
        time.sleep(0.02)
