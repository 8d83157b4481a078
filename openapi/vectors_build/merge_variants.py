"""Every policy met in every way, with what is expected: written by hand from sections 6.1–6.11."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Class = Literal["unset", "sequential", "concurrent", "superseded", "late"]


KEEPS: Any = object()
"""The standing value stays."""


@dataclass(frozen=True)
class Expect:
    """What stands afterwards, what is said, and whether a conflict keeps a value."""

    value: Any = KEEPS
    outcome: str = "applied"
    reason: str = ""
    conflict: str = ""
    """`open`, `settled`, or none."""
    losing: Any = KEEPS
    """The losing value, where it is neither the standing nor the incoming one as sent."""


@dataclass(frozen=True)
class Variant:
    """One way to meet one field."""

    name: str
    field: str
    standing: Any
    incoming: Any
    expect: dict[Class, Expect]
    roles: tuple[str, ...] = ("technician",)
    standing_by: str = "dispatcher"
    owner: str = "everyone"
    """Whether the author is `owner`, `other`, or the field is `everyone`'s."""
    element: str = ""
    """For sets: the element whose clock is judged."""
    initial: Any = None
    """The value before anybody set one."""
    policy: str = ""


_SUPERSEDED = Expect(outcome="superseded", reason="superseded")


_LATE = Expect(outcome="conflict", reason="replayed_late", conflict="open")


_REQUESTED = Expect(outcome="conflict", reason="requested", conflict="open")


_REFUSED = Expect(outcome="refused", reason="not_allowed", conflict="settled")


def _plain(new: str, concurrent: Expect) -> dict[Class, Expect]:
    """Sections 6.1, 6.10 and 6.11 differ in one cell."""
    return {
        "unset": Expect(new),
        "sequential": Expect(new),
        "concurrent": concurrent,
        "superseded": _SUPERSEDED,
        "late": _LATE,
    }


def _always(one: Expect, **but: Expect) -> dict[Class, Expect]:
    classes: tuple[Class, ...] = ("unset", "sequential", "concurrent", "superseded", "late")
    return {name: but.get(name, one) for name in classes}


_LATER = {"outcome": "conflict", "reason": "later_stands", "conflict": "open"}


_STEP = {"id": "e2", "what": "oiled"}


_CLASH = {"id": "e1", "what": "washed"}


VARIANTS = (
    # 6.1 owner
    Variant(
        "owner meets owner",
        "priority",
        "high",
        "low",
        _plain("low", Expect("low", **_LATER)),
        ("dispatcher",),
        owner="owner",
        policy="owner",
    ),
    Variant(
        "owner meets another's value",
        "hint",
        "back door",
        "front door",
        _plain("front door", Expect("front door", "merged", "owner_overrides", "settled")),
        ("dispatcher",),
        "technician",
        owner="owner",
        policy="owner",
    ),
    Variant(
        "another meets the owner's value",
        "hint",
        "back door",
        "front door",
        _plain("front door", Expect(outcome="merged", reason="owner_stands", conflict="settled")),
        owner="other",
        policy="owner",
    ),
    Variant(
        "two others",
        "hint",
        "back door",
        "front door",
        _plain("front door", Expect("front door", **_LATER)),
        standing_by="technician",
        owner="other",
        policy="owner",
    ),
    Variant("a request", "priority", "high", "low", _always(_REQUESTED), owner="other", policy="owner"),
    Variant("a refusal", "billing", "free", "paid", _always(_REFUSED), owner="other", policy="owner"),
    Variant(
        "nobody in particular owns it",
        "place",
        "cellar",
        "roof",
        _plain("roof", Expect("roof", **_LATER)),
        policy="owner",
    ),
    # 6.2 immutable
    Variant(
        "another number",
        "number",
        "SO-1",
        "SO-9",
        _always(Expect(outcome="merged", reason="immutable", conflict="settled"), unset=Expect("SO-9")),
        policy="immutable",
    ),
    # 6.3 append
    Variant(
        "a new entry",
        "log",
        [{"id": "e1", "what": "cleaned"}],
        {"add": [_STEP]},
        _always(Expect([{"id": "e1", "what": "cleaned"}, _STEP]), unset=Expect([_STEP])),
        policy="append",
    ),
    Variant(
        "another entry under the same id",
        "log",
        [{"id": "e1", "what": "cleaned"}],
        {"add": [_CLASH]},
        _always(
            Expect(outcome="merged", reason="entry_exists", conflict="settled", losing={"add": [_CLASH]}),
            unset=Expect([_CLASH]),
        ),
        policy="append",
    ),
    # 6.4 set_union
    Variant(
        "a new element",
        "tags",
        ["loud", "wet"],
        {"add": ["hot"]},
        _always(Expect(["hot", "loud", "wet"]), unset=Expect(["hot"])),
        element="wet",
        policy="set_union",
    ),
    Variant(
        "an element removed",
        "tags",
        ["loud", "wet"],
        {"remove": ["wet"]},
        {
            "sequential": Expect(["loud"]),
            "concurrent": Expect(outcome="merged", reason="element_kept"),
            "superseded": Expect(outcome="merged", reason="superseded"),
            "late": Expect(outcome="merged", reason="element_kept"),
        },
        element="wet",
        policy="set_union",
    ),
    Variant(
        "a removed element added again",
        "tags",
        ["loud"],
        {"add": ["wet"]},
        {
            "sequential": Expect(["loud", "wet"]),
            "concurrent": Expect(["loud", "wet"]),
            "superseded": Expect(outcome="same"),
            "late": Expect(
                outcome="conflict", reason="replayed_late", conflict="open", losing={"add": ["wet"]}
            ),
        },
        element="wet",
        policy="set_union",
    ),
    # 6.5 counter
    Variant(
        "an increment",
        "used",
        5,
        {"inc": 2},
        _always(Expect(7), unset=Expect(2)),
        initial=0,
        policy="counter",
    ),
    Variant(
        "a recount",
        "used",
        5,
        {"recount": 9, "observed": 4},
        _always(Expect(10), unset=Expect(5)),
        initial=0,
        policy="counter",
    ),
    # 6.6 first
    Variant(
        "somebody was first",
        "answered_by",
        "li",
        "alice",
        _always(
            Expect(outcome="merged", reason="first_stands", conflict="settled"),
            unset=Expect("alice"),
            superseded=_SUPERSEDED,
        ),
        policy="first",
    ),
    # 6.7 max
    Variant("a greater value", "severity", "low", "high", _always(Expect("high")), policy="max"),
    Variant(
        "a smaller value",
        "severity",
        "high",
        "low",
        _always(Expect(outcome="merged", reason="greater_stands"), unset=Expect("low")),
        policy="max",
    ),
    # 6.8 text
    Variant(
        "two passages",
        "remarks",
        "Lift B. Fan noisy.",
        {"text": "Lift. Fan noisy, oiled.", "base": "Lift. Fan noisy."},
        {
            name: Expect("Lift B. Fan noisy, oiled.", "merged", "text_merged")
            for name in ("sequential", "concurrent", "superseded", "late")
        },
        policy="text",
    ),
    Variant(
        "the same passage",
        "remarks",
        "Fan broken.",
        {"text": "Fan oiled.", "base": "Fan noisy."},
        {
            "sequential": Expect(
                outcome="conflict", reason="text_overlaps", conflict="open", losing="Fan oiled."
            ),
            "concurrent": Expect(
                outcome="conflict", reason="text_overlaps", conflict="open", losing="Fan oiled."
            ),
            "superseded": _SUPERSEDED,
            "late": Expect(outcome="conflict", reason="text_overlaps", conflict="open", losing="Fan oiled."),
        },
        policy="text",
    ),
    Variant(
        "without its base",
        "remarks",
        "Fan broken.",
        "Fan oiled.",
        {
            "unset": Expect("Fan oiled."),
            "sequential": Expect("Fan oiled."),
            "concurrent": Expect(outcome="conflict", reason="text_overlaps", conflict="open"),
            "superseded": _SUPERSEDED,
            "late": Expect(outcome="conflict", reason="text_overlaps", conflict="open"),
        },
        policy="text",
    ),
    # 6.9 machine
    Variant(
        "a step",
        "state",
        "working",
        {"event": "finish"},
        {
            "unset": Expect("done"),
            "sequential": Expect("done"),
            "concurrent": Expect("done"),
            "superseded": _SUPERSEDED,
            "late": Expect(
                outcome="conflict",
                reason="replayed_late",
                conflict="open",
                losing={"event": "finish", "to": "done"},
            ),
        },
        initial="new",
        policy="machine",
    ),
    Variant(
        "a step that contradicts",
        "state",
        "cancelled",
        {"event": "finish"},
        {
            "sequential": Expect(
                outcome="conflict",
                reason="event_conflicts",
                conflict="open",
                losing={"event": "finish", "to": "done"},
            ),
            "concurrent": Expect(
                outcome="conflict",
                reason="event_conflicts",
                conflict="open",
                losing={"event": "finish", "to": "done"},
            ),
            "superseded": _SUPERSEDED,
            "late": Expect(
                outcome="conflict",
                reason="replayed_late",
                conflict="open",
                losing={"event": "finish", "to": "done"},
            ),
        },
        policy="machine",
    ),
    Variant(
        "a step that is kept as a fact",
        "state",
        "done",
        {"event": "start"},
        {
            "sequential": Expect(
                outcome="merged",
                reason="event_kept",
                conflict="settled",
                losing={"event": "start", "to": "working"},
            ),
            "concurrent": Expect(
                outcome="merged",
                reason="event_kept",
                conflict="settled",
                losing={"event": "start", "to": "working"},
            ),
            "superseded": _SUPERSEDED,
            "late": Expect(
                outcome="conflict",
                reason="replayed_late",
                conflict="open",
                losing={"event": "start", "to": "working"},
            ),
        },
        policy="machine",
    ),
    # 6.10 lww_with_inbox
    Variant(
        "another phone number",
        "phone",
        "138",
        "139",
        _plain("139", Expect("139", **_LATER)),
        policy="lww_with_inbox",
    ),
    # 6.11 manual
    Variant(
        "another serial number",
        "serial",
        "A7",
        "B8",
        _plain("B8", Expect(outcome="conflict", reason="both_kept", conflict="open")),
        policy="manual",
    ),
)
