"""Commands on a visit that does not stand, and commands that change nothing, say so."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.live import Json, etag
from tests.server.orders import WINDOW, Orders

LATER = {"starts_at": "2031-05-06T01:00:00Z", "ends_at": "2031-05-06T03:00:00Z"}


REFUSED: list[tuple[str, str, dict[str, Any], str, str]] = [
    (
        "withdraw",
        "reassign",
        {"technician": "technician-2", "reason": "x"},
        "visit_withdrawn",
        "withdrawn (ill)",
    ),
    (
        "cancel",
        "reassign",
        {"technician": "technician-2", "reason": "x"},
        "visit_cancelled",
        "cancelled (ill)",
    ),
    (
        "",
        "reassign",
        {"technician": "u-technician", "reason": "x"},
        "same_technician",
        "T1 has this visit already",
    ),
    ("withdraw", "dispatch", {}, "visit_withdrawn", "reinstate it"),
    ("cancel", "reschedule", LATER, "visit_cancelled", "plan another"),
]


@pytest.mark.parametrize(
    ("first", "command", "body", "reason", "words"), REFUSED, ids=[f"{one[0]}-{one[1]}" for one in REFUSED]
)
def test_a_command_on_a_visit_that_does_not_stand_is_refused_and_says_what_to_do(
    desks: dict[str, httpx.Client],
    orders: Orders,
    first: str,
    command: str,
    body: Json,
    reason: str,
    words: str,
) -> None:
    order, visit = orders.assigned()
    desk = desks["dispatcher"]
    if first:
        desk.post(
            f"/v1/desk/visits/{visit}/{first}", json={"reason": "ill"}, headers=etag(orders.read(order))
        )
    before = orders.read(order)

    answer = desk.post(
        f"/v1/desk/visits/{visit}/{command}", json=body, headers={**etag(before), "Accept-Language": "en"}
    )

    assert (answer.status_code, answer.json()["details"]["reason"]) == (422, reason), answer.text
    assert words in answer.json()["detail"]
    assert orders.read(order).json() == before.json()


SAME: list[tuple[str, str, dict[str, Any], str]] = [
    ("", "dispatch", {}, "dispatched already"),
    ("", "reinstate", {}, "dispatched already"),
    ("", "reschedule", WINDOW, "stand already"),
    ("withdraw", "withdraw", {"reason": "again"}, "withdrawn already (ill)"),
    ("cancel", "cancel", {"reason": "again"}, "cancelled already (ill)"),
    ("cancel", "withdraw", {"reason": "again"}, "cancelled already (ill)"),
]


@pytest.mark.parametrize(
    ("first", "command", "body", "words"), SAME, ids=[f"{one[0]}-{one[1]}" for one in SAME]
)
def test_a_command_that_changes_nothing_on_a_visit_says_so(
    desks: dict[str, httpx.Client], orders: Orders, first: str, command: str, body: Json, words: str
) -> None:
    order, visit = orders.assigned()
    desk = desks["dispatcher"]
    if first:
        desk.post(
            f"/v1/desk/visits/{visit}/{first}", json={"reason": "ill"}, headers=etag(orders.read(order))
        )
    before = orders.read(order)

    answer = desk.post(
        f"/v1/desk/visits/{visit}/{command}", json=body, headers={**etag(before), "Accept-Language": "en"}
    )

    (result,) = answer.json()["results"]
    assert (answer.status_code, result["status"]) == (200, "same"), answer.text
    assert words in result["sentence"]
    assert (answer.headers["etag"], answer.json()["records"]) == (before.headers["etag"], [f"visit/{visit}"])
    assert orders.read(order).json() == before.json()


@pytest.mark.parametrize("field", ["priority", "required_skills"])
def test_a_correction_that_corrects_nothing_says_so(
    desks: dict[str, httpx.Client], orders: Orders, field: str
) -> None:
    order = orders.new()
    path, values = f"/v1/desk/work-orders/{order}", {"priority": "high", "required_skills": {"add": []}}
    desks["dispatcher"].patch(path, json={"set": {"priority": "high"}}, headers=etag(orders.read(order)))
    before = orders.read(order)

    answer = desks["dispatcher"].patch(path, json={"set": {field: values[field]}}, headers=etag(before))

    assert (answer.status_code, answer.json()["results"][0]["status"]) == (200, "same"), answer.text
    assert orders.read(order).json() == before.json()


def test_an_event_that_is_true_already_is_not_said_to_be_applied(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, visit = orders.assigned()

    answer = desks["dispatcher"].patch(
        f"/v1/desk/visits/{visit}",
        json={"set": {"dispatch_state": {"event": "dispatch"}}},
        headers=etag(orders.read(order)),
    )

    assert answer.json()["results"][0]["status"] == "same", answer.text
