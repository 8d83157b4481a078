"""All routes of phones but the uploads, wired for `server.bootstrap`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar import Request, Response, Router
from litestar.types import ControllerRouterHandler

from mobile_api.attempt_limit import AttemptLimits, Window
from mobile_api.authentication import Authentication
from mobile_api.clock import Clock
from mobile_api.credentials import Credentials
from mobile_api.deposit import Deposit
from mobile_api.enrolment import Enrolment, enrol_route
from mobile_api.failed_attempts import FailedAttempts, MemoryFailedAttempts
from mobile_api.manifest_endpoint import manifest_route
from mobile_api.nonces import Nonces, RandomBytes
from mobile_api.ports import CountManifest, Devices, Enrolments, Quarantine, Snapshots
from mobile_api.problem import problem_response
from mobile_api.problem_handlers import problem_handlers
from mobile_api.problems import ServerUnavailable
from mobile_api.schema_endpoint import schema_route
from mobile_api.settings import MobileSettings
from mobile_api.snapshots_endpoint import snapshots_route
from mobile_api.sync_endpoint import SyncEndpoint, sync_route
from mobile_api.token_endpoint import TokenRenewal, token_route
from mobile_api.tokens import AccessTokens
from sync.engine import Engine
from sync.store import StoreUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class MobilePorts:
    """What the routes are given from outside."""

    engine: Engine
    enrolments: Enrolments
    devices: Devices
    quarantine: Quarantine
    snapshots: Snapshots
    count_manifest: CountManifest
    new_id: Callable[[], str]
    """Gives a UUIDv7 at each call."""
    failed_attempts: FailedAttempts = field(default_factory=MemoryFailedAttempts)
    """Of one process unless another is given."""
    clock: Clock = time.time
    random_bytes: RandomBytes = os.urandom


def phone_credentials(ports: MobilePorts, settings: MobileSettings) -> Credentials:
    """Tokens and nonces under the server's secret. One object for all routes, the uploads' included."""
    return Credentials(
        AccessTokens(settings.secret, settings.access_token_seconds, ports.clock),
        Nonces(settings.secret, settings.nonce_days, ports.clock, ports.random_bytes),
        ports.devices,
    )


def sync_endpoint(ports: MobilePorts, credentials: Credentials, settings: MobileSettings) -> SyncEndpoint:
    """The exchange, for `mobile_routes` and for `mobile_api.front`: one object, because it remembers polls."""
    deposit = Deposit(ports.quarantine, settings.quarantine_bytes_per_device, ports.clock, ports.engine.epoch)
    return SyncEndpoint(ports.engine, ports.devices, deposit, credentials, settings, ports.clock)


def mobile_routes(
    ports: MobilePorts,
    credentials: Credentials,
    settings: MobileSettings,
    endpoint: SyncEndpoint | None = None,
) -> Sequence[ControllerRouterHandler]:
    """Enrolment, token, exchange, schema, manifest and snapshots under `/v1`.

    The application adds `mobile_api.problem_handlers` for what no route sees (404, 405).
    """
    clock = ports.clock
    authentication = Authentication(credentials, ports.devices)
    seconds = settings.code_failure_window_seconds
    enrolment = Enrolment(
        ports.enrolments,
        credentials,
        ports.engine,
        AttemptLimits(ports.failed_attempts, clock),
        Window("code sender", settings.code_failures_per_address, seconds),
        Window("code all", settings.code_failures_in_all, seconds),
        settings.secret,
        clock,
        ports.new_id,
    )

    def unavailable(request: Request[Any, Any, Any], _: StoreUnavailable) -> Response[bytes]:
        problem = ServerUnavailable({"Retry-After": str(settings.retry_after_seconds)})
        return problem_response(problem, request.headers.get("Accept-Language", ""))

    return [
        Router(
            "/v1",
            route_handlers=[
                enrol_route(enrolment),
                token_route(TokenRenewal(credentials, ports.devices, clock)),
                sync_route(endpoint or sync_endpoint(ports, credentials, settings)),
                schema_route(ports.engine.rules.schema),
                manifest_route(
                    ports.count_manifest, authentication, credentials, ports.engine, settings, clock
                ),
                snapshots_route(ports.snapshots, authentication),
            ],
            exception_handlers={**problem_handlers(), StoreUnavailable: unavailable},
        )
    ]
