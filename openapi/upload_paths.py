"""Headers of the upload routes, which read and write them themselves (tus 1.0.0, sync-protocol.md, section 14)."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_INTEGER: Json = {"type": "integer", "minimum": 0}
_TEXT: Json = {"type": "string"}
_BYTES: Json = {
    "required": True,
    "content": {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


def _header(name: str, schema: Json, description: str, *, required: bool = False) -> Json:
    return {
        "in": "header",
        "name": name,
        "required": required,
        "schema": schema,
        "description": description,
    }


_VERSION = _header("Tus-Resumable", {"const": "1.0.0"}, "Version of tus.", required=True)
_LENGTH = _header("Upload-Length", _INTEGER, "Size of the whole file in bytes; here or in a later PATCH.")
_CHECKSUM = _header("Upload-Checksum", _TEXT, "`sha1` or `sha256`, a space, base64 of the body's digest.")

_PARAMETERS: dict[tuple[str, str], list[Json]] = {
    ("/v1/uploads", "post"): [
        _VERSION,
        _header(
            "Upload-Metadata",
            _TEXT,
            "Pairs `key base64`, separated by commas: `media`, `sha256` and `kind` (poster, proxy or original) are "
            "needed; `filename` and `filetype` may be given. A partial upload needs none.",
        ),
        {
            **_LENGTH,
            "description": "Size of the whole file in bytes; this or Upload-Defer-Length; not of a final upload.",
        },
        _header(
            "Upload-Concat",
            _TEXT,
            "`partial`, or `final;` and the addresses of the partial uploads in order, separated by spaces. A final "
            "upload has no body.",
        ),
        _header("Upload-Defer-Length", {"const": 1}, "The size comes with a later PATCH."),
        _CHECKSUM,
    ],
    ("/v1/uploads/{upload_id}", "head"): [_VERSION],
    ("/v1/uploads/{upload_id}", "delete"): [_VERSION],
    ("/v1/uploads/{upload_id}", "patch"): [
        _VERSION,
        _header("Upload-Offset", _INTEGER, "Where these bytes begin: what the server has.", required=True),
        _LENGTH,
        _CHECKSUM,
    ],
}

_OFFSET: Json = {"description": "How many bytes are durable.", "schema": _INTEGER}
_EXPIRES: Json = {"description": "Until when it waits for more, as an HTTP date.", "schema": _TEXT}
_ANSWERED: dict[tuple[str, str], tuple[str, Json]] = {
    ("/v1/uploads", "post"): (
        "201",
        {
            "Location": {"description": "Address of the upload.", "schema": _TEXT},
            "Upload-Offset": _OFFSET,
            "Upload-Expires": _EXPIRES,
        },
    ),
    ("/v1/uploads/{upload_id}", "head"): (
        "200",
        {
            "Upload-Offset": {
                **_OFFSET,
                "description": "How many bytes are durable; absent while parts are joined.",
            },
            "Upload-Expires": _EXPIRES,
            "Upload-Concat": {
                "description": "Of partial and final uploads, as it was sent.",
                "schema": _TEXT,
            },
            "Upload-Length": {"description": "Absent while it is deferred.", "schema": _INTEGER},
            "Upload-Defer-Length": {"description": "1 while the size is not known.", "schema": {"const": 1}},
            "Upload-Metadata": {"description": "As it was sent.", "schema": _TEXT},
        },
    ),
    ("/v1/uploads/{upload_id}", "patch"): ("204", {"Upload-Offset": _OFFSET, "Upload-Expires": _EXPIRES}),
}


def describe_uploads(paths: Json) -> None:
    """Add what these routes take and answer; none of their good answers has a body."""
    for (path, method), parameters in _PARAMETERS.items():
        operation = paths[path][method]
        operation.setdefault("parameters", []).extend(parameters)
        for response in operation["responses"].values():
            response.pop("content", None)
        if (path, method) in _ANSWERED:
            status, headers = _ANSWERED[path, method]
            operation["responses"][status]["headers"] = headers
    paths["/v1/uploads"]["post"]["requestBody"] = {**_BYTES, "required": False}
    paths["/v1/uploads/{upload_id}"]["patch"]["requestBody"] = _BYTES
