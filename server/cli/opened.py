"""What most commands begin with: settings, logs on standard error, and the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from server.bootstrap import open_service
from server.observe.logs import configure_logs
from server.service import Service
from server.settings import read_settings


@contextmanager
def opened(environ: Mapping[str, str]) -> Iterator[Service]:
    """The service over the database that the settings name; closed at the end. Raises what opening raises."""
    settings = read_settings(environ)
    configure_logs("warning" if settings.log_level == "info" else settings.log_level, settings.log_format)
    service = open_service(settings)
    try:
        yield service
    finally:
        service.close()
