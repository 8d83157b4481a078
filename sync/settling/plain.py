"""Plain values: one word stands, the other is kept where it was not seen."""

from __future__ import annotations

from sync.clock import SEQUENTIAL, SUPERSEDED
from sync.fault import line
from sync.policy import Max
from sync.settling.meeting import BadForm, Meeting, Settled, applied, check_type, replaces, stays


def owner(m: Meeting) -> Settled:
    """An owner's word beats anybody else's; among owners the later one stands, for the inbox."""
    undisputed = _undisputed(m)
    if undisputed:
        return undisputed
    assert m.clock is not None  # where nothing stands, nothing is disputed
    standing_is_owner = not m.field.owner or m.clock.by in m.field.owner or m.clock.by == "system"
    if m.is_owner and not standing_is_owner:
        return replaces(m, "merged", "owner_overrides", open=False)
    if standing_is_owner and not m.is_owner:
        return stays(m, "merged", "owner_stands", open=False)
    return replaces(m, "conflict", "later_stands", open=True)


def lww_with_inbox(m: Meeting) -> Settled:
    """The later word stands, and the inbox asks."""
    undisputed = _undisputed(m)
    if undisputed:
        return undisputed
    return replaces(m, "conflict", "later_stands", open=True)


def manual(m: Meeting) -> Settled:
    """The first word stands until somebody decides."""
    undisputed = _undisputed(m)
    if undisputed:
        return undisputed
    return stays(m, "conflict", "both_kept", open=True)


def immutable(m: Meeting) -> Settled:
    """Said once for all."""
    check_type(m)
    return _once(m, "immutable")


def first(m: Meeting) -> Settled:
    """The first word in commit order stands."""
    check_type(m)
    if m.relation is SUPERSEDED:
        return Settled(outcome="superseded", reason="superseded")
    return _once(m, "first_stands")


def greatest(m: Meeting) -> Settled:
    """The greater value stands, whenever it came."""
    check_type(m)
    policy = m.field.policy
    assert isinstance(policy, Max)
    if m.incoming is None:
        raise BadForm(line("empty", m.name))
    if policy.order and m.incoming not in policy.order:
        raise BadForm(line("not_one_of", m.name, ", ".join(policy.order)))
    if m.clock is None or m.standing is None:
        return applied(m, m.incoming)
    if m.incoming == m.standing:
        return Settled(outcome="same")
    rank = policy.order.index if policy.order else int
    if rank(m.incoming) > rank(m.standing):
        return applied(m, m.incoming)
    return Settled(outcome="merged", reason="greater_stands")


def _undisputed(m: Meeting) -> Settled | None:
    """What happens under each of these policies alike; None where two people said different things unseen."""
    check_type(m)
    if m.relation is SUPERSEDED:
        return Settled(outcome="superseded", reason="superseded")
    if m.clock is None or m.relation is SEQUENTIAL:
        return applied(m, m.incoming)
    if m.incoming == m.standing:
        return Settled(outcome="same")
    if m.replayed:
        return stays(m, "conflict", "replayed_late", open=True)
    return None


def _once(m: Meeting, reason: str) -> Settled:
    if m.clock is None:
        return applied(m, m.incoming)
    if m.incoming == m.standing:
        return Settled(outcome="same")
    return stays(m, "merged", reason, open=False)
