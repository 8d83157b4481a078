"""Sets and growing lists: everybody's elements are united, and each element has a clock of its own."""

from __future__ import annotations

from typing import Any

import msgspec

from sync.clock import CONCURRENT, SEQUENTIAL, SUPERSEDED
from sync.fault import line
from sync.settling.meeting import BadForm, Meeting, Settled, disagreement, now_standing
from sync.value_type import fault


def set_union(m: Meeting) -> Settled:
    """A removal counts for what its author has seen; what was said again stays."""
    added, removed = edits_of(m)
    elements = list(m.standing or [])
    touched: list[str] = []
    reason = ""
    late: list[str] = []
    for element in added:
        relation, known = m.element_relation(element)
        if relation is SUPERSEDED:
            continue
        if element in elements:
            touched.append(element)  # said again: a removal that has not seen this does not win
            continue
        if known and m.replayed and relation is CONCURRENT:
            late.append(element)
            continue
        elements.append(element)
        touched.append(element)
    for element in removed:
        relation, known = m.element_relation(element)
        if known and relation is not SEQUENTIAL:
            if element in elements:
                reason = "superseded" if relation is SUPERSEDED else "element_kept"
            continue
        if element in elements:
            elements.remove(element)
        touched.append(element)
    problem = fault(m.field.type, elements, m.name)
    if problem:
        raise BadForm(problem)
    kept = None
    if late:
        kept = disagreement(m, "replayed_late", open=True, incoming_loses=True, losing={"add": late})
    if not touched:
        if kept:
            return Settled(outcome="conflict", reason="replayed_late", disagreement=kept)
        return Settled(outcome="merged" if reason else "same", reason=reason)
    value = sorted(elements)
    return Settled(
        outcome="conflict" if late else "merged" if reason else "applied",
        reason="replayed_late" if late else reason,
        value=value,
        elements=tuple(touched),
        disagreement=now_standing(kept, m, value) if kept else None,
    )


def append(m: Meeting) -> Settled:
    """Entries are added, never changed or removed."""
    added = entries_of(m)
    entries = list(m.standing or [])
    by_id = {entry["id"]: entry for entry in entries}
    clashing = []
    fresh = 0
    for entry in added:
        if entry["id"] not in by_id:
            by_id[entry["id"]] = entry
            entries.append(entry)
            fresh += 1
        elif by_id[entry["id"]] != entry:
            clashing.append(entry)
    problem = fault(m.field.type, entries, m.name)
    if problem:
        raise BadForm(problem)
    value = entries if fresh else msgspec.UNSET
    if clashing:
        kept = disagreement(m, "entry_exists", open=False, incoming_loses=True, losing={"add": clashing})
        kept = now_standing(kept, m, entries) if fresh else kept
        return Settled(outcome="merged", reason="entry_exists", value=value, disagreement=kept)
    return Settled(outcome="applied" if fresh else "same", value=value)


def edits_of(m: Meeting) -> list[list[str]]:
    """What is added and what is removed; raises `BadForm`."""
    added, removed = _members(m, ("add", "remove"))
    for element in added + removed:
        if type(element) is not str:
            raise BadForm(line("element_not_text", m.name))
    return [added, removed]


def entries_of(m: Meeting) -> list[dict[str, Any]]:
    """What is added; raises `BadForm`."""
    (added,) = _members(m, ("add",))
    for entry in added:
        if type(entry) is not dict or type(entry.get("id")) is not str:
            raise BadForm(line("entry_without_id", m.name))
    return added


def _members(m: Meeting, names: tuple[str, ...]) -> list[list[Any]]:
    if type(m.incoming) is not dict or not m.incoming or not set(m.incoming) <= set(names):
        raise BadForm(line("no_edit", m.name, ", ".join(names)))
    lists = [m.incoming.get(name, []) for name in names]
    if not all(type(one) is list for one in lists):
        raise BadForm(line("no_lists", m.name, ", ".join(names)))
    return lists
