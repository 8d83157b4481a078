"""merge.json, first part: every variant × every relation in which a value can be met.

The expectations are those of `merge_variants`; the rest of a case follows mechanically.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openapi.vectors_build.form import CREATED, Clock, conflict, operation, outcome_of, record, side
from openapi.vectors_build.merge_variants import KEEPS, VARIANTS, Class, Variant
from openapi.vectors_build.world import EPOCH, OLD_EPOCH, Json

CURRENT, NEXT = 6, 7


@dataclass(frozen=True)
class Circumstance:
    """How the operation stands to the value."""

    name: str
    relation: Class
    """How section 5 judges it; `late` is concurrent and tried again after parking."""
    base: tuple[str, int] = (EPOCH, 5)
    device: str = "phone-a"
    standing_device: str = "desk-li"
    standing_seq: int = 10
    replayed: bool = False


SEEN, UNSEEN = (EPOCH, 5), (EPOCH, 2)


CIRCUMSTANCES = (
    Circumstance("nobody set it", "unset"),
    Circumstance("sequential", "sequential", SEEN),
    Circumstance("same device, old base", "sequential", UNSEEN, standing_device="phone-a"),
    Circumstance("same device, other epoch", "sequential", (OLD_EPOCH, 9), standing_device="phone-a"),
    Circumstance("parked and replayed, nothing came after", "sequential", SEEN, replayed=True),
    Circumstance("concurrent", "concurrent", UNSEEN),
    Circumstance("forked", "concurrent", UNSEEN, device="f-0c1d", standing_device="phone-a"),
    Circumstance("restored epoch", "concurrent", (OLD_EPOCH, 9)),
    Circumstance("base ahead", "concurrent", (EPOCH, 9)),
    Circumstance("superseded", "superseded", UNSEEN, standing_device="phone-a", standing_seq=30),
    Circumstance(
        "superseded, parked and replayed",
        "superseded",
        UNSEEN,
        standing_device="phone-a",
        standing_seq=30,
        replayed=True,
    ),
    Circumstance("parked and replayed, others went on", "late", UNSEEN, replayed=True),
)


def cases() -> list[Json]:
    """All of them, by variant and circumstance."""
    return [
        _case(variant, circumstance)
        for variant in VARIANTS
        for circumstance in CIRCUMSTANCES
        if circumstance.relation in variant.expect
    ]


def _case(v: Variant, c: Circumstance) -> Json:
    is_unset = c.relation == "unset"
    standing_clock: Clock = (4, c.standing_device, c.standing_seq, v.standing_by)
    fields: Json = {"used": 0, "state": "new"}
    clocks: dict[str, Clock] = {}
    if not is_unset:
        fields[v.field] = v.standing
        clocks[v.field] = standing_clock
        if v.element:
            clocks[f"{v.field}/{v.element}"] = standing_clock
    before = record(fields, clocks, ver=1 if is_unset else 4)
    sent = operation(c.device, 20, {v.field: v.incoming}, base=c.base)
    return {
        "name": f"{v.policy}: {v.name}: {c.name}",
        "covers": {
            "policy": v.policy,
            "relation": "concurrent" if c.relation == "late" else c.relation,
            "circumstance": c.name,
            "author": v.owner,
        },
        "record": before,
        "operation": sent,
        "author": {"device": c.device, "user": "alice", "roles": list(v.roles)},
        "at": {"epoch": EPOCH, "current_ver": CURRENT, "next_ver": NEXT, "replayed": c.replayed},
        "expect": _expected(v, c, fields, clocks, is_unset),
    }


def _expected(v: Variant, c: Circumstance, fields: Json, clocks: dict[str, Clock], is_unset: bool) -> Json:
    e = v.expect[c.relation]
    mine: Clock = (NEXT, c.device, 20, v.roles[0])
    changed = e.value is not KEEPS
    after, after_clocks = dict(fields), dict(clocks)
    if changed:
        after[v.field] = e.value
        after_clocks[v.field] = mine
        for element in _touched(v.incoming, v.policy):
            after_clocks[f"{v.field}/{element}"] = mine
    outcomes = []
    conflicts = []
    if e.outcome != "applied":
        outcomes.append(outcome_of(v.field, e.outcome, e.reason))
    if e.conflict:
        stood_clock = clocks.get(v.field) if not is_unset else (CREATED if v.initial is not None else None)
        stood = side(fields.get(v.field), stood_clock)
        sent = side(v.incoming if e.losing is KEEPS else e.losing, mine)
        stands, loses = (sent, stood) if changed else (stood, sent)
        conflicts.append(conflict(v.field, e.reason, e.conflict, stands, loses))
    return {
        "changed": changed,
        "record": record(after, after_clocks, ver=NEXT if changed else 1 if is_unset else 4),
        "outcomes": outcomes,
        "conflicts": conflicts,
    }


def _touched(incoming: Any, policy: str) -> list[str]:
    """The elements of a set that a change that took effect names."""
    if policy != "set_union":
        return []
    return [*incoming.get("add", []), *incoming.get("remove", [])]
