"""Faults against invariant 7."""

from __future__ import annotations

from tests.mutants.mutation import Mutation

_OVERWRITTEN = "test_no_value_that_was_overwritten_unseen_is_lost"
_AUDITED = "test_every_operation_has_an_audit_entry_with_what_it_replaced"
_PARKED = "test_what_was_parked_never_replaces_what_came_after_it"

FAULTS = [
    Mutation(
        name="an overwritten value is not kept",
        invariant=7,
        file="sync/settling/meeting.py",
        old="        disagreement=disagreement(m, reason, open=open, incoming_loses=False),\n",
        new="",
        test=_OVERWRITTEN,
    ),
    Mutation(
        name="a word that does not stand is not kept",
        invariant=7,
        file="sync/settling/meeting.py",
        old="        disagreement=disagreement(m, reason, open=open, incoming_loses=True, losing=losing),\n",
        new="",
        test=_OVERWRITTEN,
    ),
    Mutation(
        name="conflicts are found and not written",
        invariant=7,
        file="sync/apply.py",
        old="                self._work.put(kept)\n",
        new="                pass\n",
        test=_OVERWRITTEN,
    ),
    Mutation(
        name="nothing is ever concurrent",
        invariant=7,
        file="sync/clock.py",
        old="    return CONCURRENT if standing.ver > base.ver else SEQUENTIAL\n",
        new="    return SEQUENTIAL\n",
        test=_OVERWRITTEN,
    ),
    Mutation(
        name="what was parked replaces what came after it",
        invariant=7,
        file="sync/settling/plain.py",
        old='    if m.replayed:\n        return stays(m, "conflict", "replayed_late", open=True)\n',
        new="",
        test=_PARKED,
    ),
    Mutation(
        name="the audit entry forgets what was replaced",
        invariant=7,
        file="sync/apply.py",
        old="            before=_before(before, operation, merged),\n",
        new="            before={},\n",
        test=_AUDITED,
    ),
]
