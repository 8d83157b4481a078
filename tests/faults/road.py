"""A road between phones and their server, on which a connection breaks after so many bytes, in either direction."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Literal

Direction = Literal["up", "down"]


class Road:
    """Forwards every connection. `arm` breaks the one on which the n-th byte from now on comes, and no other."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.breaks = 0
        self._lock = threading.Lock()
        self._armed: Direction | None = None
        self._left = 0
        self._then: Callable[[], None] = lambda: None
        self._passed = {"up": 0, "down": 0}

    def arm(self, direction: Direction, after_bytes: int, then: Callable[[], None] = lambda: None) -> None:
        """Let so many bytes pass in one direction, call `then`, and break. Byte 0: nothing of it arrives."""
        with self._lock:
            self._armed, self._left, self._then = direction, after_bytes, then

    def disarm(self) -> None:
        """Break nothing from now on; count from 0."""
        with self._lock:
            self._armed = None
            self._passed = {"up": 0, "down": 0}

    def passed(self, direction: Direction) -> int:
        """Bytes in one direction since `disarm`."""
        return self._passed[direction]

    @contextmanager
    def open(self) -> Iterator[Road]:
        """Forward until the end of the block."""
        threading.Thread(target=self._accept, daemon=True).start()
        with closing(self._listener):
            yield self

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target_port))
            except OSError:
                client.close()
                continue
            for source, target, direction in ((client, server, "up"), (server, client, "down")):
                threading.Thread(target=self._carry, args=(source, target, direction), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, direction: Direction) -> None:
        try:
            while data := source.recv(65536):
                through, is_broken = self._through(direction, data)
                target.sendall(through)
                if is_broken:
                    break
        except OSError:
            pass  # one side hung up; so does the other
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the other thread was faster

    def _through(self, direction: Direction, data: bytes) -> tuple[bytes, bool]:
        with self._lock:
            is_broken = self._armed == direction and len(data) > self._left
            if is_broken:
                data, self._armed = data[: self._left], None
                self.breaks += 1
                self._then()
            elif self._armed == direction:
                self._left -= len(data)
            self._passed[direction] += len(data)
        return data, is_broken
