"""What the OpenAPI document lets be sent, as Schemathesis reads it, and how one request follows from another."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import schemathesis
from schemathesis.schemas import APIOperation, BaseSchema

from openapi.lock import FOLDER

Json = dict[str, Any]
ENDS_A_SESSION = ("/v1/desk/logout", "/v1/desk/accounts/{account_id}", "/v1/desk/devices/{device_id}/revoke")
"""Not sent here: they would end the sessions and phones that send everything else. Their tests are in tests/server."""
_METHODS = ("get", "head", "post", "patch", "delete")
_MADE = {"201": "$response.body#/records/0#regex:^[a-z_]+/(.+)$"}
_LISTED = {"200": "$response.body#/items/0/{id}"}
_OTHER_NAMES = {"device_id": "device", "account_id": "id", "location_id": "location"}


@schemathesis.serializer("application/offset+octet-stream")
def as_it_is(context: Any, value: Any) -> Any:
    """Bytes of a file: Schemathesis sends as they are only those whose type it knows."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def document() -> Json:
    """The committed document, which `make check` compares with the running application."""
    made: Json = json.loads((FOLDER / "openapi.json").read_text("utf-8"))
    return made


def schema(described: Json) -> BaseSchema:
    """The document with its links, made ready to generate; no proof of identity is made up."""
    linked = copy.deepcopy(described)
    for path in ENDS_A_SESSION:
        linked["paths"].pop(path, None)
    for operation, status, name, link in links(linked):
        operation["responses"][status].setdefault("links", {})[name] = link
    read = schemathesis.openapi.from_dict(linked)
    read.config.generation.update(with_security_parameters=False)
    read.config.phases.stateful.inference.algorithms = []
    return read


def operations(read: BaseSchema) -> list[APIOperation]:
    """All of them, in the order of the document."""
    return [found.ok() for found in read.get_all_operations()]


def links(described: Json) -> Iterator[tuple[Json, str, str, Json]]:
    """Whoever makes, lists or reads a thing can go on with it: (operation, status, name, link)."""
    for path, item in described["paths"].items():
        for method, further, target in _ones_of(described, path):
            parameter = re.findall(r"\{(\w+)\}", further)[0]
            told = {"post": _MADE, "get": _LISTED}
            for verb in ("post", "get"):
                for status, place in told[verb].items():
                    if verb in item and status in item[verb]["responses"]:
                        id = _OTHER_NAMES.get(parameter, "id")
                        yield item[verb], status, _name(method, further), {
                            "operationId": target["operationId"],
                            "parameters": {parameter: place.replace("{id}", id)},
                        }  # fmt: skip
    yield from _changes(described)
    created = described["paths"]["/v1/uploads"]["post"]
    for method, operation in described["paths"]["/v1/uploads/{upload_id}"].items():
        yield created, "201", _name(method, "upload"), {
            "operationId": operation["operationId"],
            "parameters": {
                "upload_id": "$response.header.Location#regex:/v1/uploads/(.+)$",
                **({"header.Upload-Offset": "$response.header.Upload-Offset"} if method == "patch" else {}),
            },
        }  # fmt: skip


def _changes(described: Json) -> Iterator[tuple[Json, str, str, Json]]:
    """What was read is changed on the base that it was read with."""
    for path, item in described["paths"].items():
        if not path.startswith("/v1/desk/") or "{" not in path or "get" not in item:
            continue
        parameter = re.findall(r"\{(\w+)\}", path)[0]
        for further, other in described["paths"].items():
            for method in _METHODS:
                if further.startswith(path) and method != "get" and method in other:
                    yield item["get"], "200", f"then {_name(method, further)}", {
                        "operationId": other[method]["operationId"],
                        "parameters": {
                            f"path.{parameter}": f"$request.path.{parameter}",
                            "header.If-Match": "$response.header.ETag",
                        },
                    }  # fmt: skip


def _ones_of(described: Json, collection: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every operation on one thing of a collection."""
    for path, item in described["paths"].items():
        if re.fullmatch(re.escape(collection) + r"/\{\w+\}(/[\w-]+)?", path):
            for method in _METHODS:
                if method in item:
                    yield method, path, item[method]


def _name(method: str, path: str) -> str:
    return f"{method} {path}"
