"""A server with a customer who was asked: a visit in eighty minutes, and the message in the folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from scheduler.jobs import JOBS
from scheduler.tick import Tick
from server.channels.folder import Filed
from server.db.reminders_queue import SqlReminders
from tests.server.conftest import desks, live, orders
from tests.server.live import Live, etag
from tests.server.orders import Orders, id_of

__all__ = ["desks", "live", "orders"]

_LINK = re.compile(r"https?://\S+")


def instant(moment: datetime) -> str:
    """As the wire writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@dataclass
class Question:
    """A visit, and the link that its customer got."""

    live: Live
    orders: Orders
    order: str
    visit: str
    starts: datetime
    filed: Filed

    @property
    def path(self) -> str:
        """Where the link leads, on this server."""
        return _LINK.findall(self.filed.body)[0].removeprefix(self.live.base_url)

    def look(self) -> httpx.Response:
        """The customer opens it."""
        with self.live.client() as client:
            return client.get(self.path)

    def say(self, **form: str) -> httpx.Response:
        """The customer answers."""
        with self.live.client() as client:
            return client.post(self.path, data=form)

    def fields(self) -> dict[str, Any]:
        """The visit as it stands."""
        return self.orders.record(self.order, "visit", self.visit)

    def message(self) -> dict[str, Any]:
        """The notification as it stands."""
        return self.orders.record(self.order, "notification", self.filed.key)

    def items(self, kind: str) -> list[dict[str, Any]]:
        """What the dispatcher is told."""
        found = self.orders.read(self.order).json()["records"].get("inbox_item", [])
        return [one["fields"] for one in found if one["fields"]["kind"] == kind]

    def change(self, body: dict[str, Any]) -> None:
        """The dispatcher changes the visit."""
        answer = self.orders.desks["dispatcher"].patch(
            f"/v1/desk/visits/{self.visit}", json=body, headers=etag(self.orders.read(self.order))
        )
        assert answer.status_code == 200, answer.text


def deliver(live: Live) -> None:
    """Do now what the server would do within seconds."""
    database = live.service.store.database
    Tick(live.service.engine, SqlReminders(database), JOBS)()
    live.service.messages.sender()


@pytest.fixture
def ask(live: Live, orders: Orders, desks: dict[str, httpx.Client]) -> Callable[..., Question]:
    """Plan a visit that begins soon, and let the customer be asked."""

    def asked(minutes: int = 80) -> Question:
        order = orders.new()
        starts = (datetime.now(UTC) + timedelta(minutes=minutes)).replace(microsecond=0)
        window = {"starts_at": instant(starts), "ends_at": instant(starts + timedelta(hours=1))}
        answer = desks["dispatcher"].post(
            f"/v1/desk/work-orders/{order}/visits",
            json={"technician": "u-technician", "window": window},
            headers=etag(orders.read(order)),
        )
        assert answer.status_code == 201, answer.text
        visit = id_of(answer, "visit")
        deliver(live)
        messages = orders.read(order).json()["records"]["notification"]
        (asking,) = [one["id"] for one in messages if one["fields"]["kind"] == "confirm_ask"]
        filed = {one.key: one for one in live.service.messages.folder.filed()}
        return Question(live, orders, order, visit, starts, filed[asking])

    return asked
