"""Answer HTTP on a socket until the process is asked to end."""

from __future__ import annotations

import gc
import logging
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from mobile_api.problem import Phrase
from server.app import application
from server.bootstrap import open_service
from server.db.migrate import outdated
from server.http_config import WAITING_CONNECTIONS, http_config
from server.observe.logs import configure_logs
from server.service import Service
from server.settings import Settings
from server.told import Told

log = logging.getLogger(__name__)


class CannotListen(Told):
    """The address is taken or not ours; the message is one sentence."""


def listen(
    settings: Settings, prepare: Callable[[Service], None] = lambda service: None, *, migrate: bool = False
) -> None:
    """Serve until SIGTERM or SIGINT; then finish what is being answered, and close the database.

    `prepare` is called once, after the address is ours and before anybody is answered.
    Raises CannotListen, and what `open_service` raises.
    """
    configure_logs(settings.log_level, settings.log_format)
    service = open_service(settings, migrate=migrate)
    try:
        if sentence := outdated(settings.database_url):
            log.warning(sentence)
        with _bound(settings.host, settings.port) as bound:
            service.uploads.recover()
            app = application(service)
            _spare_the_collector()
            prepare(service)
            _Server(http_config(app), service).serve_on(bound)
    finally:
        service.close()


def _spare_the_collector() -> None:
    """What was made until now stays until the end: to look through it again and again cost a tenth of every push."""
    gc.collect()
    gc.freeze()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    def serve_on(self, bound: socket.socket) -> None:
        # uvicorn raises the signal again once it has ended; by then it has done its work here.
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda *_: None)
        self.run(sockets=[bound])

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Streams never end by themselves: without this each would use up the whole grace."""
        self._service.changes.close()
        super().handle_exit(sig, frame)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        # Before anybody is told that it is there.
        bound.listen(WAITING_CONNECTIONS)
        bound.setblocking(False)
    except OSError as error:
        bound.close()
        raise CannotListen(
            Phrase(
                f"Cannot listen on {host} port {port}: {error.strerror}; choose another with DOORSTEP_PORT.",
                f"无法在 {host} 的端口 {port} 上监听：{error.strerror}；请用 DOORSTEP_PORT 另选端口。",
            )
        ) from None
    return bound
