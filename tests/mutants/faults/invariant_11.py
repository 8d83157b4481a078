"""Faults against invariant 11."""

from __future__ import annotations

from tests.mutants.mutation import Mutation

_ONCE = "test_no_revision_has_two_effects"
_LAST_SAID = "test_an_effect_belongs_to_what_was_last_said_and_none_comes_after_a_cancellation"
_IN_TIME = "test_none_comes_before_its_time_or_after_the_fact"
_FORGOTTEN = "test_nothing_is_forgotten"

FAULTS = [
    Mutation(
        name="an effect is written whether or not its reminder could be settled",
        invariant=11,
        file="sync/batch.py",
        old="            if not self._tx.settle(settlement):\n",
        new="            if self._tx.settle(settlement) is None:\n",
        test=_ONCE,
    ),
    Mutation(
        name="what was settled or cancelled settles again",
        invariant=11,
        file="sync/reminder.py",
        old='    if row is None or row.state != "pending" or row.fence != settlement.fence:\n',
        new="    if row is None or row.fence != settlement.fence:\n",
        test=_LAST_SAID,
    ),
    Mutation(
        name="what was settled or cancelled settles again in a database",
        invariant=11,
        file="server/db/reminders.py",
        old="""    "AND state = 'pending' AND (:outcome = 'missed' OR past_at > {now})"\n""",
        new="""    "AND (:outcome = 'missed' OR past_at > {now})"\n""",
        test=_LAST_SAID,
        on="sqlite",
    ),
    Mutation(
        name="a new time leaves the reminder of the old one standing",
        invariant=11,
        file="sync/memory.py",
        old="    up_to = word.revision - 1 if isinstance(word, Reminder) else word.revision\n",
        new="    up_to = 0 if isinstance(word, Reminder) else word.revision\n",
        test=_LAST_SAID,
    ),
    Mutation(
        name="a new time leaves the reminder of the old one standing in a database",
        invariant=11,
        file="server/db/reminders.py",
        old="up_to = word.revision - 1 if isinstance(word, Reminder) else word.revision\n",
        new="up_to = 0 if isinstance(word, Reminder) else word.revision\n",
        test=_LAST_SAID,
        on="sqlite",
    ),
    Mutation(
        name="of two words in one transaction the first one counts",
        invariant=11,
        file="sync/work.py",
        old="        self._reminders[word.subject, word.kind] = word\n",
        new="        self._reminders.setdefault((word.subject, word.kind), word)\n",
        test=_IN_TIME,
    ),
    Mutation(
        name="an effect is written after the fact",
        invariant=11,
        file="sync/reminder.py",
        old='    return settlement.outcome == "missed" or settlement.at < row.past_at\n',
        new="    return True\n",
        test=_IN_TIME,
    ),
    Mutation(
        name="what was claimed once is not claimed again after its lease",
        invariant=11,
        file="scheduler/memory_queue.py",
        old='                if row.state == "pending" and row.claimable_at <= now and row.kind in kinds\n',
        new='                if row.state == "pending" and row.fence == 0 and row.claimable_at <= now\n',
        test=_FORGOTTEN,
    ),
    Mutation(
        name="a change asks for nothing",
        invariant=11,
        file="sync/apply.py",
        old="        if operation.entity in self._reminds:\n",
        new="        if False:\n",
        test=_FORGOTTEN,
    ),
]
