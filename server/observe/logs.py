"""Structured logs: one event a line, for people or for machines."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

_HIDDEN = "…"
_SECRET_WORDS = ("password", "secret", "token", "cookie", "authorization", "code", "csrf", "signature")
_QUIET = ("uvicorn.access", "uvicorn.error", "alembic", "apscheduler")
"""Libraries that would write lines of their own for what is logged here already."""


def configure_logs(level: str, form: str, stream: TextIO | None = None) -> None:
    """Send every log of the process, those of libraries included, to `stream` (standard error).

    `level`: `debug`, `info`, `warning` or `error`; `form`: `text` or `json`. Repeating is safe.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    last: list[structlog.types.Processor] = (
        [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def hide_secrets(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace whatever is named like a secret: a mistake in a log call must not tell one."""
    for name in event:
        if any(word in name.lower() for word in _SECRET_WORDS) and name not in (
            "status_code",
            "problem_code",
        ):
            event[name] = _HIDDEN
    return event
