"""rxdb-server over RxDB's memory storage: quick, and gone with its process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.contender import Contender
from bench.load import request
from bench.peers.install import node_parts
from bench.peers.paging import fill_by_pushes, pages
from bench.peers.program import program
from bench.processes import Running
from bench.rows import Row
from tests.parts.free_port import free_port

_PAGE = 10_000
_START = json.dumps({"id": "", "lwt": 0})


class RxDb:
    """Installed from npm; `rxdb/server.mjs` sets its endpoint up, with a larger body allowed."""

    name = "rxdb-server 15.22 in memory"

    def install(self) -> None:
        node_parts("rxdb")

    @contextmanager
    def serving(self, folder: Path) -> Iterator[Contender]:
        port, installed = free_port(), node_parts("rxdb")
        serving = _Serving(Running(port, []))
        command = ["node", str(installed / "server.mjs"), str(port)]
        with program(command, folder, port, serving.since(_START, 1)) as pid:
            serving.running = Running(port, [pid])
            yield serving


class _Serving:
    name = RxDb.name

    def __init__(self, running: Running) -> None:
        self.running = running

    def fill(self, rows: Sequence[Row]) -> None:
        fill_by_pushes(self.running.port, self.push, rows)

    def push(self, rows: Sequence[Row]) -> bytes:
        written = (b'{"newDocumentState":%s,"_deleted":false}}' % row.document("id")[:-1] for row in rows)
        return request("POST", "/orders/0/push", b"[" + b",".join(written) + b"]")

    def pull(self) -> list[bytes]:
        return pages(self.running.port, self.since, _read, _START, _PAGE)[0]

    def position(self) -> str:
        return pages(self.running.port, self.since, _read, _START, _PAGE)[1]

    def since(self, position: str, most: int = _PAGE) -> bytes:
        return request("GET", f"/orders/0/pull?{urlencode({**json.loads(position), 'limit': most})}")


def _read(page: Any) -> tuple[str, int]:
    return json.dumps(page["checkpoint"]), len(page["documents"])
