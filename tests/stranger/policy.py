"""What becomes of one field's value when an operation meets it (sections 6.1 to 6.11)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.stranger.canonical import GREATEST
from tests.stranger.clock import Clock
from tests.stranger.prose import join
from tests.stranger.value import fits, is_integer


class Unfit(ValueError):
    """The value has not the form that its field asks for: the whole operation is parked."""


@dataclass(frozen=True)
class Meeting:
    """One incoming value and what it meets; `relate` judges a set's element by its name."""

    declared: dict[str, Any]
    incoming: Any
    standing: Any
    clock: Clock | None
    relation: str
    owns: bool
    owner_stands: bool
    relate: Callable[[str], str]
    touched: Callable[[str], bool]


@dataclass(frozen=True)
class Verdict:
    """What stands afterwards, what is said about it, and the conflict: its state and the value that loses."""

    stands: Any
    changes: bool = False
    outcome: str = "applied"
    reason: str | None = None
    conflict: str | None = None
    loses: Any = None
    old_loses: bool = False
    elements: list[str] = field(default_factory=list)


def judge(meeting: Meeting) -> Verdict:
    """The verdict of the field's policy; raises Unfit."""
    check_form(meeting.declared, meeting.incoming)
    return _POLICIES[meeting.declared["policy"]["name"]](meeting)


def losing_form(declared: dict[str, Any], incoming: Any) -> Any:
    """How a value that has not taken effect is kept in a conflict."""
    policy = declared["policy"]
    if policy["name"] == "machine":
        return {"event": incoming["event"], "to": policy["events"][incoming["event"]]}
    return incoming


def check_form(declared: dict[str, Any], incoming: Any) -> None:
    """Raises Unfit unless the value has the form that the policy asks for."""
    form = _FORMS.get(declared["policy"]["name"], _is_plain)
    if not form(declared, incoming):
        raise Unfit(declared["policy"]["name"])


def may_stand(declared: dict[str, Any], value: Any) -> bool:
    """Whether a person may choose this value for the field (section 6.14)."""
    match declared["policy"]["name"]:
        case "machine":
            return value in declared["policy"]["table"]
        case "set_union" if isinstance(value, list):
            known = all(isinstance(name, str) for name in value)
        case "append" if isinstance(value, list):
            known = _is_append(declared, {"add": value}) and len({entry["id"] for entry in value}) == len(
                value
            )
        case _:
            known = True
    return known and fits(value, declared["type"])


def _is_plain(declared: dict[str, Any], incoming: Any) -> bool:
    return fits(incoming, declared["type"])


def _is_append(declared: dict[str, Any], incoming: Any) -> bool:
    return (
        isinstance(incoming, dict)
        and incoming.keys() == {"add"}
        and isinstance(incoming["add"], list)
        and all(isinstance(entry, dict) and isinstance(entry.get("id"), str) for entry in incoming["add"])
    )


def _is_set(declared: dict[str, Any], incoming: Any) -> bool:
    return (
        isinstance(incoming, dict)
        and bool(incoming)
        and incoming.keys() <= {"add", "remove"}
        and all(
            isinstance(names, list) and all(isinstance(name, str) for name in names)
            for names in incoming.values()
        )
    )


def _is_count(declared: dict[str, Any], incoming: Any) -> bool:
    return (
        isinstance(incoming, dict)
        and incoming.keys() in ({"inc"}, {"recount", "observed"})
        and all(is_integer(number) for number in incoming.values())
    )


def _is_text(declared: dict[str, Any], incoming: Any) -> bool:
    if isinstance(incoming, dict):
        return incoming.keys() == {"text", "base"} and all(
            isinstance(text, str) for text in incoming.values()
        )
    return isinstance(incoming, str)


def _is_event(declared: dict[str, Any], incoming: Any) -> bool:
    return (
        isinstance(incoming, dict)
        and incoming.keys() == {"event"}
        and isinstance(incoming["event"], str)
        and incoming["event"] in declared["policy"]["events"]
    )


def _is_max(declared: dict[str, Any], incoming: Any) -> bool:
    return incoming is not None and fits(incoming, declared["type"])


_FORMS = {
    "append": _is_append,
    "set_union": _is_set,
    "counter": _is_count,
    "text": _is_text,
    "machine": _is_event,
    "max": _is_max,
}


def _new(meeting: Meeting) -> Verdict:
    return Verdict(meeting.incoming, changes=True)


def _same(meeting: Meeting) -> Verdict:
    return Verdict(meeting.standing, outcome="same")


def _superseded(meeting: Meeting) -> Verdict:
    return Verdict(meeting.standing, outcome="superseded", reason="superseded")


def _later(meeting: Meeting) -> Verdict:
    return Verdict(meeting.incoming, True, "conflict", "later_stands", "open", old_loses=True)


def _old(meeting: Meeting, outcome: str, reason: str, state: str | None) -> Verdict:
    return Verdict(
        meeting.standing,
        False,
        outcome,
        reason,
        state,
        losing_form(meeting.declared, meeting.incoming) if state else None,
    )


def _replayed_late(meeting: Meeting) -> Verdict:
    return _old(meeting, "conflict", "replayed_late", "open")


def _equal(meeting: Meeting) -> bool:
    return (
        meeting.clock is not None
        and meeting.incoming == meeting.standing
        and type(meeting.incoming) is type(meeting.standing)
    )


def _plain(concurrent: Callable[[Meeting], Verdict]) -> Callable[[Meeting], Verdict]:
    def judged(meeting: Meeting) -> Verdict:
        if meeting.relation == "sequential":
            return _new(meeting)
        if meeting.relation == "superseded":
            return _superseded(meeting)
        if _equal(meeting):
            return _same(meeting)
        return _replayed_late(meeting) if meeting.relation == "late" else concurrent(meeting)

    return judged


def _owners(meeting: Meeting) -> Verdict:
    if meeting.owns == meeting.owner_stands:
        return _later(meeting)
    if meeting.owns:
        return replace(_later(meeting), outcome="merged", reason="owner_overrides", conflict="settled")
    return _old(meeting, "merged", "owner_stands", "settled")


def _both_kept(meeting: Meeting) -> Verdict:
    return _old(meeting, "conflict", "both_kept", "open")


def _immutable(meeting: Meeting) -> Verdict:
    if meeting.clock is None:
        return _new(meeting)
    return _same(meeting) if _equal(meeting) else _old(meeting, "merged", "immutable", "settled")


def _first(meeting: Meeting) -> Verdict:
    if meeting.clock is None:
        return _new(meeting)
    if meeting.relation == "superseded":
        return _superseded(meeting)
    return _same(meeting) if _equal(meeting) else _old(meeting, "merged", "first_stands", "settled")


def _max(meeting: Meeting) -> Verdict:
    order = meeting.declared["policy"].get("order")
    rank = order.index if order else int
    if meeting.clock is None or meeting.standing is None or rank(meeting.incoming) > rank(meeting.standing):
        return _new(meeting)
    return _same(meeting) if _equal(meeting) else _old(meeting, "merged", "greater_stands", None)


def _append(meeting: Meeting) -> Verdict:
    entries = list(meeting.standing or [])
    known = {entry["id"]: entry for entry in entries}
    clashing = []
    for entry in meeting.incoming["add"]:
        if entry["id"] not in known:
            known[entry["id"]] = entry
            entries.append(entry)
        elif known[entry["id"]] != entry:
            clashing.append(entry)
    changes = len(entries) > len(meeting.standing or [])
    if changes and not fits(entries, meeting.declared["type"]):
        raise Unfit("the list does not fit")
    if clashing:
        return Verdict(entries, changes, "merged", "entry_exists", "settled", {"add": clashing})
    return Verdict(entries, changes, "applied" if changes else "same")


def _set_union(meeting: Meeting) -> Verdict:
    value, elements, late, kept = set(meeting.standing or []), [], [], []
    for name in meeting.incoming.get("add", []):
        how = meeting.relate(name)
        if how == "superseded":
            continue
        if how == "late" and name not in value and meeting.touched(name):
            late.append(name)
            continue
        value.add(name)
        elements.append(name)
    for name in meeting.incoming.get("remove", []):
        how = meeting.relate(name)
        if how == "sequential":
            value.discard(name)
            elements.append(name)
        elif name in value:
            kept.append("superseded" if how == "superseded" else "element_kept")
    stands = sorted(value)
    if not fits(stands, meeting.declared["type"]):
        raise Unfit("the set does not fit")
    said = Verdict(stands, bool(elements), elements=elements)
    if late:
        return replace(said, outcome="conflict", reason="replayed_late", conflict="open", loses={"add": late})
    if kept:
        return replace(said, outcome="merged", reason=kept[-1])
    return said if elements else replace(said, outcome="same")


def _counter(meeting: Meeting) -> Verdict:
    form = meeting.incoming
    total = (meeting.standing or 0) + (form["inc"] if "inc" in form else form["recount"] - form["observed"])
    if abs(total) > GREATEST:
        raise Unfit("the sum leaves the integers")
    return Verdict(total, changes=True)


def _text(meeting: Meeting) -> Verdict:
    standing, form = meeting.standing or "", meeting.incoming
    if isinstance(form, str):
        form = {"text": form, "base": standing if meeting.relation == "sequential" else ""}
    joined = join(form["base"], standing, form["text"])
    if not fits(form["text"] if joined is None else joined, meeting.declared["type"]):
        raise Unfit("the text does not fit")
    if joined is None:
        if meeting.relation == "superseded":
            return _superseded(meeting)
        return replace(_old(meeting, "conflict", "text_overlaps", "open"), loses=form["text"])
    if meeting.clock is not None and joined == meeting.standing:
        return _same(meeting)
    if joined == form["text"]:
        return Verdict(joined, changes=True)
    return Verdict(joined, True, "merged", "text_merged")


def _machine(meeting: Meeting) -> Verdict:
    policy = meeting.declared["policy"]
    if meeting.relation == "superseded":
        return _superseded(meeting)
    if meeting.relation == "late":
        return _replayed_late(meeting)
    state = policy["initial"] if meeting.standing is None else meeting.standing
    cell = policy["table"][state][meeting.incoming["event"]]
    if cell == ":keep_both":
        return _old(meeting, "merged", "event_kept", "settled")
    if cell == ":conflict":
        return _old(meeting, "conflict", "event_conflicts", "open")
    return _same(meeting) if cell == state else Verdict(cell, changes=True)


_POLICIES = {
    "owner": _plain(_owners),
    "lww_with_inbox": _plain(_later),
    "manual": _plain(_both_kept),
    "immutable": _immutable,
    "first": _first,
    "max": _max,
    "append": _append,
    "set_union": _set_union,
    "counter": _counter,
    "text": _text,
    "machine": _machine,
}
