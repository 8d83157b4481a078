"""Is the process alive, and can it do its work? For whoever starts, watches and routes to it."""

from __future__ import annotations

import hmac
import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from server.observe.metrics import CONTENT_TYPE, Metrics
from server.observe.problems import MetricsTokenNeeded

log = logging.getLogger(__name__)

LEAST_FREE_BYTES = 256 * 1024 * 1024
"""Below this an upload or a commit may soon fail: no further work should be routed here."""

_NOT_STORED = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Check:
    """One thing without which work cannot be done. `fault` returns a sentence, or None when all is well."""

    name: str
    fault: Callable[[], str | None]


def disk_check(folder: Path) -> Check:
    """Enough room where bytes are kept."""

    def fault() -> str | None:
        free = shutil.disk_usage(folder).free
        if free >= LEAST_FREE_BYTES:
            return None
        return f"only {free // 2**20} MiB are free; {LEAST_FREE_BYTES // 2**20} MiB are needed"

    return Check("disk", fault)


def health_routes(checks: Sequence[Check], metrics: Metrics, metrics_token: str) -> list[HTTPRouteHandler]:
    """`/v1/health` (the process answers), `/v1/ready` (it can work) and `/metrics`.

    The first two are open and say nothing that a stranger could use: what is wrong is in the log. The numbers need
    the token; where it is empty they are closed. An address is no proof here: behind a proxy everybody is local.
    """

    @get("/v1/health", name="health", tags=["operations"], sync_to_thread=False)
    def health() -> Response[dict[str, str]]:
        """The process is alive; nothing else is asked."""
        return Response({"status": "alive"}, headers=_NOT_STORED)

    @get("/v1/ready", name="ready", tags=["operations"])
    async def ready() -> Response[dict[str, Any]]:
        """Whether the database can be reached and is at its newest revision, and the disk has room: `ok` or `fault`."""
        faults = await anyio.to_thread.run_sync(_faults, checks)
        for name, fault in faults.items():
            log.warning("not ready: %s: %s", name, fault)
        said = {check.name: "fault" if check.name in faults else "ok" for check in checks}
        status = "not_ready" if faults else "ready"
        return Response(
            {"status": status, "checks": said}, status_code=503 if faults else 200, headers=_NOT_STORED
        )

    @get("/metrics", name="metrics", tags=["operations"])
    async def numbers(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Numbers in Prometheus's text form; no personal data. Needs DOORSTEP_METRICS_TOKEN as a bearer token."""
        if not _is_token(request.headers.get("Authorization", ""), metrics_token):
            raise MetricsTokenNeeded({"WWW-Authenticate": "Bearer"})
        text = await anyio.to_thread.run_sync(metrics.text)
        return Response(text, media_type=CONTENT_TYPE, headers=_NOT_STORED)

    return [health, ready, numbers]


def _is_token(authorization: str, token: str) -> bool:
    scheme, _, given = authorization.partition(" ")
    # As bytes: a header may hold any Latin-1 character, and text is compared in ASCII alone.
    same = hmac.compare_digest(given.strip().encode(), token.encode())
    return bool(token) and scheme.lower() == "bearer" and same


def _faults(checks: Sequence[Check]) -> dict[str, str]:
    faults = {}
    for check in checks:
        try:
            fault = check.fault()
        except Exception as error:  # whatever it is, this check has failed, and the others still count
            fault = type(error).__name__
        if fault:
            faults[check.name] = fault
    return faults
