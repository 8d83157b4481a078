"""Faults against invariant 3."""

from __future__ import annotations

from tests.mutants.mutation import CLIENT, Mutation

_BASE_AND_VIEW = "test_at_every_step_the_base_is_committed_and_each_effect_shows_once"
_LATE = "test_a_reply_that_comes_late_brings_nothing_back"
_LATE_LEAVE = "test_a_leave_that_comes_late_takes_nothing_away"

FAULTS = [
    Mutation(
        name="the overlay drops an effect as soon as it is answered",
        invariant=3,
        file=f"{CLIENT}/outbox.py",
        old="    until = None if waits else result.wrote.get(aggregate, 0)\n",
        new="    until = 0\n",
        test=_BASE_AND_VIEW,
    ),
    Mutation(
        name="the overlay keeps an effect that the base holds",
        invariant=3,
        file=f"{CLIENT}/outbox.py",
        old='"(shown_until IS NULL OR shown_until >"',
        new='"(shown_until IS NULL OR shown_until >="',
        test=_BASE_AND_VIEW,
    ),
    Mutation(
        name="a late reply is taken whole",
        invariant=3,
        file=f"{CLIENT}/reply.py",
        old="        if is_late:\n            return taken\n",
        new="",
        test=_LATE,
    ),
    Mutation(
        name="a late leave is believed",
        invariant=3,
        file=f"{CLIENT}/reply.py",
        old="        if is_late:\n            return taken\n",
        new="        if is_late:\n            replica.leave(store, reply.pull.leave if reply.pull else [])\n"
        "            return taken\n",
        test=_LATE_LEAVE,
    ),
    Mutation(
        name="a page shows before the last one has come",
        invariant=3,
        file=f"{CLIENT}/replica.py",
        old='    store.run_many(_UPSERT.format(table="staging"), _rows(',
        new='    store.run_many(_UPSERT.format(table="record"), _rows(',
        test=_BASE_AND_VIEW,
    ),
]
