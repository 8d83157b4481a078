"""One log line and one count per request, whoever answers it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from mobile_api.request_id import Answered, request_id
from server.observe.metrics import Metrics

_UNROUTED = "(none)"
_SELDOM_WORTH_A_LINE = frozenset({"/v1/sync", "/v1/health", "/v1/ready", "/metrics"})
"""Asked many times a second when all is well: counted always, logged at level debug unless they fail."""

log = structlog.stdlib.get_logger("request")
_stdlib_log = logging.getLogger("request")

Headers = Mapping[bytes, bytes]
Whose = Callable[[Headers], str]
"""The device that a request's headers name; empty when they name none."""


def observer(metrics: Metrics, whose: Whose) -> Answered:
    """Count each request; log method, route template, status, milliseconds and who, and nothing else."""

    def note(scope: dict[str, Any], status: int, seconds: float) -> None:
        route = str(scope.get("path_template") or _UNROUTED)
        metrics.note_request(scope["method"], route, status, seconds)
        seldom = route in _SELDOM_WORTH_A_LINE and 0 < status < 400
        # Asked first: structlog would make the whole line before the level drops it, at a tenth of a poll's cost.
        if seldom and not _stdlib_log.isEnabledFor(logging.DEBUG):
            return
        who = {"user": scope.get("state", {}).get("account"), "device": whose(dict(scope["headers"]))}
        told = log.debug if seldom else log.info
        told(
            "answered",
            request=request_id.get(),
            method=scope["method"],
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            **{name: known for name, known in who.items() if known},
        )

    return note
