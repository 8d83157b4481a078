"""The steps of which the cases of push.json are made, and what a server answers to each (section 7)."""

from __future__ import annotations

from typing import Any

from openapi.vectors_build.form import canonical, conflict_id, operation, sha256, side
from openapi.vectors_build.world import EPOCH, Json

A, B = "phone-a", "phone-b"


def op(seq: int, set: Json, base: int = 1, device: str = A, **more: Any) -> Json:
    """An operation that its author based on one version of the present epoch."""
    return operation(device, seq, set, base=more.pop("at_base", (EPOCH, base)), **more)


def line(seq: int, set: Json, id: str = "l1", **more: Any) -> Json:
    """An operation on a line of the job."""
    return op(seq, set, entity="line", id=id, **more)


def push(ops: list[Any], expect: Json, device: str = A, first: int = 0) -> Json:
    """A step: a phone pushes. An operation that is a text stands for those bytes."""
    return {"push": {"device": device, "first": first, "ops": ops}, "expect": expect}


def desk(id: str, set: Json, expect: Json, base: int | None = None, **more: Any) -> Json:
    """A step: desk-li writes one change, based on what its form displayed; its numbers are the server's own matter."""
    for result in expect.get("results", []):
        result.pop("seq")
    draft: Json = {"id": id, "entity": "job", "record": "j1", "aggregate": "job/j1", "set": set, **more}
    if base is not None:
        draft["base_ver"] = base
    return {"desk": draft, "expect": expect}


def upgrade(schema: int, released: list[Json]) -> Json:
    """A step: the server learns a newer schema, and tries again what was parked."""
    return {"upgrade": schema, "expect": {"released": released}}


def holds(fields: Json, entity: str = "job", id: str = "j1", **more: Any) -> Json:
    """A step: these fields of a record stand so."""
    return {"record": {"entity": entity, "id": id}, "expect": {"fields": fields, **more}}


def ver(number: int) -> Json:
    """A step: the job's aggregate has this version."""
    return {"aggregate": "job/j1", "expect": {"ver": number}}


def took(seq: int, wrote: int = 2, status: str = "applied", reason: str = "", **more: Any) -> Json:
    """A result of an operation that was taken in."""
    return _result(seq, status, reason, {"wrote": {"job/j1": wrote}, **more})


def parked(seq: int, reason: str) -> Json:
    """A result of an operation that waits."""
    return _result(seq, "parked", reason, {})


def _result(seq: int, status: str, reason: str, more: Json) -> Json:
    made: Json = {"seq": seq, "status": status}
    if reason:
        made["reason"] = reason
    return {**made, **more}


def said(field: str, outcome: str, reason: str, losing_device: str = "", losing_seq: int = 0) -> Json:
    """One field's outcome; with a losing side, the conflict's id."""
    made: Json = {"field": field, "outcome": outcome, "reason": reason}
    if losing_device:
        made["conflict"] = conflict_id("job", "j1", field, side(None, (0, losing_device, losing_seq, "")))
    return made


def fork_of(device: str, one: Json) -> str:
    """Section 7.5: the copy's own identity."""
    text = f"{device}\n{one['seq']}\n{sha256(canonical(one))}"
    return "f-" + sha256(text.encode())[:24]


def case(name: str, *steps: Json) -> Json:
    """A case of the file."""
    return {"name": name, "steps": list(steps)}
