"""The whole application on a real socket, in a thread of the test process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from server.app import application
from server.bootstrap import open_service
from server.db.accounts import Account
from server.desk.password import password_hash
from server.http_config import http_config
from server.patience import PATIENCE, Patience
from server.service import Service
from server.settings import read_settings
from tests.parts.free_port import LOOPBACK, free_port
from tests.server.company import PASSWORD, fill

SECRET = "a secret that only tests know, 32 characters or more"
METRICS_TOKEN = "another-secret-that-only-the-tests-monitoring-knows"
START_SECONDS = 20.0

_hash: list[str] = []


@dataclass
class Live:
    """A running server with a small company in it."""

    service: Service
    base_url: str
    company: Mapping[str, str]

    def client(self, **headers: str) -> httpx.Client:
        """A client without a session."""
        return httpx.Client(base_url=self.base_url, headers=headers, trust_env=False, timeout=20)

    def sign_in(self, login: str, password: str = PASSWORD) -> httpx.Client:
        """A desk: session cookie, and the CSRF token in every request."""
        client = self.client()
        answer = client.post("/v1/desk/login", json={"login": login, "password": password})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client

    def account(self, login: str, *roles: str) -> None:
        """Add an account with the tests' password."""
        if not _hash:
            _hash.append(password_hash(PASSWORD))
        self.service.accounts.put(
            Account(id=f"u-{login}", login=login, display_name=login, roles=roles, password_hash=_hash[0])
        )


@contextmanager
def live_server(
    database_url: str, folder: Path, patience: Patience = PATIENCE, **mobile: Any
) -> Iterator[Live]:
    """Serve until the end of the block, over the product's own HTTP. `mobile` are settings of the phones' routes."""
    port = free_port()
    base_url = f"http://{LOOPBACK}:{port}"
    settings = read_settings(
        {
            "DOORSTEP_DATABASE_URL": database_url,
            "DOORSTEP_BLOB_STORE_URL": f"file:{folder / 'blobs'}",
            "DOORSTEP_BASE_URL": base_url,
            "DOORSTEP_SECRET": SECRET,
            "DOORSTEP_METRICS_TOKEN": METRICS_TOKEN,
        }
    )
    service = open_service(settings, migrate=True)
    service = replace(service, mobile_settings=replace(service.mobile_settings, **mobile))
    config = http_config(application(service), patience)
    config.host, config.port = LOOPBACK, port
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    _wait(server)
    live = Live(service, base_url, fill(service.engine))
    for role in ("intake", "dispatcher", "expert", "storekeeper", "supervisor", "auditor", "admin"):
        live.account(role, role)
    live.account("technician", "technician")
    try:
        yield live
    finally:
        service.changes.close()
        server.should_exit = True
        thread.join(START_SECONDS)
        service.close()


def _wait(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)


def etag(answer: httpx.Response) -> dict[str, str]:
    """The header that carries the answer's version as the next write's base."""
    return {"If-Match": answer.headers["etag"]}


Json = dict[str, Any]
