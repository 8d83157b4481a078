"""A gateway's receipts: delivered is a fact of its own, and only the gateway can say it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.channels.webhook import signature
from tests.confirmation.conftest import Question, ask, orders
from tests.messages.carriers import WEBHOOK_SECRET
from tests.server import live as live_module
from tests.server.live import Live

__all__ = ["ask", "orders"]

Asking = Callable[..., Question]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server whose messages still land in the folder, and that knows a gateway's secret."""
    folder: Path = tmp_path_factory.mktemp("receipts")
    read = live_module.read_settings
    with pytest.MonkeyPatch.context() as patch:
        known = {"message_webhook_secret": WEBHOOK_SECRET}
        patch.setattr(live_module, "read_settings", lambda environ: replace(read(environ), **known))
        with live_module.live_server(f"sqlite:///{folder / 'doorstep.db'}", folder) as server:
            yield server


@pytest.fixture(scope="module")
def desks(live: Live) -> dict[str, httpx.Client]:
    """Who makes orders."""
    return {role: live.sign_in(role) for role in ("intake", "dispatcher")}


def receipt(
    live: Live, told: dict[str, Any], *, secret: str = WEBHOOK_SECRET, ago: float = 0
) -> httpx.Response:
    """The gateway says it."""
    body = json.dumps(told).encode()
    headers = signature(secret.encode(), "receipt-1", time.time() - ago, body)
    with live.client() as client:
        return client.post("/v1/message-receipts", content=body, headers=headers)


def test_delivered_is_kept_apart_from_accepted_and_said_twice_changes_nothing(
    ask: Asking, live: Live
) -> None:
    question = ask()
    told = {"id": question.filed.key, "state": "delivered"}
    assert receipt(live, told).status_code == 204
    first = question.message()
    assert (first["state"], first.get("opened_at")) == ("delivered", None)
    assert first["accepted"] and first["delivered_at"]
    assert receipt(live, told).status_code == 204
    assert question.message() == first


def test_what_failed_after_all_says_why(ask: Asking, live: Live) -> None:
    question = ask()
    told = {"id": question.filed.key, "state": "failed", "reason": "number not in service"}
    assert receipt(live, told).status_code == 204
    message = question.message()
    assert (message["state"], message["failure"]) == ("failed", "number not in service")


def test_nobody_else_can_say_it_and_an_old_receipt_is_none(ask: Asking, live: Live) -> None:
    question = ask()
    told = {"id": question.filed.key, "state": "delivered"}
    assert receipt(live, told, secret="x" * 40).status_code == 401
    assert receipt(live, told, ago=301).status_code == 401
    with live.client() as client:
        assert client.post("/v1/message-receipts", json=told).status_code == 401
    assert question.message()["state"] == "accepted"


@pytest.mark.parametrize(
    "told", [{}, {"id": "x"}, {"id": "x", "state": "opened"}, {"id": "message-0", "state": "failed"}]
)
def test_what_makes_no_sense_is_refused(live: Live, told: dict[str, Any]) -> None:
    assert receipt(live, told).status_code == 400
