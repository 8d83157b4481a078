"""Kinto on PostgreSQL under gunicorn."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.contender import Contender
from bench.load import ask, request
from bench.peers.install import python_parts
from bench.peers.paging import pages
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
_FILL = "COPY objects (id, parent_id, resource_name, last_modified, data, deleted) FROM STDIN"
_TRIGGER = "ALTER TABLE objects {} TRIGGER tgr_objects_last_modified"
"""It gives each row a time of its own, which these have already."""
_LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


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
        with psycopg.connect(self._url, autocommit=True) as connection:
            with connection.transaction(), connection.cursor() as cursor:
                cursor.execute(_TRIGGER.format("DISABLE"))
                with cursor.copy(_FILL) as copy:
                    for number, row in enumerate(rows):
                        moment = _LONG_AGO + timedelta(milliseconds=number)
                        copy.write_row((row.id, _COLLECTION, "record", moment, row.body.decode(), False))
                cursor.execute(_TRIGGER.format("ENABLE"))
            connection.execute("VACUUM ANALYZE")

    def push(self, rows: Sequence[Row]) -> bytes:
        wanted = (
            b'{"path":"%s/%s","body":{"data":%s}}' % (_RECORDS.encode(), row.id.encode(), row.body)
            for row in rows
        )
        body = b'{"defaults":{"method":"PUT"},"requests":[' + b",".join(wanted) + b"]}"
        return _request("POST", "/v1/batch", body)

    def pull(self) -> list[bytes]:
        return pages(self.running.port, self.since, _read, "0", _PAGE)[0]

    def position(self) -> str:
        newest = json.loads(
            ask(self.running.port, _request("GET", f"{_RECORDS}?_limit=1&_sort=-last_modified"))
        )
        return str(newest["data"][0]["last_modified"] if newest["data"] else 0)

    def since(self, position: str, most: int = _PAGE) -> bytes:
        return _request("GET", f"{_RECORDS}?_since={position}&_sort=last_modified&_limit={most}")


def _read(page: Any) -> tuple[str, int]:
    rows = page["data"]
    return str(rows[-1]["last_modified"] if rows else 0), len(rows)


def _request(method: str, path: str, body: bytes = b"") -> bytes:
    return request(method, path, body, Authorization=_AUTHORIZATION)
