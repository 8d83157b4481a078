"""A person's decision about a conflict, carried out (section 6.14)."""

from typing import Any

from tests.stranger.clock import Clock
from tests.stranger.merge import DELETED, Record, side


def present(record: Record, name: str) -> dict[str, Any]:
    """The side that stands now in a field, or of a deletion."""
    if name != DELETED:
        return side(record.fields.get(name), record.clock(name))
    if record.deleted:
        return side(True, record.clocks[DELETED])
    greatest = max(
        [record.creation, *record.clocks.values()], key=lambda clock: (clock.ver, clock.seq, clock.device)
    )
    return side(False, greatest)


def same_value(seen: dict[str, Any], standing: dict[str, Any]) -> bool:
    """Whether the value that the person saw is the one that stands."""
    return (seen["standing_device"], seen["standing_seq"]) == (standing["device"], standing["seq"])


def chosen(decision: dict[str, Any], losing: Any, declared: dict[str, Any] | None, standing: Any) -> Any:
    """The value that the decision sets in the field; `declared` is None for a deletion."""
    if decision["choose"] == "other":
        return decision.get("value")
    policy = declared["policy"]["name"] if declared else ""
    if policy == "machine":
        return losing["to"]
    if policy == "counter":
        return (standing or 0) + (
            losing["inc"] if "inc" in losing else losing["recount"] - losing["observed"]
        )
    if policy == "set_union" and isinstance(losing, dict):
        return sorted((set(standing or []) | set(losing.get("add", []))) - set(losing.get("remove", [])))
    if policy == "append" and isinstance(losing, dict):
        entries = {entry["id"]: entry for entry in standing or []}
        return list((entries | {entry["id"]: entry for entry in losing["add"]}).values())
    return losing


def command(
    decision: dict[str, Any], conflict: dict[str, Any], declared: dict[str, Any] | None, standing: Any
) -> dict[str, Any] | None:
    """The action and fields that carry the decision out on the record; None: nothing changes there."""
    if decision["choose"] == "standing":
        return None
    value = chosen(decision, conflict["losing"]["value"], declared, standing)
    if conflict["field"] == DELETED:
        return {"action": "delete" if value else "update", "set": {}}
    return {"action": "update", "set": {conflict["field"]: value}}


def written(wire: dict[str, Any], fields: dict[str, Any], clock: Clock) -> dict[str, Any]:
    """A record in which the system, or the decider, has set these fields."""
    record = Record.read(wire)
    record.fields |= fields
    record.clocks |= dict.fromkeys(fields, clock)
    record.ver = clock.ver
    return record.wire()
