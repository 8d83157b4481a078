"""What people call a record by is given once, whoever asks at the same instant, by whichever door."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from tests.server.live import Live

AT_ONCE = 4
ROUNDS = 6

Fields = Callable[[str], dict[str, Any]]
KINDS: dict[str, Fields] = {
    "customers": lambda code: {"number": code, "name": {"zh": code}},
    "sites": lambda code: {
        "number": code,
        "customer": "customer-1",
        "address": {"line": {"zh": "长宁路9号"}},
        "zone": "Asia/Shanghai",
    },
    "technicians": lambda code: {"number": code, "name": {"zh": code}, "active": True},
    "outlets": lambda code: {"code": code, "name": {"zh": code}, "zone": "Asia/Shanghai"},
    "territories": lambda code: {"code": code, "name": {"zh": code}},
    "skills": lambda code: {"code": code, "name": {"zh": code}},
    "service-contracts": lambda code: {"number": code, "customer": "customer-1"},
    "parts": lambda code: {"code": code, "name": {"zh": code}, "price_fen": 100},
    "stock-locations": lambda code: {"code": code, "kind": "warehouse"},
}
"""Path → the fields of one with this number or code."""
SHARED, APART = ("parts", "skills"), ("customers", "technicians")
"""Kinds that live together under one lock, and kinds that do not."""


@pytest.mark.parametrize("path", KINDS)
def test_a_number_that_is_taken_is_refused_with_whose_it_is(
    desks: dict[str, httpx.Client], path: str
) -> None:
    body = {"fields": KINDS[path]("Z-1")}

    first, second = (desks["admin"].post(f"/v1/desk/{path}", json=body) for _ in range(2))

    assert first.status_code == 201, first.text
    assert (second.status_code, second.json()["details"]["reason"]) == (422, "number_taken"), second.text
    assert second.json()["details"]["field"] in ("number", "code")


@pytest.mark.parametrize("path", [*SHARED, *APART])
def test_of_desks_that_give_one_number_at_the_same_instant_one_gets_it(live: Live, path: str) -> None:
    for place in range(AT_ONCE):
        live.account(f"admin-{place}", "admin")
    # Of several people: two windows of one person wait for each other already.
    desks = [live.sign_in(f"admin-{place}") for place in range(AT_ONCE)]
    together = Barrier(AT_ONCE)

    def ask(desk: httpx.Client, code: str) -> int:
        together.wait(10)
        return desk.post(f"/v1/desk/{path}", json={"fields": KINDS[path](code)}).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = [sorted(pool.map(ask, desks, [f"R-{number}"] * AT_ONCE)) for number in range(ROUNDS)]

    assert answers == [[201, *[422] * (AT_ONCE - 1)]] * ROUNDS
