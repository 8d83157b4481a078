"""`openapi.json` from the application as it runs: its routes, and what no framework can know about them."""

from __future__ import annotations

import json
import re
from typing import Any

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from openapi.desk_paths import describe_desk
from openapi.download_paths import describe_downloads
from openapi.errors import problems
from openapi.health_paths import describe_health
from openapi.sync_path import sync_path
from openapi.upload_paths import describe_uploads
from openapi.wire import json_schemas
from server.desk.session import COOKIE, CSRF_HEADER

Json = dict[str, Any]

_METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
_DEVICE: Json = {"deviceId": [], "deviceNonce": [], "deviceSignature": []}
_BEARER: Json = {"bearer": []}

_SECURITY: tuple[tuple[str, list[Json]], ...] = (
    (r"/v1/(enrol|schema|health|ready|openapi.*)|/v1/desk/login", []),
    (r"/metrics", [{"metricsToken": []}]),
    (r"/v1/token", [_DEVICE]),
    (r"/v1/sync", [_BEARER, _DEVICE]),
    (r"/v1/desk(/.*)?", [{"deskSession": [], "csrf": []}]),
    (r"/v1/.*", [_BEARER]),
)
"""Path → what opens it; the first that fits counts."""

_SECURITY_SCHEMES: Json = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A phone's access token (sync-protocol.md, 13).",
    },
    "metricsToken": {"type": "http", "scheme": "bearer", "description": "DOORSTEP_METRICS_TOKEN."},
    "deviceId": {"type": "apiKey", "in": "header", "name": "Doorstep-Device"},
    "deviceNonce": {"type": "apiKey", "in": "header", "name": "Doorstep-Nonce"},
    "deviceSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "Doorstep-Signature",
        "description": "ES256 over `sha256(body) || nonce`, base64url of r and s (sync-protocol.md, 3.4).",
    },
    "deskSession": {"type": "apiKey", "in": "cookie", "name": COOKIE},
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
    },
}

_PROBLEM: Json = {
    "title": "Problem",
    "description": "RFC 9457, with a stable code (errors.md).",
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for a person, in Chinese or English."},
        "code": {"type": "string"},
        "retryable": {"type": "boolean", "description": "The same request may succeed later, unchanged."},
        "details": {"type": "object", "description": "For a program."},
    },
    "required": ["type", "title", "status", "detail", "code", "retryable", "details"],
}


def document(app: Litestar) -> Json:
    """The whole description, in a form that depends on nothing but the code."""
    made = _with_plain_names(app.openapi_schema.to_schema())
    made["paths"]["/v1/sync"] = sync_path()
    _describe_bodies(made["paths"])
    describe_uploads(made["paths"])
    describe_downloads(made["paths"])
    describe_desk(made["paths"])
    names = _operation_names(app)
    for path, item in made["paths"].items():
        for method in _METHODS:
            if method in item:
                _complete(item[method], path, method, names.get((path, method), ""))
    describe_health(made["paths"])
    components = made.setdefault("components", {})
    _mend_objects(components.get("schemas", {}))
    components["schemas"] = {**json_schemas(), **components.get("schemas", {}), "Problem": _problem_schema()}
    components["responses"] = {"Problem": _problem_response()}
    components["securitySchemes"] = _SECURITY_SCHEMES
    made["info"]["description"] = (
        "What apps and desks speak to Doorstep. The exchange itself: sync-protocol.md. Every list answers with `items` "
        "and `next`: sent back as `after`, `next` gets what follows; null says that this was the end. A filter that a "
        "list does not have, a value that a filter does not have, and a place that a list did not give are refused "
        "with `field_invalid`, which names the parameter and what it takes (errors.md)."
    )
    made["paths"] = dict(sorted(made["paths"].items()))
    return made


def _with_plain_names(made: Json) -> Json:
    """A page of rows is named after the row, not after the module in which the row is declared."""
    plain: Json = json.loads(re.sub(r"Page_[\w.]*\.(\w+)_(?=\")", r"\1Page", json.dumps(made)))
    return plain


def _complete(operation: Json, path: str, method: str, name: str) -> None:
    """A stable id, who may, and that everything else is a problem."""
    if name:
        operation["operationId"] = name
    needed = next(needed for pattern, needed in _SECURITY if re.fullmatch(pattern, path))
    left_out = {"csrf"} if method in ("get", "head") else set()
    operation["security"] = [{one: [] for one in way if one not in left_out} for way in needed]
    responses = operation["responses"]
    for status in [status for status in responses if status >= "400"]:
        del responses[status]
    responses["default"] = {"$ref": "#/components/responses/Problem"}


def _operation_names(app: Litestar) -> dict[tuple[str, str], str]:
    """(path, method) → the handler's own name in camel case, where it does not give an operation id itself."""
    names: dict[tuple[str, str], str] = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if (
                not isinstance(handler, HTTPRouteHandler)
                or handler.operation_id
                or not handler.include_in_schema
            ):
                continue
            path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
            word = handler.name or handler.fn.__name__
            first, *rest = re.split(r"[_\W]+", word)
            for method in handler.http_methods:
                name = first + "".join(one.capitalize() for one in rest)
                names[path, method.lower()] = f"{name}Head" if method == "HEAD" else name
    return names


def _describe_bodies(paths: Json) -> None:
    """Bodies that routes read themselves."""
    for path, name in (("/v1/enrol", "EnrolRequest"),):
        if path in paths:
            schema = {"$ref": f"#/components/schemas/{name}"}
            paths[path]["post"]["requestBody"] = {
                "required": True,
                "content": {"application/json": {"schema": schema}},
            }


def _mend_objects(schemas: Json) -> None:
    """An object with a limit to its number of members: the framework takes it for a list of names and values."""
    for one in schemas.values():
        for name, member in one.get("properties", {}).items():
            items = member.get("items", {})
            if member.get("type") != "array" or items.get("oneOf", [])[:1] != [{"type": "string"}]:
                continue
            limits = {"minLength": "minProperties", "maxLength": "maxProperties"}
            kept = {
                limits.get(key, key): value for key, value in member.items() if key not in ("type", "items")
            }
            values = items["oneOf"][1] or True
            one["properties"][name] = {**kept, "type": "object", "additionalProperties": values}


def _problem_schema() -> Json:
    code = {"type": "string", "description": "New ones may come.", "examples": list(problems())}
    return {**_PROBLEM, "properties": {**_PROBLEM["properties"], "code": code}}


def _problem_response() -> Json:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": "The request was refused as a whole; nothing of it was done (errors.md)",
        "content": {"application/problem+json": {"schema": schema}},
    }
