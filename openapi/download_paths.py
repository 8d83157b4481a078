"""What the routes answer that send stored bytes: the schema and first loads."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_ETAG: Json = {"ETag": {"description": "Names these bytes.", "schema": {"type": "string"}}}
_NOT_NEW: Json = {"description": "The client has it already (If-None-Match)", "headers": _ETAG}
_FIRST_LOAD: Json = {
    "type": "object",
    "properties": {"records": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}}},
    "required": ["records"],
}


def describe_downloads(paths: Json) -> None:
    """Say what the bytes are, and how part of them is asked for."""
    schema = paths["/v1/schema"]["get"]
    _answers(schema, {"$ref": "#/components/schemas/Schema"})
    schema.setdefault("parameters", []).append(_header("If-None-Match"))
    for method in ("get", "head"):
        first_load = paths["/v1/snapshots/{sha256}"][method]
        _answers(first_load, _FIRST_LOAD if method == "get" else None)
        first_load["parameters"] += [_header(name) for name in ("Range", "If-Range", "If-None-Match")]
        first_load["responses"]["206"] = {
            "description": "The part that Range names; its bytes are not JSON by themselves",
            "headers": {"Content-Range": {"schema": {"type": "string"}}, **_ETAG},
        }


def _answers(operation: Json, schema: Json | None) -> None:
    good = operation["responses"]["200"]
    good.pop("content", None)
    if schema is not None:
        good["content"] = {"application/json": {"schema": schema}}
    good["headers"] = _ETAG
    operation["responses"]["304"] = _NOT_NEW


def _header(name: str) -> Json:
    return {"in": "header", "name": name, "required": False, "schema": {"type": "string"}}
