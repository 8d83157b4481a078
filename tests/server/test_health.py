"""Health, readiness and numbers."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from mobile_api.problem_handlers import problem_handlers
from server.observe import health
from server.observe.health import Check, disk_check, health_routes
from server.observe.metrics import Metrics
from tests.server.live import METRICS_TOKEN, Live
from tests.server.orders import Orders


def test_health_and_readiness_answer(live: Live) -> None:
    client = live.client()

    assert client.get("/v1/health").json() == {"status": "alive"}
    checks = {"database": "ok", "disk": "ok", "erasures": "ok"}
    assert client.get("/v1/ready").json() == {"status": "ready", "checks": checks}


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

    answer = live.client(Authorization=f"Bearer {METRICS_TOKEN}").get("/metrics")
    text = answer.text

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'doorstep_operations_total{door="desk",status="applied"}' in text
    assert 'route="/v1/desk/work-orders/{order_id}/visits",status="201"' in text
    for name in ("doorstep_parked_operations", "doorstep_sse_clients", "doorstep_request_seconds_bucket"):
        assert name in text


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer wrong", f"Basic {METRICS_TOKEN}", "Bearer é"], ids=range(5)
)
def test_numbers_need_the_token(live: Live, authorization: str) -> None:
    headers = {"Authorization": authorization.encode("latin-1")} if authorization else {}

    answer = live.client().get("/metrics", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "metrics_token_needed")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer "], ids=range(3))
def test_without_the_setting_the_numbers_are_closed(authorization: str) -> None:
    app = Litestar(health_routes([], Metrics(), ""), exception_handlers=problem_handlers())

    with TestClient(app) as client:
        assert client.get("/metrics", headers={"Authorization": authorization}).status_code == 401


def test_readiness_says_nothing_private(caplog: pytest.LogCaptureFixture) -> None:
    fault = "at revision 0003 on db.internal"
    routes = health_routes([Check("database", lambda: fault)], Metrics(), "")
    app = Litestar(routes, logging_config=None)

    with TestClient(app) as client:
        answer = client.get("/v1/ready")

    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "not_ready", "checks": {"database": "fault"}},
    )
    assert fault in caplog.text, "whoever runs it reads the cause in the log"


def test_every_answer_names_its_request(live: Live) -> None:
    for path in ("/v1/health", "/v1/desk/me", "/nowhere"):
        assert live.client().get(path).headers["x-request-id"]

    assert (
        live.client().get("/v1/health", headers={"X-Request-Id": "mine-1"}).headers["x-request-id"]
        == "mine-1"
    )
