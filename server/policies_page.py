"""The whole table of merge policies, made from the declarations: as text, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from sync.policy import Machine
from sync.schema import Entity, Field, Schema
from sync.value_type import ValueType

INTRODUCTION = """\
# Merge policies

Who owns which field, and which value stands when two people changed it without knowing of each other. Phone and
server run the same code on the same declarations. What does not stand is always kept: in a conflict, or in the audit
chain.

- *owner*: whose word counts; empty means everybody's. *others*: what becomes of somebody else's word: a `request` that
  waits in the inbox, `apply` while no owner objects, or `refuse`.
- A field of kind `group` is one thing with one clock: nobody can change half of it.

This page is generated: change the declarations in `domain/`, then run `.venv/bin/doorstep policies --markdown`.
"""

POLICIES = {
    "owner": "the owner beats everybody else when both wrote at once; among owners as lww_with_inbox",
    "immutable": "set once, at creation",
    "append": "a list that only grows; each entry has an id",
    "set_union": "a set; an element added while somebody removes it stays",
    "counter": "a sum of increments",
    "first": "the first in commit order stands",
    "max": "the greatest value stands",
    "text": "prose, merged passage by passage; an overlap waits for a person",
    "machine": "a state that moves by events, by a total table",
    "lww_with_inbox": "the later commit stands; what it replaced unseen goes to the inbox",
    "manual": "the standing value stays; the other waits for a person",
}


class Row(msgspec.Struct, frozen=True):
    """One field's line."""

    entity: str
    field: str
    type: str
    owner: str
    policy: str
    others: str
    meaning: str


def rows(schema: Schema) -> Iterator[Row]:
    """Every field of every entity, in the order of the declaration."""
    for entity_name, entity in schema.entities.items():
        for field_name, field in entity.fields.items():
            yield Row(
                entity=entity_name,
                field=field_name + (" *" if field.required else ""),
                type=type_text(field.type),
                owner=", ".join(field.owner),
                policy=policy_name(field),
                others=field.others if field.owner else "",
                meaning=field.meaning,
            )


def as_text(schema: Schema) -> str:
    """For a terminal: one line a field."""
    table = list(rows(schema))
    widths = [
        max(len(getattr(row, name)) for row in table) for name in ("entity", "field", "policy", "owner")
    ]
    lines = [
        "  ".join(
            text.ljust(width)
            for text, width in zip((row.entity, row.field, row.policy, row.owner), widths, strict=True)
        )
        + f"  {row.meaning}"
        for row in table
    ]
    return f"schema version {schema.version}; * is needed to create one\n" + "\n".join(lines) + "\n"


def as_markdown(schema: Schema) -> str:
    """docs/merge-policies.md as it should read."""
    parts = [
        INTRODUCTION,
        f"\nSchema version {schema.version}. A field with * is needed to create a record.\n",
    ]
    parts.append("\n| policy | what stands |\n|---|---|\n")
    parts += [f"| `{name}` | {what} |\n" for name, what in POLICIES.items()]
    for name, entity in schema.entities.items():
        parts += _entity_section(name, entity, [row for row in rows(schema) if row.entity == name])
    return "".join(parts)


def as_json(schema: Schema) -> str:
    """The declaration itself, as clients get it, for programs."""
    return msgspec.json.format(schema.to_json(), indent=1).decode() + "\n"


def type_text(kind: ValueType) -> str:
    """A type in one cell: choices and members spelled out."""
    match kind.kind:
        case "choice":
            return " / ".join(kind.choices)
        case "ref":
            return f"ref {kind.entity}"
        case "group":
            return "group(" + ", ".join(kind.members) + ")"
        case "list" if kind.items is not None:
            return f"list of {type_text(kind.items)}"
        case other:
            return other


def policy_name(field: Field) -> str:
    """The policy's name, as on the wire."""
    return str(msgspec.to_builtins(field.policy)["name"])


def _entity_section(name: str, entity: Entity, table: Iterable[Row]) -> Iterator[str]:
    home = "any aggregate" if entity.root == "*" else f"`{entity.root}/…`"
    parent = f" Belongs to its `{entity.parent}`." if entity.parent else ""
    yield f"\n## {name}\n\n{entity.meaning} Lives in {home}.{parent}\n\n"
    yield "| field | type | owner | policy | others | meaning |\n|---|---|---|---|---|---|\n"
    for row in table:
        yield (
            f"| `{row.field}` | {row.type} | {row.owner} | {row.policy} | {row.others} "
            f"| {row.meaning.replace('|', chr(92) + '|')} |\n"
        )
    for field_name, field in entity.fields.items():
        if isinstance(field.policy, Machine):
            yield from _machine_table(f"{name}.{field_name}", field.policy)


def _machine_table(name: str, machine: Machine) -> Iterator[str]:
    yield f"\n`{name}` begins as `{machine.initial}`.\n\n"
    yield f"| state | {' | '.join(machine.events)} |\n|---|{'---|' * len(machine.events)}\n"
    for state, row in machine.table.items():
        yield f"| `{state}` | {' | '.join(row[event].removeprefix(':') for event in machine.events)} |\n"
