"""Machines: an event meets a state, and the table says what becomes of it."""

from __future__ import annotations

from sync.clock import CONCURRENT, SUPERSEDED
from sync.fault import line
from sync.policy import CONFLICT, KEEP_BOTH, Machine
from sync.settling.meeting import BadForm, Meeting, Settled, applied, stays


def machine(m: Meeting) -> Settled:
    """The cell of the table: the next state, or the event kept beside the state that stands."""
    event = event_of(m)
    policy = m.field.policy
    assert isinstance(policy, Machine)
    if m.relation is SUPERSEDED:
        return Settled(outcome="superseded", reason="superseded")
    losing = {"event": event, "to": policy.events[event]}
    if m.replayed and m.clock is not None and m.relation is CONCURRENT:
        return stays(m, "conflict", "replayed_late", open=True, losing=losing)
    cell = policy.table[m.standing or policy.initial][event]
    if cell == CONFLICT:
        return stays(m, "conflict", "event_conflicts", open=True, losing=losing)
    if cell == KEEP_BOTH:
        return stays(m, "merged", "event_kept", open=False, losing=losing)
    if cell == m.standing:
        return Settled(outcome="same")
    return applied(m, cell)


def event_of(m: Meeting) -> str:
    """The event; raises `BadForm`."""
    match m.incoming:
        case {"event": str(event), **rest} if not rest:
            policy = m.field.policy
            assert isinstance(policy, Machine)
            if event not in policy.events:
                raise BadForm(line("unknown_event", m.name, event))
            return event
        case _:
            raise BadForm(line("no_event", m.name))
