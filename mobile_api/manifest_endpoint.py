"""`GET /v1/manifest`: is the phone ready for no signal? It compares these counts with what it holds."""

from __future__ import annotations

from typing import Any

import anyio
import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from mobile_api.authentication import Authentication
from mobile_api.clock import Clock, instant
from mobile_api.credentials import Credentials
from mobile_api.ports import AggregateCount, CountManifest
from mobile_api.settings import MobileSettings
from sync.engine import Engine

_DAY_SECONDS = 86_400


class Credential(msgspec.Struct, kw_only=True):
    """How long the phone can prove itself, counted from now."""

    device: str
    nonce: str
    """A fresh one, for the signature on the day that the signal returns."""
    nonce_expires_at: str
    token_expires_in: int
    """Seconds that a token lives; none is needed while a nonce is good."""


class Manifest(msgspec.Struct, kw_only=True):
    """What a phone must hold, counted. Red when it holds less."""

    epoch: str
    schema: int
    server_time: str
    expected: dict[str, int]
    """Kind of thing → how many."""
    aggregates: list[AggregateCount]
    credential: Credential


def manifest_route(
    count: CountManifest,
    authentication: Authentication,
    credentials: Credentials,
    engine: Engine,
    settings: MobileSettings,
    clock: Clock,
) -> HTTPRouteHandler:
    """The route; `/v1` stands before it."""

    @get("/manifest", name="manifest", tags=["exchange"])
    async def manifest(request: Request[Any, Any, Any]) -> Response[Manifest]:
        """Expected counts per kind and per aggregate, and until when the phone can prove itself."""
        principal = await authentication(request)
        counted = await anyio.to_thread.run_sync(count, principal.user_id)
        now = clock()
        return Response(
            Manifest(
                epoch=engine.epoch,
                schema=engine.rules.schema.version,
                server_time=instant(now),
                expected=counted.expected,
                aggregates=counted.aggregates,
                credential=Credential(
                    device=principal.device_id,
                    nonce=credentials.next_nonce(principal.device_id),
                    nonce_expires_at=instant(now + settings.nonce_days * _DAY_SECONDS),
                    token_expires_in=settings.access_token_seconds,
                ),
            ),
            headers={"Cache-Control": "no-store"},
        )

    return manifest
