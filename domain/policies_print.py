"""The whole declaration for reading: every field with owner, policy and meaning, as text, JSON or Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from sync.policy import Machine, Max, Policy
from sync.schema import Field, Schema
from sync.value_type import ValueType

POLICIES = {
    "owner": "the owner beats everybody else; among owners the later stands and the other goes to the inbox",
    "immutable": "set once; another value is kept beside it",
    "append": "a list that only grows",
    "set_union": "a set; what is added at the same time as it is removed stays",
    "counter": "a sum of increments; a recount keeps increments that happened meanwhile",
    "first": "the first value stands",
    "max": "the greatest value stands",
    "text": "passages are merged; an overlap is for a person",
    "machine": "named events move a state; each state answers every event",
    "lww_with_inbox": "the later stands at once, the other goes to the inbox",
    "manual": "the standing value stays, the other waits in the inbox",
}

OTHERS = {
    "request": "waits in the inbox as a request",
    "apply": "applies while no owner objects",
    "refuse": "has no effect, and is kept",
}


class Row(msgspec.Struct, frozen=True, omit_defaults=False):
    """One field."""

    entity: str
    field: str
    type: str
    owner: list[str]
    policy: str
    members: list[str]
    others: str
    required: bool
    since: int
    personal: str
    """`all` of its value, or the members that may say who somebody is; empty: none."""
    meaning: str


def rows(schema: Schema) -> Iterator[Row]:
    """One row per field, entities and fields in the order of their declaration."""
    for entity_name, entity in schema.entities.items():
        for field_name, field in entity.fields.items():
            yield Row(
                entity=entity_name,
                field=field_name,
                type=type_name(field.type),
                owner=list(field.owner),
                policy=policy_name(field.policy),
                members=sorted(field.type.members),
                others=field.others if field.owner else "",
                required=field.required,
                since=field.since,
                personal=personal_parts(field.type),
                meaning=field.meaning,
            )


def as_json(schema: Schema) -> bytes:
    """All rows, and the entities' meanings and places, as indented JSON."""
    entities = {
        name: {"aggregate": entity.root, "meaning": entity.meaning}
        for name, entity in schema.entities.items()
    }
    found = {"version": schema.version, "entities": entities, "fields": list(rows(schema))}
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def as_text(schema: Schema) -> str:
    """All rows in columns, for a terminal."""
    head = ("entity.field", "owner", "policy", "type", "personal", "meaning")
    table = [
        (f"{row.entity}.{row.field}", _owner(row), row.policy, _short(row.type), row.personal, row.meaning)
        for row in rows(schema)
    ]
    widths = [max(len(line[place]) for line in [head, *table]) for place in range(5)]
    return "".join(_columns(line, widths) for line in [head, *table])


def as_markdown(schema: Schema) -> str:
    """The page docs/merge-policies.md."""
    found = list(rows(schema))
    return "".join(
        (
            _introduction(schema),
            *(
                _section(schema, name, [row for row in found if row.entity == name])
                for name in schema.entities
            ),
            _machines(schema),
        )
    )


def type_name(kind: ValueType) -> str:
    """A type in a few words."""
    match kind.kind:
        case "choice":
            return " / ".join(kind.choices)
        case "ref":
            return f"id of a {kind.entity}"
        case "list":
            return f"list of {type_name(kind.items)}" if kind.items is not None else "list"
        case "group":
            return "{" + ", ".join(_member(name, one) for name, one in kind.members.items()) + "}"
        case name:
            return name


def personal_parts(kind: ValueType) -> str:
    """What of a value may say who somebody is: `all`, or names of members."""
    if kind.personal:
        return "all"
    if kind.items is not None:
        return personal_parts(kind.items)
    return ", ".join(name for name, member in kind.members.items() if personal_parts(member))


def _member(name: str, kind: ValueType) -> str:
    """A member of a group with its type; `!` where it must be there."""
    return f"{name}{'' if kind.optional else '!'}: {type_name(kind)}"


def policy_name(policy: Policy) -> str:
    """The policy's name as on the wire."""
    name = str(policy.__struct_config__.tag)
    if isinstance(policy, Max) and policy.order:
        return f"{name} of {' < '.join(policy.order)}"
    return name


def _owner(row: Row) -> str:
    return ", ".join(row.owner) or "everyone"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _columns(line: Sequence[str], widths: Sequence[int]) -> str:
    padded = [text.ljust(width) for text, width in zip(line, widths, strict=False)]
    return "  ".join([*padded, line[-1]]).rstrip() + "\n"


def _introduction(schema: Schema) -> str:
    policies = "".join(f"| `{name}` | {meaning} |\n" for name, meaning in POLICIES.items())
    others = "".join(f"| {name} | {meaning} |\n" for name, meaning in OTHERS.items())
    return f"""# Merge policies

Generated by `doorstep policies --markdown` from the declaration (version {schema.version}); do not edit. The same
declaration is shipped to phones and run there.

| policy | what stands when two people wrote at once |
|---|---|
{policies}
A field has an owner, whose word counts, or belongs to everyone.

| others | what becomes of the word of somebody else |
|---|---|
{others}
A group, written `{{a!: integer, b: text}}`, has one clock: its members are never mixed from two people's words.
`!`: must be there. *Personal*: what may say who somebody is, and is taken out when a customer is erased
(`PERSONAL-DATA.md`).
"""


def _section(schema: Schema, name: str, found: Sequence[Row]) -> str:
    entity = schema.entities[name]
    place = "any aggregate" if entity.root == "*" else f"`{entity.root}/…`"
    head = f"\n## {name}\n\n{entity.meaning} In {place}.\n\n"
    head += "| field | owner | policy | others | type | personal | meaning |\n|---|---|---|---|---|---|---|\n"
    return head + "".join(
        f"| `{row.field}`{' (needed)' if row.required else ''} | {_owner(row)} | {row.policy} | {row.others} "
        f"| {row.type} | {row.personal} | {row.meaning} |\n"
        for row in found
    )


def _machines(schema: Schema) -> str:
    found = [
        (f"{entity_name}.{field_name}", field)
        for entity_name, entity in schema.entities.items()
        for field_name, field in entity.fields.items()
        if isinstance(field.policy, Machine)
    ]
    return "\n# State machines\n" + "".join(_machine(name, field) for name, field in found)


def _machine(name: str, field: Field) -> str:
    policy = field.policy
    assert isinstance(policy, Machine)
    events = list(policy.events)
    head = f"\n## {name}\n\n{field.meaning} It starts as `{policy.initial}`. `—`: true already; *kept*: the event is "
    head += "kept as a fact and changes nothing; **?**: a contradiction, for a person.\n\n"
    head += f"| state | {' | '.join(events)} |\n|---|{'---|' * len(events)}\n"
    return head + "".join(
        f"| `{state}` | {' | '.join(_cell(state, row[event]) for event in events)} |\n"
        for state, row in policy.table.items()
    )


def _cell(state: str, outcome: str) -> str:
    if outcome == state:
        return "—"
    return {":keep_both": "*kept*", ":conflict": "**?**"}.get(outcome, outcome)
