"""Kinto on PostgreSQL under gunicorn."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.contender import Contender
from bench.load import ask, request
from bench.peers.install import python_parts
from bench.peers.program import program
from bench.processes import SERVER_CORE, Running, on_cores
from bench.rows import Row
from tests.parts.free_port import free_port
from tests.parts.postgres import running_postgres

_AUTHORIZATION = "Basic " + base64.b64encode(b"measured:measured").decode()
_COLLECTION = "/buckets/bench/collections/orders"
_RECORDS = f"/v1{_COLLECTION}/records"
_PAGE = 10_000
"""The most that Kinto gives in one answer."""
_SETTINGS = """
[app:main]
use = egg:kinto
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {url}
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {url}
kinto.cache_backend = kinto.core.cache.postgresql
kinto.cache_url = {url}
kinto.userid_hmac_secret = measured
kinto.batch_max_requests = 1000
kinto.bucket_create_principals = system.Authenticated
multiauth.policies = basicauth
"""
# Kinto's trigger keeps a time that is given and differs from the newest.
_FILL = """
INSERT INTO objects (id, parent_id, resource_name, last_modified, data, deleted)
VALUES (%s, %s, 'record', from_epoch(%s), %s, FALSE)"""
_LONG_AGO = 1_700_000_000_000


class Kinto:
    """Installed from PyPI; PostgreSQL is the machine's own, with fsync on."""

    name = "Kinto 26.5 on PostgreSQL"

    def install(self) -> None:
        python_parts("kinto")

    @contextmanager
    def serving(self, folder: Path) -> Iterator[Contender]:
        port, programs = free_port(), python_parts("kinto")
        with on_cores(SERVER_CORE):
            cluster = running_postgres(fsync=True, synchronous_commit=True)
            postgres = cluster.__enter__()
        try:
            url = postgres.fresh_database()
            settings = folder / "kinto.ini"
            settings.write_text(_SETTINGS.format(url=url))
            migrate = [str(programs / "kinto"), "migrate", "--ini", str(settings)]
            subprocess.run(migrate, check=True, capture_output=True)
            # Threads, because gunicorn's plain workers close the connection after each answer.
            workers = ["--workers", "1", "--worker-class", "gthread", "--threads", "8", "--keep-alive", "60"]
            where = ["--bind", f"127.0.0.1:{port}", "--no-control-socket", "--paste", str(settings)]
            command = [str(programs / "gunicorn"), *workers, *where]
            with program(command, folder, port, _request("GET", "/v1/")) as pid:
                serving = _Serving(Running(port, [pid], [postgres.process.pid]), url)
                ask(port, _request("PUT", "/v1/buckets/bench"))
                ask(port, _request("PUT", f"/v1{_COLLECTION}"))
                yield serving
        finally:
            cluster.__exit__(None, None, None)


class _Serving:
    name = Kinto.name

    def __init__(self, running: Running, url: str) -> None:
        self.running = running
        self._url = url

    def fill(self, rows: Sequence[Row]) -> None:
        """Straight into its table: through its HTTP a hundred thousand take a quarter of an hour."""
        values = [
            (row.id, _COLLECTION, _LONG_AGO + number, row.body.decode()) for number, row in enumerate(rows)
        ]
        with psycopg.connect(self._url) as connection:
            connection.cursor().executemany(_FILL, values)
            connection.commit()
            connection.autocommit = True
            connection.execute("ANALYZE")

    def push(self, rows: Sequence[Row]) -> bytes:
        wanted = (
            b'{"path":"%s/%s","body":{"data":%s}}' % (_RECORDS.encode(), row.id.encode(), row.body)
            for row in rows
        )
        body = b'{"defaults":{"method":"PUT"},"requests":[' + b",".join(wanted) + b"]}"
        return _request("POST", "/v1/batch", body)

    def pull(self) -> list[bytes]:
        script, position = [], "0"
        while True:
            script.append(self.since(position, _PAGE))
            found = json.loads(ask(self.running.port, script[-1]))["data"]
            if len(found) < _PAGE:
                return script
            position = str(found[-1]["last_modified"])

    def position(self) -> str:
        newest = json.loads(
            ask(self.running.port, _request("GET", f"{_RECORDS}?_limit=1&_sort=-last_modified"))
        )
        return str(newest["data"][0]["last_modified"] if newest["data"] else 0)

    def since(self, position: str, most: int = _PAGE) -> bytes:
        return _request("GET", f"{_RECORDS}?_since={position}&_sort=last_modified&_limit={most}")


def _request(method: str, path: str, body: bytes = b"") -> bytes:
    return request(method, path, body, Authorization=_AUTHORIZATION)
