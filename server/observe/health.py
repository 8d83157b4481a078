"""Is the process alive, and can it do its work? For whoever starts, watches and routes to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from server.observe.metrics import CONTENT_TYPE, Metrics

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


def health_routes(checks: Sequence[Check], metrics: Metrics) -> list[HTTPRouteHandler]:
    """`/v1/health` (the process answers), `/v1/ready` (it can work) and `/metrics`."""

    @get("/v1/health", name="health", tags=["operations"], sync_to_thread=False)
    def health() -> Response[dict[str, str]]:
        """The process is alive; nothing else is asked."""
        return Response({"status": "alive"}, headers=_NOT_STORED)

    @get("/v1/ready", name="ready", tags=["operations"])
    async def ready() -> Response[dict[str, Any]]:
        """Whether the database can be reached and is at its newest revision, and the disk has room."""
        faults = await anyio.to_thread.run_sync(_faults, checks)
        said = {check.name: faults.get(check.name, "ok") for check in checks}
        status = "not_ready" if faults else "ready"
        return Response(
            {"status": status, "checks": said}, status_code=503 if faults else 200, headers=_NOT_STORED
        )

    @get("/metrics", name="metrics", tags=["operations"])
    async def numbers() -> Response[bytes]:
        """Numbers in Prometheus's text form; no personal data."""
        text = await anyio.to_thread.run_sync(metrics.text)
        return Response(text, media_type=CONTENT_TYPE, headers=_NOT_STORED)

    return [health, ready, numbers]


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
