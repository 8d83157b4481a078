"""Planning as two dispatchers do it, each from a form of their own."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from tests.server.orders import WINDOW, Orders


def plan(
    client: httpx.Client, order: str, technician: str, base: Mapping[str, str], language: str = "en"
) -> httpx.Response:
    """Plan a visit on the form that was read; the answer says what came of it."""
    answer = client.post(
        f"/v1/desk/work-orders/{order}/visits",
        json={"technician": technician, "window": WINDOW},
        headers={**base, "Accept-Language": language},
    )
    assert answer.status_code == 201, answer.text
    return answer


def states(orders: Orders, order: str) -> dict[str, str]:
    """Visit → where its plan stands."""
    return {
        one["id"]: one["fields"]["dispatch_state"] for one in orders.read(order).json()["records"]["visit"]
    }
