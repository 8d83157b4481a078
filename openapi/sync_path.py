"""`POST /v1/sync` as OpenAPI describes it: the route is bare ASGI, which no framework can read."""

from __future__ import annotations

from typing import Any

_ENCODING = {"in": "header", "name": "Content-Encoding", "schema": {"enum": ["gzip", "zstd"]}}


def sync_path() -> dict[str, Any]:
    """The path item."""
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/SyncRequest"}}}
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/SyncReply"}}}
    return {
        "post": {
            "operationId": "sync",
            "tags": ["exchange"],
            "summary": "Push and pull in one round trip",
            "description": "The exchange of sync-protocol.md, section 3. Authenticated by a token, or by the device "
            "key's signature over `sha256(body) || nonce`. What is wrong inside an operation is a result.",
            "parameters": [_ENCODING],
            "requestBody": {"required": True, "content": body},
            "responses": {
                "200": {"description": "What became of the push, and what changed", "content": answer}
            },
        }
    }
