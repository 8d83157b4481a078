"""`GET /v1/schema`: what exists, as the declaration that server and phones share. Holds nobody's data."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from mobile_api.conditional import matches
from sync.canonical import sha256_hex
from sync.schema import Schema


def schema_route(schema: Schema) -> HTTPRouteHandler:
    """The route; `/v1` stands before it."""
    body = schema.to_json()
    headers = {"ETag": f'"{sha256_hex(body)}"', "Cache-Control": "no-cache"}

    @get("/schema", name="schema", media_type="application/json", tags=["exchange"])
    async def show(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The schema as canonical JSON; 304 when the client has it already."""
        if matches(request.headers.get("If-None-Match", ""), headers["ETag"]):
            return Response(b"", status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    return show
