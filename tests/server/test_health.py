"""Health, readiness and numbers."""

from __future__ import annotations

from pathlib import Path

import httpx

from server.observe import health
from server.observe.health import Check, disk_check
from tests.server.live import Live
from tests.server.orders import Orders


def test_health_and_readiness_answer(live: Live) -> None:
    client = live.client()

    assert client.get("/v1/health").json() == {"status": "alive"}
    assert client.get("/v1/ready").json() == {"status": "ready", "checks": {"database": "ok", "disk": "ok"}}


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: object) -> None:
    check = disk_check(tmp_path)

    assert check.fault() is None
    before, health.LEAST_FREE_BYTES = health.LEAST_FREE_BYTES, 2**62
    try:
        assert "are needed" in (check.fault() or "")
    finally:
        health.LEAST_FREE_BYTES = before


def test_a_check_that_fails_itself_is_a_fault() -> None:
    def fails() -> str | None:
        raise OSError("gone")

    assert health._faults([Check("disk", fails)]) == {"disk": "OSError"}


def test_numbers_tell_requests_and_operations(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    orders.assigned()

    text = live.client().get("/metrics").text

    assert 'doorstep_operations_total{door="desk",status="applied"}' in text
    assert 'route="/v1/desk/work-orders/{order_id}/visits",status="201"' in text
    for name in ("doorstep_parked_operations", "doorstep_sse_clients", "doorstep_request_seconds_bucket"):
        assert name in text


def test_every_answer_names_its_request(live: Live) -> None:
    for path in ("/v1/health", "/v1/desk/me", "/nowhere"):
        assert live.client().get(path).headers["x-request-id"]

    assert (
        live.client().get("/v1/health", headers={"X-Request-Id": "mine-1"}).headers["x-request-id"]
        == "mine-1"
    )
