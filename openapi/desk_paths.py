"""What desks send and hear beside bodies: bases, keys that make a request safe to repeat, and pages."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_WRITES = ("post", "patch", "delete")
_ANSWERS = ("Written", "Planned")
"""What the write door answers; nobody else takes a base or a key."""
_TEXT: Json = {"type": "string"}
_ETAG: Json = {"ETag": {"description": 'The base of the next write: `"epoch:ver"`.', "schema": _TEXT}}
_IF_MATCH = "The ETag of what was shown, or `base` in the body: without either a change is `base_missing`."
_KEY = "The same request with the same key has one effect; its answer then says `repeated`."
_PAGES = ("/v1/desk/mailbox",)


def describe_desk(paths: Json) -> None:
    """Add the headers of the write door, and that some lists are pages for browsers."""
    for path, item in paths.items():
        if not path.startswith("/v1/desk/"):
            continue
        for method in _WRITES:
            if method in item and (answered := _written(item[method])):
                _describe_write(item[method], answered, is_change="{" in path)
                if path.endswith("}") and "get" in item:
                    item["get"]["responses"]["200"]["headers"] = _ETAG
    for path in _PAGES:
        paths[path]["get"]["responses"]["200"]["content"]["text/html"] = {"schema": _TEXT}


def _describe_write(operation: Json, answered: Json, is_change: bool) -> None:
    answered["headers"] = _ETAG
    sent = {"If-Match": _IF_MATCH} if is_change else {}
    operation.setdefault("parameters", []).extend(
        {"in": "header", "name": name, "required": False, "schema": _TEXT, "description": meaning}
        for name, meaning in {**sent, "Idempotency-Key": _KEY}.items()
    )


def _written(operation: Json) -> Json | None:
    """The good answer, where the write door gives it."""
    for status, answer in operation["responses"].items():
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        if status < "300" and schema.get("$ref", "").rpartition("/")[2] in _ANSWERS:
            good: Json = answer
            return good
    return None
