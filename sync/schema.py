"""What exists: entities, their fields, owners and policies. Declared once in `domain`, shipped to clients as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

import msgspec

from sync.policy import Append, Counter, Machine, Max, Policy, SetUnion, Text, machine_faults
from sync.value_type import ValueType

ANY_ROOT = "*"
"""Root of an entity whose records live in any aggregate."""
Others = Literal["request", "apply", "refuse"]


class Field(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One field (or group of fields with one clock) of an entity."""

    type: ValueType
    policy: Policy
    meaning: str
    owner: tuple[str, ...] = ()
    """Roles whose word counts here; empty: everyone's."""
    others: Others = "request"
    """What becomes of the word of somebody else: a request in the inbox, applied while no owner objects, or refused."""
    required: bool = False
    """Must be set by the operation that creates the record."""
    since: int = 1
    """Schema version that brought the field."""


class Entity(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, dict=True):
    """One kind of record."""

    root: str
    """Kind of aggregate that holds it: the part before the slash in `work_order/0199…`."""
    fields: dict[str, Field]
    meaning: str = ""
    parent: str = ""
    """Field that names another record of the same aggregate, without which this one makes no sense."""
    since: int = 1

    # What every operation asks of an entity is worked out once.

    @cached_property
    def initial_values(self) -> dict[str, Any]:
        """The values that a record has before anybody set them: machines start, counters are zero."""
        return dict(_initial_values(self))

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The fields that the operation that creates a record must set."""
        return tuple(name for name, field in self.fields.items() if field.required)

    @cached_property
    def first_words(self) -> dict[tuple[tuple[str, ...], bool], dict[str, tuple[ValueType, str]]]:
        """Where `sync.merge` remembers what it works out of this entity."""
        return {}


class Schema(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All entities at one version."""

    version: int
    entities: dict[str, Entity]

    def to_json(self) -> bytes:
        """Canonical bytes, as shipped to clients."""
        return msgspec.json.encode(self, order="deterministic")

    @classmethod
    def from_json(cls, data: bytes) -> Schema:
        """The inverse of `to_json`; raises `msgspec.ValidationError`."""
        return msgspec.json.decode(data, type=cls)


def faults(schema: Schema) -> list[str]:
    """What is wrong with a declaration, each as a sentence. A server with faults does not start."""
    found = []
    for entity_name, entity in schema.entities.items():
        if entity.parent and entity.parent not in entity.fields:
            found.append(f"{entity_name}: parent field {entity.parent!r} is not declared")
        for field_name, field in entity.fields.items():
            found += [f"{entity_name}.{field_name}: {problem}" for problem in _field_faults(field)]
    return found


def _field_faults(field: Field) -> list[str]:
    found = []
    kind = field.type.kind
    if not field.meaning:
        found.append("has no meaning")
    match field.policy:
        case Machine() as machine:
            found += machine_faults(machine)
        case Counter() if kind != "integer":
            found.append("a counter must be an integer")
        case SetUnion() if kind != "list":
            found.append("a set must be a list")
        case Append() if kind != "list":
            found.append("append needs a list")
        case Text() if kind != "text":
            found.append("text needs a text")
        case Max(order=order) if not order and kind != "integer":
            found.append("max without an order needs integers")
        case _:
            pass
    return found


def _initial_values(entity: Entity) -> Iterator[tuple[str, Any]]:
    for name, field in entity.fields.items():
        match field.policy:
            case Machine(initial=initial):
                yield name, initial
            case Counter():
                yield name, 0
            case _:
                pass
