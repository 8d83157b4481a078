"""The origin that the probe's pages come from: it can be stopped and started again on one port."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

SITE = Path(__file__).parent / "site"
TYPES = {".html": "text/html", ".js": "text/javascript"}
STRICT = "HttpOnly; SameSite=Strict; Path=/"


class Origin:
    """Serves `site/` on loopback; `served` counts requests, `on_written` hears each reported number."""

    def __init__(self) -> None:
        self.port = 0
        self.served = 0
        self.on_written: Callable[[int], None] = lambda number: None
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self.port = server.server_address[1]
        self._server = server
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    @property
    def stopped(self) -> bool:
        return self._server is None


def _handler(origin: Origin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/arriving":
                cookies = sorted(SimpleCookie(self.headers.get("cookie", "")))
                arrived = {"cookies": cookies, "bearer": self.headers.get("authorization")}
                self._answer(json.dumps(arrived).encode(), "application/json")
            elif self.path == "/login":
                lasting = f"lasting=1; Max-Age=86400; {STRICT}"
                self._answer(b"in", "text/plain", cookies=(f"session=1; {STRICT}", lasting))
            else:
                self._file(SITE / (self.path.lstrip("/") or "index.html"))

        def do_POST(self) -> None:
            number = int(self.rfile.read(int(self.headers["content-length"])))
            origin.on_written(number)
            self._answer(b"", "text/plain")

        def _file(self, path: Path) -> None:
            if path.parent == SITE and path.is_file():
                self._answer(path.read_bytes(), TYPES[path.suffix])
            else:
                self.send_error(404)

        def _answer(self, body: bytes, content_type: str, cookies: tuple[str, ...] = ()) -> None:
            if origin.stopped:  # a connection opened early must not outlive the stop
                self.close_connection = True
                return
            origin.served += 1
            self.send_response(200)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.send_header("cache-control", "no-store")
            self.send_header("cross-origin-opener-policy", "same-origin")  # these two give performance.now()
            self.send_header("cross-origin-embedder-policy", "require-corp")  # its fine clock
            for cookie in cookies:
                self.send_header("set-cookie", cookie)
            self.end_headers()
            with suppress(ConnectionError):  # a killed browser no longer listens
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet: the probe prints its own table."""

    return Handler
