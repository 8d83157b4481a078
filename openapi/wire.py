"""The structures of the exchange, by the names that the protocol's page gives them, and their JSON schema."""

from __future__ import annotations

from typing import Any

import msgspec

from mobile_api.enrolment import EnrolReply, EnrolRequest
from mobile_api.manifest_endpoint import Manifest
from mobile_api.token_endpoint import TokenReply
from sync.operation import Operation
from sync.outcome import FieldOutcome, Result
from sync.schema import Field, Schema
from sync.wire import AggregateChange, Outbox, Pull, PullReply, Push, PushReply, SyncReply, SyncRequest

STRUCTURES: dict[str, type[msgspec.Struct]] = {
    one.__name__: one
    for one in (
        SyncRequest,
        SyncReply,
        Push,
        PushReply,
        Pull,
        PullReply,
        AggregateChange,
        Outbox,
        Operation,
        Result,
        FieldOutcome,
        Field,
        Schema,
        EnrolRequest,
        EnrolReply,
        TokenReply,
        Manifest,
    )
}


def json_schemas(ref_template: str = "#/components/schemas/{name}") -> dict[str, Any]:
    """Name → JSON schema (2020-12) of every structure and of what they hold.

    The envelope does not look into operations and records; here they are described as what they are.
    """
    _, found = msgspec.json.schema_components(list(STRUCTURES.values()), ref_template=ref_template)
    schemas: dict[str, Any] = dict(found)
    schemas["Record"] = _RECORD
    schemas["Push"]["properties"]["ops"]["items"] = {"$ref": ref_template.format(name="Operation")}
    schemas["AggregateChange"]["properties"]["records"]["items"] = {
        "$ref": ref_template.format(name="Record")
    }
    return schemas


_RECORD: dict[str, Any] = {
    "title": "Record",
    "description": "One record, as sync-protocol.md, section 12.1, writes it.",
    "type": "object",
    "properties": {
        "aggregate": {"type": "string"},
        "clocks": {
            "type": "array",
            "items": {
                "type": "array",
                "prefixItems": [
                    {"type": "integer"},
                    {"type": "string"},
                    {"type": "integer"},
                    {"type": "string"},
                    {"type": "array", "items": {"type": "string"}},
                ],
                "minItems": 5,
                "maxItems": 5,
                "items": False,
            },
            "minItems": 1,
        },
        "deleted": {"type": "boolean"},
        "entity": {"type": "string"},
        "fields": {"type": "object"},
        "id": {"type": "string"},
        "ver": {"type": "integer", "minimum": 1},
    },
    "required": ["aggregate", "clocks", "deleted", "entity", "fields", "id", "ver"],
}
