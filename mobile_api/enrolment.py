"""`POST /v1/enrol`: a one-time code and a fresh device key make a phone one of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import anyio
import msgspec
from litestar import Request, post
from litestar.handlers import HTTPRouteHandler

from mobile_api.attempt_limit import AttemptLimits, Counted, Rule, sender_of
from mobile_api.clock import Clock, instant
from mobile_api.credentials import Credentials
from mobile_api.device_key import PublicKeyInvalid, checked_public_key
from mobile_api.enrolment_code import code_digest
from mobile_api.json_request import decoded
from mobile_api.ports import CodeFault, CodeRefused, Enrolments, NewPhone
from mobile_api.problem import Problem
from mobile_api.problems import CodeAttemptsExhausted, CodeExpired, CodeUnknown, CodeUsed, PublicKeyRefused
from mobile_api.request_body import json_body
from mobile_api.stall import StallGuard
from sync.engine import Engine

_MOST_BYTES = 16 * 1024
_STALL_SECONDS = 15.0
_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"

Label = Annotated[str, msgspec.Meta(max_length=100, pattern=_PRINTABLE)]


class EnrolRequest(msgspec.Struct, kw_only=True):
    """What a phone sends once in its life."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    public_key: dict[str, Any]
    """JWK of an EC P-256 key."""
    name: Label = ""
    """How a dispatcher recognises the phone."""
    platform: Label = ""


class EnrolReply(msgspec.Struct, kw_only=True):
    """What the phone is from now on."""

    device: str
    user: str
    roles: tuple[str, ...]
    epoch: str
    schema: int
    token: str
    token_expires_in: int
    """Seconds."""
    nonce: str
    server_time: str


_decoder = msgspec.json.Decoder(EnrolRequest)
_FAULTS: dict[CodeFault, type[Problem]] = {"unknown": CodeUnknown, "used": CodeUsed, "expired": CodeExpired}


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Everything that enrolling needs."""

    enrolments: Enrolments
    credentials: Credentials
    engine: Engine
    attempts: AttemptLimits
    by_sender: Rule
    in_all: Rule
    secret: str
    clock: Clock
    new_id: Callable[[], str]

    def enrol(self, request: EnrolRequest, sender: str) -> EnrolReply:
        """Redeem the code for the key. May block.

        Raises PublicKeyRefused, CodeAttemptsExhausted, CodeUnknown, CodeUsed, CodeExpired.
        """
        try:
            public_key = checked_public_key(request.public_key)
        except PublicKeyInvalid as wrong:
            raise PublicKeyRefused(str(wrong)) from None
        counts = [Counted(self.by_sender, sender), Counted(self.in_all, "")]
        phone = NewPhone(
            device=self.new_id(), public_key=public_key, name=request.name, platform=request.platform
        )
        if wait_seconds := self.attempts.enter(counts):
            raise CodeAttemptsExhausted({"Retry-After": str(wait_seconds)}, wait_seconds=wait_seconds)
        now = instant(self.clock())
        try:
            enrolled = self.enrolments.redeem(code_digest(request.code, self.secret), phone, now)
        except CodeRefused as refused:
            raise _FAULTS[refused.fault]() from None
        self.attempts.forgive(counts)
        tokens = self.credentials.tokens
        return EnrolReply(
            device=enrolled.device,
            user=enrolled.user,
            roles=enrolled.roles,
            epoch=self.engine.epoch,
            schema=self.engine.rules.schema.version,
            token=tokens.issue(enrolled.device, enrolled.user),
            token_expires_in=tokens.lifetime_seconds,
            nonce=self.credentials.next_nonce(enrolled.device),
            server_time=now,
        )


def enrol_route(enrolment: Enrolment) -> HTTPRouteHandler:
    """The route; `/v1` stands before it."""
    stalls = StallGuard(_STALL_SECONDS)

    @post("/enrol", name="enrol", status_code=201, tags=["devices"])
    async def enrol(request: Request[Any, Any, Any]) -> EnrolReply:
        """Enrol this phone: the code is used up, the key is the phone's identity from then on."""
        headers = dict(request.scope["headers"])
        body = await json_body(headers, request.receive, _MOST_BYTES, stalls)
        asked = decoded(body, _decoder)
        sender = sender_of(request.client.host if request.client else "")
        return await anyio.to_thread.run_sync(enrolment.enrol, asked, sender)

    return enrol
