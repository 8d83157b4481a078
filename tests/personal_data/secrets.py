"""One record of every kind that can hold a customer's data, every field filled from the declaration."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from domain.declaration import SCHEMA
from domain.personal import ROOTS
from sync.policy import Append, Counter, Machine, SetUnion, Text
from sync.schema import ANY_ROOT, Field
from sync.value_type import ValueType

NAME, PHONE, STREET = "欧阳机密", "13912345678", "Geheimstraße 7"
SECRET = f"{NAME} {PHONE} {STREET}"
NEEDLES = (NAME, PHONE, STREET, "Geheim")
KINDS = {
    name: entity
    for name, entity in SCHEMA.entities.items()
    if entity.root in (*ROOTS, ANY_ROOT) and name != "conflict"
}
"""Every kind that lives in a customer's aggregates; conflicts make themselves."""


def value(kind: ValueType, personal: bool = False) -> Any:
    """A value of the type; what is personal holds the secrets, and nothing else does."""
    personal = personal or kind.personal
    match kind.kind:
        case "text":
            return (SECRET if personal else "code-1")[: kind.longest]
        case "bilingual":
            return dict.fromkeys(("zh", "en"), SECRET if personal else "text")
        case "bytes":
            return base64.b64encode(SECRET.encode()).decode()
        case "json":
            return {"said": SECRET, "list": [SECRET]}
        case "group":
            return {name: value(member, personal) for name, member in kind.members.items()}
        case "list":
            return [value(kind.items or ValueType(kind="text"), personal)]
        case "integer":
            return kind.least or 0
        case "boolean":
            return True
        case "instant":
            return "2031-05-05T01:00:00Z"
        case "date":
            return "2031-05-05"
        case "choice":
            return kind.choices[0]
        case _:
            return "ref-1"


def said(field: Field) -> Any:
    """What an operation says to set a field, in the form of its policy; None for states."""
    match field.policy:
        case Machine():
            return None
        case Counter():
            return {"inc": 1}
        case SetUnion():
            return {"add": [one for one in value(field.type) if isinstance(one, str)]}
        case Append():
            return {"add": [{**one, "id": "entry-1"} for one in value(field.type)]}
        case Text():
            return {"text": value(field.type), "base": ""}
        case _:
            return value(field.type)


def filled(entity: str, **given: Any) -> dict[str, Any]:
    """All fields of a record of this kind."""
    fields = {name: said(field) for name, field in KINDS[entity].fields.items() if name != "erased_at"}
    return {name: one for name, one in fields.items() if one is not None} | given


def texts(kind: ValueType, path: str, personal: bool = False) -> Iterator[tuple[str, ValueType, bool]]:
    """(path, type, whether it is personal) of every part of a type in which a person can write."""
    personal = personal or kind.personal
    if kind.kind == "group":
        for name, member in kind.members.items():
            yield from texts(member, f"{path}.{name}", personal)
    elif kind.kind == "list" and kind.items is not None:
        yield from texts(kind.items, f"{path}[]", personal)
    elif kind.kind in ("text", "bilingual", "json", "bytes"):
        yield path, kind, personal
