"""rxdb-server over RxDB's memory storage: quick, and gone with its process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from bench.contender import Contender
from bench.load import ask, request
from bench.peers.install import node_parts
from bench.peers.program import program
from bench.processes import Running
from bench.rows import Row, parts
from tests.parts.free_port import free_port

_FILL = 1000
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
        for part in parts(rows, _FILL):
            ask(self.running.port, self.push(part))

    def push(self, rows: Sequence[Row]) -> bytes:
        written = (b'{"newDocumentState":%s,"_deleted":false}}' % row.document("id")[:-1] for row in rows)
        return request("POST", "/orders/0/push", b"[" + b",".join(written) + b"]")

    def pull(self) -> list[bytes]:
        script, position = [], _START
        while True:
            script.append(self.since(position, _PAGE))
            said = json.loads(ask(self.running.port, script[-1]))
            position = json.dumps(said["checkpoint"])
            if len(said["documents"]) < _PAGE:
                return script

    def position(self) -> str:
        position = _START
        while True:
            said = json.loads(ask(self.running.port, self.since(position, _PAGE)))
            position = json.dumps(said["checkpoint"])
            if len(said["documents"]) < _PAGE:
                return position

    def since(self, position: str, most: int = _PAGE) -> bytes:
        return request("GET", f"/orders/0/pull?{urlencode({**json.loads(position), 'limit': most})}")
