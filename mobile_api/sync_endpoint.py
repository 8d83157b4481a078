"""`POST /v1/sync`: push and pull in one round trip (openapi/sync-protocol.md, section 3).

An ASGI handler of its own, because most calls are polls that find nothing new and must cost next to nothing: they
verify a remembered token, read one row, and answer from what was said last time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import anyio
import msgspec
from anyio import CapacityLimiter
from litestar.handlers import ASGIRouteHandler, asgi
from litestar.types import Receive, Scope, Send

from mobile_api.authentication import poll_row
from mobile_api.clock import Clock, instant
from mobile_api.credentials import Credentials, Signed
from mobile_api.deposit import Deposit
from mobile_api.nonces import Nonce
from mobile_api.ports import Devices, PollRow
from mobile_api.presence import Presence
from mobile_api.problem import MethodNotAllowed, Unauthorized, wrong
from mobile_api.problems import FieldInvalid, ServerUnavailable
from mobile_api.reply import Body, packed, send_json
from mobile_api.request_body import ClientVanished, Headers, json_body
from mobile_api.settings import MobileSettings
from mobile_api.stall import StallGuard
from mobile_api.sync_request import read_sync_request
from mobile_api.tokens import Bearer
from mobile_api.unchanged import Unchanged
from sync.engine import Engine
from sync.incoming import Illegible
from sync.push import RevokedDevice, UnknownDevice
from sync.store import StoreUnavailable
from sync.wire import PROTOCOL, SyncRequest

_IN_PLACE_BYTES = 64 * 1024
"""Smaller bodies are parsed at once: a thread would cost more."""


@dataclass(frozen=True, slots=True)
class _Phone:
    """A phone in good standing, in one exchange."""

    device: str
    user: str
    nonce: Nonce | None = None
    """The nonce that it signed; None when it came with a token."""


class SyncEndpoint:
    """Everything that one exchange needs; called once per request."""

    def __init__(
        self,
        engine: Engine,
        devices: Devices,
        deposit: Deposit,
        credentials: Credentials,
        settings: MobileSettings,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._devices = devices
        self._deposit = deposit
        self._credentials = credentials
        self._settings = settings
        self._clock = clock
        self._unchanged = Unchanged()
        self._presence = Presence(devices, clock, settings.heard_every_seconds)
        self._stalls = StallGuard(settings.body_stall_seconds, settings.body_pace)
        self._threads = CapacityLimiter(settings.engine_threads)
        head = {"protocol": PROTOCOL, "epoch": engine.epoch, "schema": engine.rules.schema.version}
        self._unchanged_head = msgspec.json.encode(head)[:-1] + b',"server_time":"'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = await self.answer(scope, receive)
        if answer is not None:
            await send_json(send, *answer)

    async def answer(self, scope: Any, receive: Receive) -> Body | None:
        """A success's body; None when the client vanished. Raises Problem."""
        headers: Headers = dict(scope["headers"])
        try:
            return await self._answered(scope, headers, receive)
        except ClientVanished:
            return None
        except StoreUnavailable:
            retry = {"Retry-After": str(self._settings.retry_after_seconds)}
            raise ServerUnavailable(retry) from None

    async def _answered(self, scope: Any, headers: Headers, receive: Receive) -> Body:
        if scope["method"] != "POST":
            raise MethodNotAllowed({"Allow": "POST"})
        bearer = self._credentials.bearer(headers)
        body = await json_body(headers, receive, self._settings.max_sync_body_bytes, self._stalls)
        if bearer is not None:
            return await self._for_token(bearer, body, headers)
        signed = await self._in_thread(self._credentials.signed, headers, body)
        return await self._for_signature(signed, body, headers)

    async def _for_token(self, bearer: Bearer, body: bytes, headers: Headers) -> Body:
        device = bearer.device
        row = await poll_row(self._devices, device)
        if row is None or row.revoked:
            return await self._in_thread(self._quarantined, device, await self._read(body))
        if row.user != bearer.user:
            raise Unauthorized({"WWW-Authenticate": "Bearer"})
        digest = self._unchanged.asked_again(device, row, body)
        if digest and not self._presence.is_due(device, None):
            return (self._nothing_new(digest),), b""
        self._unchanged.forget_question(device)
        request = await self._read(body)
        digest = self._up_to_date(device, row, request)
        if not digest:
            return await self._in_thread(self._exchanged, _Phone(device, row.user), request, headers)
        if self._presence.is_due(device, request.outbox):
            await self._in_thread(self._presence.note, device, request.outbox)
        self._unchanged.remember_question(device, row, body, digest)
        return (self._nothing_new(digest),), b""

    async def _for_signature(self, signed: Signed, body: bytes, headers: Headers) -> Body:
        self._unchanged.forget_question(signed.device)
        request = await self._read(body)
        if signed.known is None or signed.known.revoked:
            return await self._in_thread(self._quarantined, signed.device, request)
        phone = _Phone(signed.device, signed.known.user, signed.nonce)
        return await self._in_thread(self._exchanged, phone, request, headers)

    async def _read(self, body: bytes) -> SyncRequest:
        if len(body) > _IN_PLACE_BYTES:
            request: SyncRequest = await self._in_thread(read_sync_request, body)
            return request
        return read_sync_request(body)

    def _up_to_date(self, device: str, row: PollRow, request: SyncRequest) -> str:
        """The digest of a poll that is known to find nothing new; empty when the engine must look."""
        digest = _only_a_poll(request)
        known = request.epoch == self._engine.epoch and self._unchanged.is_current(device, row, digest)
        return digest if known else ""

    async def _in_thread(self, work: Any, *arguments: Any) -> Any:
        return await anyio.to_thread.run_sync(work, *arguments, limiter=self._threads)

    def _nothing_new(self, digest: str) -> bytes:
        now = instant(self._clock()).encode()
        return b'%s%s","pull":{"unchanged":true,"digest":"%s"}}' % (
            self._unchanged_head,
            now,
            digest.encode(),
        )

    def _exchanged(self, phone: _Phone, request: SyncRequest, headers: Headers) -> Body:
        """The exchange itself, in a thread."""
        nonce = token = ""
        if phone.nonce is not None:
            nonce = self._credentials.next_nonce(phone.device, phone.nonce)
            token = self._credentials.tokens.issue(phone.device, phone.user)
        try:
            answer = self._engine.exchange(phone.device, phone.user, request, nonce=nonce, token=token)
        except (RevokedDevice, UnknownDevice):
            return self._quarantined(phone.device, request)
        except Illegible as illegible:
            raise FieldInvalid(
                **wrong("needed_or", f"push.ops[{illegible.place}].seq", "push.first")
            ) from None
        # Whoever is given news hears of it: desks tell so at once.
        given = request.pull is not None and request.pull.manifest is not None
        if phone.nonce or given or self._presence.is_due(phone.device, request.outbox):
            self._presence.note(phone.device, request.outbox, phone.nonce)
        # Revoked while it was being served: the answer is made, and must not leave.
        row = self._devices.poll_row(phone.device)
        if row is None or row.revoked:
            return self._quarantined(phone.device, request)
        if answer.pulled is not None:
            self._unchanged.remember(phone.device, phone.user, answer.pulled.change, answer.pulled.digest)
        accepted = headers.get(b"accept-encoding", b"")
        return packed(answer.chunks, accepted, self._settings.compress_from_bytes)

    def _quarantined(self, device: str, request: SyncRequest) -> Body:
        if self._presence.is_due(device, request.outbox):
            self._presence.note(device, request.outbox)
        return (self._deposit(device, request.push),), b""


def _only_a_poll(request: SyncRequest) -> str:
    """The manifest digest of a phone that sends nothing and asks for nothing but news; else empty."""
    pull, push = request.pull, request.push
    if pull is None or pull.manifest is not None or push.ops or push.parked or push.parked_ids:
        return ""
    return pull.digest or ""


def sync_route(endpoint: SyncEndpoint) -> ASGIRouteHandler:
    """The route; `/v1` stands before it."""

    @asgi("/sync", name="sync", copy_scope=False)
    async def sync(scope: Scope, receive: Receive, send: Send) -> None:
        """Push and pull in one round trip."""
        await endpoint(scope, receive, send)

    return sync
