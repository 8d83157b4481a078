"""The server as phones reach it: the real endpoints, run to their end in the caller's thread, without a socket."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Coroutine, Mapping
from typing import Any, TypeVar

import msgspec

from doorstep_client.transport import Answer
from media.gate import Principal
from mobile_api.app_routes import MobilePorts, phone_credentials
from mobile_api.attempt_limit import AttemptLimits, Window
from mobile_api.clock import instant
from mobile_api.deposit import Deposit
from mobile_api.enrolment import Enrolment, EnrolRequest
from mobile_api.enrolment_code import code_digest
from mobile_api.problem import Problem, Unauthorized
from mobile_api.problems import DeviceRevoked, DeviceUnknown, ServerUnavailable
from mobile_api.settings import MobileSettings
from mobile_api.sync_endpoint import SyncEndpoint
from mobile_api.token_endpoint import TokenRenewal
from sim.backend import Backend
from sync.engine import Engine
from sync.store import StoreUnavailable

T = TypeVar("T")
SETTINGS = MobileSettings(secret="simulated", code_failures_in_all=10**9, code_failures_per_address=10**9)


class _Patient:
    """In place of the guard against silence: whatever is asked for here is there already."""

    async def wait(self, message: Awaitable[T]) -> T:
        return await message


class _Endpoint(SyncEndpoint):
    """The exchange, in one thread."""

    async def _in_thread(self, work: Any, *arguments: Any) -> Any:
        return work(*arguments)

    def take(self, headers: Mapping[bytes, bytes], body: bytes) -> bytes:
        """Take one request to its end."""
        self._stalls = _Patient()  # type: ignore[assignment]

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        scope = {"method": "POST", "headers": list(headers.items())}
        answered = run_to_its_end(self.answer(scope, receive))
        assert answered is not None
        return b"".join(answered[0])


def run_to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Run what never has to wait."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("the endpoint waits for something that the simulator does not give")


class Front:
    """One server process. A restart, a deploy or a restore makes another."""

    def __init__(self, backend: Backend, engine: Engine, clock: Any, ids: Any, random_bytes: Any) -> None:
        self.engine = engine
        ports = MobilePorts(
            engine=engine,
            enrolments=backend.enrolments,
            devices=backend.devices,
            quarantine=backend.quarantine,
            snapshots=None,  # type: ignore[arg-type]  # no first loads here
            count_manifest=None,  # type: ignore[arg-type]
            new_id=ids,
            clock=clock,
            random_bytes=random_bytes,
        )
        self._clock = clock
        self._devices = backend.devices
        self.credentials = phone_credentials(ports, SETTINGS)
        deposit = Deposit(backend.quarantine, SETTINGS.quarantine_bytes_per_device, clock, engine.epoch)
        self._sync = _Endpoint(engine, backend.devices, deposit, self.credentials, SETTINGS, clock)
        self._renewal = TokenRenewal(self.credentials, backend.devices, clock)
        attempts = AttemptLimits(ports.failed_attempts, clock)
        free = Window("any", 10**9, 0)
        self._enrolment = Enrolment(
            backend.enrolments, self.credentials, engine, attempts, free, free, SETTINGS.secret, clock, ids
        )
        self._schema = engine.rules.schema.to_json()

    def answer(self, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request, complete as it came. Never raises for what a client sends."""
        raw = {name.lower().encode(): value.encode() for name, value in headers.items()}
        try:
            return Answer(200, {}, self._answered(address, raw, body))
        except Problem as problem:
            return told(problem)
        except StoreUnavailable:
            return told(ServerUnavailable())

    def _answered(self, address: str, headers: dict[bytes, bytes], body: bytes) -> bytes:
        if address == "/v1/sync":
            if headers.pop(b"content-encoding", b"") == b"gzip":
                body = gzip.decompress(body)
            return self._sync.take(headers, body)
        if address == "/v1/enrol":
            asked = msgspec.json.decode(body, type=EnrolRequest)
            return msgspec.json.encode(self._enrolment.enrol(asked, "phone"))
        if address == "/v1/token":
            return msgspec.json.encode(self._renewal.renew(headers, body))
        assert address == "/v1/schema", address
        return self._schema

    def sender(self, headers: Mapping[str, str]) -> Principal | Answer:
        """Whose upload a request is about, or the refusal; see `mobile_api.authentication`."""
        try:
            bearer = self.credentials.bearer(
                {name.lower().encode(): text.encode() for name, text in headers.items()}
            )
            if bearer is None:
                raise Unauthorized()
            row = self._devices.poll_row(bearer.device)
            if row is None:
                raise DeviceUnknown()
            if row.revoked:
                raise DeviceRevoked()
            return Principal(bearer.device, row.user)
        except Problem as problem:
            return told(problem)

    def device_of(self, headers: Mapping[str, str]) -> str:
        """Whom a request's credentials name, good or not."""
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        bearer = self.credentials.tokens.read(token.encode()) if token else None
        return bearer.device if bearer else headers.get("Doorstep-Device", "")

    def now(self) -> str:
        """The server's time, as an instant."""
        return instant(self._clock())


def issue_code(backend: Backend, code: str, user: str, roles: tuple[str, ...], now: float) -> None:
    """What the desk does before a phone can enrol."""
    digest = code_digest(code, SETTINGS.secret)
    backend.issue(digest, user, roles, instant(now), instant(now + 7 * 86_400))


def told(problem: Problem) -> Answer:
    """A refusal, as it goes over the wire."""
    return Answer(
        problem.status,
        {name.lower(): value for name, value in problem.headers.items()},
        msgspec.json.encode(problem.document("en")),
    )
