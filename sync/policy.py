"""The merge policies, as data: declared per field, shipped to clients, run by the same vectors on both sides."""

from __future__ import annotations

import msgspec

KEEP_BOTH = ":keep_both"
"""Machine cell: the state stands, the event is kept beside it and listed as settled."""
CONFLICT = ":conflict"
"""Machine cell: the state stands, a person decides."""


class _Policy(msgspec.Struct, frozen=True, tag_field="name", forbid_unknown_fields=True):
    pass


class Owner(_Policy, frozen=True, tag="owner"):
    """The owner beats everybody else when both wrote at once; among owners as `lww_with_inbox`."""


class Immutable(_Policy, frozen=True, tag="immutable"):
    """Set once, at creation; another value never replaces it."""


class Append(_Policy, frozen=True, tag="append"):
    """A list of entries with ids, which only grows."""


class SetUnion(_Policy, frozen=True, tag="set_union"):
    """A set; an element added at the same time as it is removed stays."""


class Counter(_Policy, frozen=True, tag="counter"):
    """A sum of increments; a recount carries the value observed, so that concurrent increments survive it."""


class First(_Policy, frozen=True, tag="first"):
    """The first value in commit order stands."""


class Max(_Policy, frozen=True, tag="max"):
    """The greatest value stands: by `order` from least to greatest, or as integers when `order` is empty."""

    order: tuple[str, ...] = ()


class Text(_Policy, frozen=True, tag="text"):
    """Three-way merge of prose against the text that the author started from."""


class Machine(_Policy, frozen=True, tag="machine"):
    """A total table: state × event → state, `:keep_both` or `:conflict`.

    `events` gives each event the state that it usually leads to, which is what a person chooses when an event that
    did not take effect is given right after all.
    """

    initial: str
    events: dict[str, str]
    table: dict[str, dict[str, str]]


class LwwWithInbox(_Policy, frozen=True, tag="lww_with_inbox"):
    """The later commit stands at once; the value that it replaced unseen goes to the inbox."""


class Manual(_Policy, frozen=True, tag="manual"):
    """The standing value stays; the concurrent one waits in the inbox."""


Policy = (
    Owner | Immutable | Append | SetUnion | Counter | First | Max | Text | Machine | LwwWithInbox | Manual
)


def machine_faults(machine: Machine) -> list[str]:
    """What makes a table not total, each as a sentence; empty when it is sound."""
    faults = []
    states = set(machine.table)
    if machine.initial not in states:
        faults.append(f"initial state {machine.initial!r} has no row")
    for event, target in machine.events.items():
        if target not in states:
            faults.append(f"event {event!r} leads to unknown state {target!r}")
    for state, row in machine.table.items():
        missing = sorted(set(machine.events) - set(row))
        faults += [f"state {state!r} says nothing about event {event!r}" for event in missing]
        for event, cell in row.items():
            if event not in machine.events:
                faults.append(f"state {state!r} names unknown event {event!r}")
            if cell not in states and cell not in (KEEP_BOTH, CONFLICT):
                faults.append(f"state {state!r}, event {event!r}: unknown outcome {cell!r}")
    return faults
