"""`POST /v1/token`: a fresh access token for whoever holds the device key."""

from __future__ import annotations

from typing import Any

import anyio
import msgspec
from litestar import Request, post
from litestar.handlers import HTTPRouteHandler

from mobile_api.clock import Clock, instant
from mobile_api.credentials import Credentials
from mobile_api.ports import Devices, Heard
from mobile_api.problems import DeviceRevoked, DeviceUnknown
from mobile_api.request_body import Headers, json_body
from mobile_api.stall import StallGuard

_MOST_BYTES = 1024
_STALL_SECONDS = 15.0


class TokenReply(msgspec.Struct, kw_only=True):
    """What the next quarter of an hour is proven with."""

    token: str
    token_expires_in: int
    """Seconds."""
    nonce: str
    server_time: str


class TokenRenewal:
    """Answers a signed request with a token."""

    def __init__(self, credentials: Credentials, devices: Devices, clock: Clock) -> None:
        self._credentials = credentials
        self._devices = devices
        self._clock = clock

    def renew(self, headers: Headers, body: bytes) -> TokenReply:
        """Repeating is safe: a reply that was lost is simply asked for again, with the same nonce. May block.

        Raises what `Credentials.signed` raises, and DeviceRevoked.
        """
        signed = self._credentials.signed(headers, body)
        if signed.known is None:
            raise DeviceUnknown()
        if signed.known.revoked:
            raise DeviceRevoked()
        now = instant(self._clock())
        self._devices.heard(signed.device, Heard(at=now, nonce_ms=signed.nonce.issued_ms))
        tokens = self._credentials.tokens
        return TokenReply(
            token=tokens.issue(signed.device, signed.known.user),
            token_expires_in=tokens.lifetime_seconds,
            nonce=self._credentials.next_nonce(signed.device, signed.nonce),
            server_time=now,
        )


def token_route(renewal: TokenRenewal) -> HTTPRouteHandler:
    """The route; `/v1` stands before it."""
    stalls = StallGuard(_STALL_SECONDS)

    @post("/token", name="token", status_code=200, tags=["devices"])
    async def token(request: Request[Any, Any, Any]) -> TokenReply:
        """Renew the access token: sign the body (empty is fine) and the last nonce with the device key."""
        headers = dict(request.scope["headers"])
        body = await json_body(headers, request.receive, _MOST_BYTES, stalls)
        return await anyio.to_thread.run_sync(renewal.renew, headers, body)

    return token
