"""A road to the server on which connections break after so many bytes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Thread


class CuttingProxy:
    """Forwards connections; the n-th one is cut when `cuts[n]` bytes have gone up, the rest are left whole."""

    def __init__(self, target_port: int, cuts: list[int]) -> None:
        self._target_port = target_port
        self._cuts = iter(cuts)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.cut_count = 0

    @contextmanager
    def running(self) -> Iterator[CuttingProxy]:
        Thread(target=self._accept, daemon=True).start()
        with closing(self._listener):
            yield self

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target_port))
            Thread(target=self._down, args=(server, client), daemon=True).start()
            Thread(target=self._up, args=(client, server), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        passed, limit = 0, None
        try:
            while data := client.recv(65536):
                if limit is None and data.startswith(b"PATCH"):
                    limit = next(self._cuts, 1 << 60)
                passed += len(data)
                server.sendall(data)
                if limit is not None and passed >= limit:
                    self.cut_count += 1
                    break
        except OSError:
            pass  # one side hung up; so does the other
        for each in (client, server):
            _hang_up(each)

    @staticmethod
    def _down(server: socket.socket, client: socket.socket) -> None:
        try:
            while data := server.recv(65536):
                client.sendall(data)
        except OSError:
            pass  # one side hung up; so does the other
        _hang_up(client)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the other side was faster
    connection.close()
