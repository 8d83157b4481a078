"""What the uploads' routes are given from outside."""

from __future__ import annotations

from typing import Any, Protocol

from litestar.connection import ASGIConnection

from media.gate import Principal


class Authenticate(Protocol):
    """Tells from a request's headers who sends it. The body has not been read and must not be."""

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any]) -> Principal:
        """Raises `mobile_api.problem.Unauthorized`, or another Problem."""
        ...
