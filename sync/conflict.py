"""Conflicts: ordinary records of the aggregate in which they happened, so that phone and desk both see them."""

from __future__ import annotations

import hashlib
from typing import Any

from sync.clock import Clock
from sync.outcome import Disagreement
from sync.policy import First, Owner
from sync.record import Record
from sync.schema import ANY_ROOT, Entity, Field
from sync.value_type import ValueType

ENTITY = "conflict"

_SYSTEM = ("system",)
_SIDE = ValueType(
    kind="group",
    members={
        "value": ValueType(kind="json", personal=True),
        "device": ValueType(kind="text"),
        "seq": ValueType(kind="integer"),
        "by": ValueType(kind="text"),
    },
)


def conflict_entity(deciders: tuple[str, ...]) -> Entity:
    """The declaration of `conflict`, to be put into every schema. `deciders`: roles that may decide."""

    def system(type: ValueType, meaning: str) -> Field:
        return Field(type=type, policy=Owner(), owner=_SYSTEM, others="refuse", meaning=meaning)

    return Entity(
        root=ANY_ROOT,
        meaning="Two words about one field, the one that stands, and who decides.",
        fields={
            "entity": system(ValueType(kind="text"), "Entity of the record in question."),
            "record": system(ValueType(kind="text"), "Id of the record in question."),
            "field": system(ValueType(kind="text"), "Field or group in question; _deleted for a deletion."),
            "reason": system(ValueType(kind="text"), "Code of the rule that gave the default."),
            "state": system(
                ValueType(kind="choice", choices=("open", "settled", "decided")),
                "open: a person decides; settled: by policy, reversible; decided: by a person.",
            ),
            "standing": system(_SIDE, "The value that stands, and whose it is."),
            "losing": system(_SIDE, "The value that does not, and whose it is."),
            "decision": Field(
                type=ValueType(
                    kind="group",
                    members={
                        "choose": ValueType(
                            kind="choice", choices=("standing", "losing", "other"), optional=False
                        ),
                        "standing_device": ValueType(kind="text", optional=False),
                        "standing_seq": ValueType(kind="integer", optional=False),
                        "value": ValueType(kind="json", personal=True),
                        "note": ValueType(kind="text", longest=500, personal=True),
                    },
                ),
                policy=First(),
                owner=deciders,
                meaning="What was decided about which standing value; `value` where another one was chosen.",
            ),
        },
    )


def conflict_id(entity: str, record: str, disagreement: Disagreement) -> str:
    """The same conflict has the same id wherever it is found."""
    text = "\n".join(
        (entity, record, disagreement.field, disagreement.losing_device, str(disagreement.losing_seq))
    )
    return "c-" + hashlib.sha256(text.encode()).hexdigest()[:32]


def conflict_record(about: Record, disagreement: Disagreement, clock: Clock) -> Record:
    """The record that keeps a disagreement."""
    d = disagreement
    return Record(
        entity=ENTITY,
        id=conflict_id(about.entity, about.id, d),
        aggregate=about.aggregate,
        ver=clock.ver,
        created=clock,
        clocks={},
        fields={
            "entity": about.entity,
            "record": about.id,
            "field": d.field,
            "reason": d.reason,
            "state": "open" if d.open else "settled",
            "standing": side(d.standing, d.standing_device, d.standing_seq, d.standing_by),
            "losing": side(d.losing, d.losing_device, d.losing_seq, d.losing_by),
        },
    )


def side(value: Any, device: str, seq: int, by: str) -> dict[str, Any]:
    """One side of a conflict."""
    return {"value": value, "device": device, "seq": seq, "by": by}


def chosen_value(conflict: Record) -> tuple[bool, Any]:
    """Whether the decision changes the record, and by which word."""
    decision = conflict.fields["decision"]
    if decision["choose"] == "standing":
        return False, None
    if decision["choose"] == "other":
        return True, decision.get("value")
    return True, conflict.fields["losing"]["value"]
