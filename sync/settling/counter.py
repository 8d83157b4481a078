"""Counters: what is added counts, whoever adds; a recount tells how far off the number was."""

from __future__ import annotations

from sync.canonical import LARGEST_INTEGER
from sync.fault import line
from sync.grant import counted
from sync.settling.meeting import BadForm, Meeting, Settled, applied


def counter(m: Meeting) -> Settled:
    """The sum, in any order."""
    total = (m.standing or 0) + moved_by(m)
    if abs(total) > LARGEST_INTEGER:
        raise BadForm(line("out_of_range", m.name))
    return applied(m, total)


def moved_by(m: Meeting) -> int:
    """By how much; raises `BadForm`."""
    form = m.incoming
    shaped = type(form) is dict and set(form) in ({"inc"}, {"recount", "observed"})
    if shaped and all(type(number) is int for number in form.values()):
        return counted(form)
    raise BadForm(line("no_count", m.name))
