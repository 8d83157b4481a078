"""Orders and visits, made through the desk API as people make them."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from tests.server.live import Json, Live, etag

WINDOW = {"starts_at": "2031-05-05T01:00:00Z", "ends_at": "2031-05-05T03:00:00Z"}


@dataclass
class Orders:
    """Each call makes a new one."""

    live: Live
    desks: dict[str, httpx.Client]

    def new(self) -> str:
        """A fresh order's id."""
        body = {"site": "site-1", "kind": "fault", "channel": "phone", "symptom": "不制冷", "read_back": True}
        answer = self.desks["intake"].post("/v1/desk/work-orders", json=body)
        assert answer.status_code == 201, answer.text
        return id_of(answer, "work_order")

    def read(self, order: str) -> httpx.Response:
        """The order as a dispatcher reads it."""
        answer = self.desks["dispatcher"].get(f"/v1/desk/work-orders/{order}")
        assert answer.status_code == 200, answer.text
        return answer

    def assigned(self, technician: str = "u-technician") -> tuple[str, str]:
        """A fresh order with a visit; their ids."""
        order = self.new()
        answer = self.desks["dispatcher"].post(
            f"/v1/desk/work-orders/{order}/visits",
            json={"technician": technician, "window": WINDOW},
            headers=etag(self.read(order)),
        )
        assert answer.status_code == 201, answer.text
        return order, id_of(answer, "visit")

    def record(self, order: str, entity: str, id: str) -> Json:
        """A record of the order: its fields."""
        records = self.read(order).json()["records"].get(entity, [])
        found: Json = next(one["fields"] for one in records if one["id"] == id)
        return found


def id_of(answer: httpx.Response, entity: str) -> str:
    """The id of the last record of this kind that an answer says was written."""
    records: list[str] = answer.json()["records"]
    return next(one.partition("/")[2] for one in reversed(records) if one.startswith(f"{entity}/"))
