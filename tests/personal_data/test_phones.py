"""Real phones over real HTTP: what one held is gone after its next exchange, and a fresh one never gets it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from doorstep_client import HttpTransport, Phone
from tests.server.live import Live, etag, live_server
from tests.server.orders import Orders

NEEDLES = ("王小明", "138-0013-8000", "长宁路1号", "不制冷")


@pytest.fixture
def live(sqlite_url: str, tmp_path: Path) -> Iterator[Live]:
    """A server of its own."""
    with live_server(sqlite_url, tmp_path) as server:
        yield server


def enrolled(live: Live, path: Path) -> Phone:
    code, _ = live.service.enrolling.code_for("u-technician")
    phone = Phone(path, HttpTransport(live.base_url))
    phone.enrol(code, "a phone", "test")
    phone.sync()
    return phone


def held(phone: Phone) -> list[str]:
    """The needles that are anywhere in the phone's file."""
    phone.store.run("PRAGMA wal_checkpoint(TRUNCATE)")
    data = b"".join(one.read_bytes() for one in phone.store.path.parent.glob(f"{phone.store.path.name}*"))
    return [needle for needle in NEEDLES if needle.encode() in data]


def test_a_phone_that_held_the_customer_and_a_fresh_one_hold_nothing(live: Live, tmp_path: Path) -> None:
    orders = Orders(live, {role: live.sign_in(role) for role in ("intake", "dispatcher")})
    dispatcher = orders.desks["dispatcher"]
    order, visit = orders.assigned()
    dispatcher.post(f"/v1/desk/visits/{visit}/dispatch", json={}, headers=etag(orders.read(order)))
    with enrolled(live, tmp_path / "phone.db") as phone:
        assert held(phone) == list(NEEDLES)
        note = phone.author(
            "note", aggregate=f"work_order/{order}", set={"text": NEEDLES[0]}, action="create"
        )
        phone.sync()
        ended = dispatcher.post(
            f"/v1/desk/work-orders/{order}/cancel", json={"reason": "x"}, headers=etag(orders.read(order))
        )
        assert ended.status_code == 200, ended.text
        late = phone.author(
            "note", aggregate=note.operation.aggregate, set={"text": NEEDLES[1]}, action="create"
        )
        supervisor = live.sign_in("supervisor")
        done = supervisor.post("/v1/desk/customers/customer-1/erasure", json={"reason": "request"})
        assert done.status_code == 200, done.text
        phone.sync()
        told = {one.id: one.reason for one in phone.receipts("en")}
        assert told[late.operation.id] == "erased"
        assert phone.outbox() == []
        assert held(phone) == []
    with enrolled(live, tmp_path / "fresh.db") as fresh:
        assert held(fresh) == []
