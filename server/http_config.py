"""How uvicorn is set up, for the product and for what it is measured against."""

from __future__ import annotations

import sys

import uvicorn

from server.patience import PATIENCE, Patience, protocol

GRACE_SECONDS = 10
"""How long requests that are being answered may take to end after SIGTERM."""
WAITING_CONNECTIONS = 2048


def http_config(app: object, patience: Patience = PATIENCE) -> uvicorn.Config:
    """The settings for an application."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=protocol(patience),
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=WAITING_CONNECTIONS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        proxy_headers=True,
    )
