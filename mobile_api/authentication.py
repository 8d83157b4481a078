"""Who sends a request that carries an access token: one row is read, so a revocation holds at once."""

from __future__ import annotations

from typing import Any

import anyio
from litestar.connection import ASGIConnection

from media.gate import Principal
from mobile_api.credentials import Credentials
from mobile_api.ports import Devices, PollRow
from mobile_api.problem import Unauthorized
from mobile_api.problems import DeviceRevoked, DeviceUnknown


class Authentication:
    """`mobile_api.uploads.ports.Authenticate`, and the same for every other route of phones but the exchange."""

    def __init__(self, credentials: Credentials, devices: Devices) -> None:
        self._credentials = credentials
        self._devices = devices

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any]) -> Principal:
        """Raises Unauthorized, AccessTokenExpired, DeviceUnknown, DeviceRevoked. The body is not touched."""
        bearer = self._credentials.bearer(dict(connection.scope["headers"]))
        if bearer is None:
            raise Unauthorized({"WWW-Authenticate": "Bearer"})
        row = await poll_row(self._devices, bearer.device)
        if row is None:
            raise DeviceUnknown()
        if row.revoked:
            raise DeviceRevoked()
        if row.user != bearer.user:
            raise Unauthorized({"WWW-Authenticate": "Bearer"})
        return Principal(bearer.device, row.user)


async def poll_row(devices: Devices, device: str) -> PollRow | None:
    """The device's one row, read without a thread where that is quicker."""
    if devices.answers_at_once:
        return devices.poll_row(device)
    return await anyio.to_thread.run_sync(devices.poll_row, device)
