"""Starts, kills and starts again the real server of `tests.media.serve`, and speaks raw tus to it."""

from __future__ import annotations

import base64
import hashlib
import http.client
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from media import mark
from tests.media.serve import Setup, serve

# A fork server imports everything once: a start costs milliseconds, and no thread of the tests is forked.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.media.warm"])

TUS = {"Tus-Resumable": "1.0.0", "Authorization": "Bearer phone-1"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


class Server:
    """One server process on its own folder and port."""

    def __init__(self, folder: Path, **setup: Any) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        self.setup = Setup(folder, port, **setup)
        self._process: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.setup.port}/v1/uploads"

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def start(self, **changed: Any) -> Server:
        """Until it answers, or has died."""
        self.setup = replace(self.setup, **changed)
        self._process = _processes.Process(target=serve, args=(self.setup,), daemon=True)
        self._process.start()
        deadline = time.monotonic() + 20
        while self._process.is_alive() and time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.setup.port), 0.2).close()
                return self
            except OSError:
                self._process.join(0.01)
        return self

    def kill(self) -> None:
        """SIGKILL, wherever it is."""
        if self._process and self._process.is_alive():
            os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> None:
        self._process.join(10)

    @property
    def is_dead(self) -> bool:
        return not self._process.is_alive()

    def blob(self, sha256: str) -> Path:
        return self.setup.folder / "bytes" / "blobs" / sha256[:2] / sha256

    @property
    def told(self) -> list[str]:
        file = self.setup.folder / "told"
        return file.read_text().splitlines() if file.exists() else []

    def connect(self, timeout: float = 10) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.setup.port, timeout=timeout)

    def ask(
        self,
        method: str,
        url: str = "/v1/uploads",
        headers: dict[str, str] | None = None,
        body: bytes | Iterable[bytes] | None = None,
        omit: Iterable[str] = (),
    ) -> Answer:
        """One request on a connection of its own. `omit` names default headers to leave out."""
        sent = {name: value for name, value in (TUS | (headers or {})).items() if name not in omit}
        connection = self.connect()
        try:
            connection.request(method, url, body=body, headers=sent)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def create(self, content: bytes, media: str = "m1", **headers: str) -> Answer:
        declared = {"Upload-Length": str(len(content)), "Upload-Metadata": metadata(content, media)}
        return self.ask("POST", headers=declared | headers)

    def head(self, location: str, **headers: str) -> Answer:
        return self.ask("HEAD", location, headers)

    def patch(self, location: str, offset: int, body: bytes, **headers: str) -> Answer:
        return self.ask("PATCH", location, BYTES | {"Upload-Offset": str(offset)} | headers, body)

    def start_patch(self, location: str, offset: int, announced: int, body: bytes) -> socket.socket:
        """A PATCH whose body stops in the middle; the connection stays open."""
        sent = TUS | BYTES | {"Upload-Offset": str(offset), "Content-Length": str(announced), "Host": "x"}
        head = f"PATCH {location} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in sent.items()) + "\r\n"
        connection = socket.create_connection(("127.0.0.1", self.setup.port), 10)
        connection.sendall(head.encode() + body)
        return connection

    def await_bytes(self, upload_id: str, at_least: int) -> None:
        """Until the partial file has so many bytes; asking by HEAD would interrupt the sender."""
        part = self._partial(upload_id, ".part")
        _until(lambda: part.stat().st_size >= at_least)

    def await_durable(self, upload_id: str, offset: int) -> None:
        """Until the mark says so."""
        beside = self._partial(upload_id, ".mark")
        _until(lambda: (mark.decode(beside.read_bytes()) or (0, 0))[0] >= offset)

    def _partial(self, upload_id: str, suffix: str) -> Path:
        return self.setup.folder / "bytes" / "partial" / f"{upload_id}{suffix}"


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


class Answer:
    """A response, read whole."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def offset(self) -> int:
        return int(self.headers["Upload-Offset"])

    @property
    def location(self) -> str:
        return str(self.headers["Location"])


def metadata(content: bytes, media: str = "m1", **pairs: str) -> str:
    """`Upload-Metadata` for some content."""
    facts = {"media": media, "sha256": hashlib.sha256(content).hexdigest(), "kind": "proxy"} | pairs
    return encode(facts)


def encode(facts: dict[str, str]) -> str:
    return ",".join(f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in facts.items())
