"""A company over real HTTP: uvicorn in a thread on the loopback address, and phones with keys of their own."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from threading import RLock
from typing import Any

import uvicorn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from litestar import Litestar

from mobile_api.app_routes import MobilePorts, mobile_routes, phone_credentials
from mobile_api.clock import instant
from mobile_api.credentials import Credentials
from mobile_api.derived_key import to_base64url
from mobile_api.device_key import jwk_of
from mobile_api.device_signature import signed_bytes
from mobile_api.enrolment_code import code_digest
from mobile_api.problem_handlers import problem_handlers
from mobile_api.request_id import with_request_ids
from mobile_api.settings import MobileSettings
from sync.engine import Draft, Engine
from sync.memory import MemoryStore
from sync.store import Receipt
from tests.mobile_api.memory_ports import (
    MemoryCount,
    MemoryDevices,
    MemoryEnrolments,
    MemoryQuarantine,
    MemorySnapshots,
)
from tests.sync.toy import DESK, EPOCH, ToyRules, raw

SECRET = "a secret of at least thirty-two characters"
STARTED_AT = 1_800_000_000.0


class HandClock:
    """Time that moves when told to."""

    def __init__(self) -> None:
        self.seconds = STARTED_AT

    def __call__(self) -> float:
        return self.seconds

    def pass_seconds(self, seconds: float) -> None:
        self.seconds += seconds


class Company:
    """Engine, storage and routes of one toy company."""

    def __init__(self, **settings: Any) -> None:
        self.clock = HandClock()
        self.store = MemoryStore(EPOCH, RLock())
        numbers = count(1)
        self.engine = Engine(
            self.store,
            ToyRules(),
            epoch=EPOCH,
            now=lambda: instant(self.clock()),
            salt=lambda: next(numbers).to_bytes(16, "big"),
        )
        self.devices = MemoryDevices(self.store)
        self.enrolments = MemoryEnrolments(self.store)
        self.quarantine = MemoryQuarantine()
        self.snapshots = MemorySnapshots()
        self.settings = MobileSettings(secret=SECRET, **settings)
        self._codes = count(1)
        self._drafts = count(1)
        self.ports = MobilePorts(
            engine=self.engine,
            enrolments=self.enrolments,
            devices=self.devices,
            quarantine=self.quarantine,
            snapshots=self.snapshots,
            count_manifest=MemoryCount(self.store),
            new_id=lambda: f"device-{next(numbers)}",
            clock=self.clock,
            random_bytes=lambda size: next(numbers).to_bytes(size, "big"),
        )
        self.credentials: Credentials = phone_credentials(self.ports, self.settings)
        self.port = 0

    def app(self) -> Any:
        """The application, with an id on every request."""
        routes = mobile_routes(self.ports, self.credentials, self.settings)
        app = Litestar(list(routes), exception_handlers=problem_handlers(), openapi_config=None)
        ids = count(1)
        return with_request_ids(app, lambda: f"request-{next(ids)}")

    def code(self, user: str = "alice", minutes: float = 60) -> str:
        """A fresh one-time code for a technician."""
        code = f"{next(self._codes):010d}"
        expires_at = instant(self.clock() + minutes * 60)
        self.enrolments.issue(code_digest(code, SECRET), user, ("technician",), expires_at)
        return code

    def job(self, name: str = "j1", assignee: str = "alice", **fields: Any) -> None:
        """The desk opens a job for a technician."""
        draft = {"entity": "job", "record": name, "aggregate": f"job/{name}", "action": "create"}
        self._desk(set={"number": name, "assignee": assignee, **fields}, **draft)

    def change(self, name: str = "j1", base: int = 1, **fields: Any) -> None:
        """The desk changes a job."""
        self._desk(entity="job", record=name, aggregate=f"job/{name}", base_ver=base, set=fields)

    def ledger(self, device: str) -> list[Receipt]:
        """Every operation that was taken from a device."""
        with self.store.snapshot() as snapshot:
            return snapshot.ledger(device, 0, 1000)

    def phone(self, user: str = "alice") -> Phone:
        """An enrolled phone."""
        phone = Phone(self.port)
        status, reply = phone.enrol(self.code(user))
        assert status == 201, reply
        return phone

    def _desk(self, **draft: Any) -> None:
        self.engine.write(DESK, [Draft(id=f"draft-{next(self._drafts)}", **draft)])


class Answer:
    """What came back."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.raw = response.read()

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        """The problem's code; empty when there is none."""
        is_problem = self.headers.get("content-type", "").startswith("application/problem+json")
        return str(self.json["code"]) if is_problem else ""


class Phone:
    """A client with a key: deliberately plain, nothing is retried or hidden."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.device = self.token = self.nonce = ""
        self._seq = count(1)

    def enrol(self, code: str, **changed: Any) -> tuple[int, Any]:
        body = {
            "code": code,
            "public_key": jwk_of(self.key.public_key()),
            "name": "phone",
            "platform": "test",
        }
        answer = self.post("/v1/enrol", json.dumps({**body, **changed}).encode())
        if answer.status == 201:
            self.device, self.token, self.nonce = (answer.json[name] for name in ("device", "token", "nonce"))
        return answer.status, answer.json

    def operation(self, set: dict[str, Any] | None = None, **more: Any) -> bytes:
        """The next operation."""
        return raw(self.device, next(self._seq), set or {"tags": {"add": ["seen"]}}, base=1, **more)

    def by_token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def signature(self, body: bytes, nonce: str | None = None, device: str | None = None) -> dict[str, str]:
        nonce = self.nonce if nonce is None else nonce
        der = self.key.sign(signed_bytes(body, nonce), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(der)
        return {
            "Doorstep-Device": device or self.device,
            "Doorstep-Nonce": nonce,
            "Doorstep-Signature": to_base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big")),
        }

    def sync(
        self, *operations: bytes, headers: dict[str, str] | None = None, signed: bool = False, **more: Any
    ) -> Answer:
        """One exchange; pulls everything unless told otherwise."""
        body = sync_body(*operations, **more)
        if headers is None:
            headers = self.signature(body) if signed else self.by_token()
        return self.post("/v1/sync", body, headers)

    def post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> Answer:
        return self.request("POST", path, body, headers)

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        return self.request("GET", path, None, {**self.by_token(), **(headers or {})})

    def request(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            sent = {"Content-Type": "application/json"} if body is not None else {}
            # A server that refuses early stops reading: what it said is there all the same.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, body, {**sent, **(headers or {})})
            return Answer(connection.getresponse())
        finally:
            connection.close()


def sync_body(*operations: bytes, **more: Any) -> bytes:
    """The bytes of an exchange, operations as they are."""
    request = {"protocol": 1, "schema": 2, "epoch": EPOCH, "pull": {"manifest": {}}, **more}
    head = json.dumps(request).encode()
    return head[:-1] + b',"push":{"first":1,"ops":[' + b",".join(operations) + b"]}}"


@contextmanager
def serving(app: Any) -> Iterator[int]:
    """Serve the application in a thread; gives the port."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    started = threading.Event()
    _tell_when_started(server, started.set)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(20), "the server did not start"
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)


def _tell_when_started(server: uvicorn.Server, tell: Callable[[], None]) -> None:
    startup = server.startup

    async def startup_and_tell(sockets: Any = None) -> None:
        await startup(sockets)
        tell()

    server.startup = startup_and_tell  # type: ignore[method-assign]
