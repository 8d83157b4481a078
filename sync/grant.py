"""What a word that lost leads to when a person gives it right after all."""

from __future__ import annotations

from typing import Any

from sync.policy import Append, Counter, Machine, SetUnion, Text
from sync.schema import Field


def granted(field: Field, standing: Any, losing: Any) -> Any:
    """The field's whole new value. `losing` is as kept in a conflict: a value, or the policy's own form."""
    if not isinstance(losing, dict):
        return losing
    match field.policy:
        case Machine():
            return losing["to"] if set(losing) == {"event", "to"} else losing
        case Counter():
            return (standing or 0) + counted(losing)
        case Text():
            return losing["text"]
        case SetUnion():
            kept = set(standing or []) | set(losing.get("add", []))
            return sorted(kept - set(losing.get("remove", [])))
        case Append():
            entries = {entry["id"]: entry for entry in standing or []}
            return list((entries | {entry["id"]: entry for entry in losing["add"]}).values())
        case _:
            return losing


def counted(form: dict[str, int]) -> int:
    """By how much an increment or a recount moves a counter."""
    return form["inc"] if "inc" in form else form["recount"] - form["observed"]
