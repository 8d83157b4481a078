"""pouchdb-server on LevelDB: CouchDB's HTTP on Node."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.contender import Contender
from bench.load import ask, request
from bench.peers.install import node_parts
from bench.peers.paging import fill_by_pushes, pages
from bench.peers.program import program
from bench.processes import Running
from bench.rows import Row
from tests.parts.free_port import free_port

_PAGE = 1000
"""Quicker than everything in one answer, and than CouchDB's own replicator, which asks again for each page's bodies."""


class PouchDb:
    """Installed from npm."""

    name = "pouchdb-server 4.2 on LevelDB"

    def install(self) -> None:
        node_parts("pouchdb")

    @contextmanager
    def serving(self, folder: Path) -> Iterator[Contender]:
        port, installed = free_port(), node_parts("pouchdb")
        command = ["node", str(installed / "node_modules" / ".bin" / "pouchdb-server"), "--no-stdout-logs"]
        options = ["--port", str(port), "--dir", str(folder), "--config", str(folder / "config.json")]
        with program([*command, *options], folder, port, request("GET", "/")) as pid:
            ask(port, request("PUT", "/orders"))
            yield _Serving(Running(port, [pid]))


class _Serving:
    name = PouchDb.name

    def __init__(self, running: Running) -> None:
        self.running = running

    def fill(self, rows: Sequence[Row]) -> None:
        fill_by_pushes(self.running.port, self.push, rows)

    def push(self, rows: Sequence[Row]) -> bytes:
        documents = b",".join(row.document("_id") for row in rows)
        return request("POST", "/orders/_bulk_docs", b'{"docs":[' + documents + b"]}")

    def pull(self) -> list[bytes]:
        return pages(self.running.port, self.since, _read, "0", _PAGE)[0]

    def position(self) -> str:
        said = json.loads(ask(self.running.port, request("GET", "/orders/_changes?descending=true&limit=1")))
        return str(said["results"][0]["seq"] if said["results"] else 0)

    def since(self, position: str, most: int = _PAGE) -> bytes:
        return request("GET", f"/orders/_changes?include_docs=true&limit={most}&since={position}")


def _read(page: Any) -> tuple[str, int]:
    return str(page["last_seq"]), len(page["results"])
