"""Faults against invariant 5."""

from __future__ import annotations

from tests.mutants.mutation import CLIENT, Mutation

_NO_WORD = "test_no_reply_holds_a_word_of_a_job_that_is_somebody_elses"
_LEFT = "test_what_has_left_is_gone_and_what_is_unsent_stays"
_SHADOW = "test_a_job_lost_with_work_still_waiting_is_read_only_until_the_work_is_sent"

FAULTS = [
    Mutation(
        name="the pull forgets where a right has ended",
        invariant=5,
        file="sync/memory.py",
        old="            if row.user == user and row.to_ver is None\n",
        new="            if row.user == user\n",
        test=_NO_WORD,
    ),
    Mutation(
        name="the pull on SQLite forgets where a right has ended",
        invariant=5,
        file="server/db/sqlite_sql.py",
        old="WHERE user_id = ? AND to_ver IS NULL) ORDER BY id",
        new="WHERE user_id = ?) ORDER BY id",
        test=_NO_WORD,
        on="sqlite",
    ),
    Mutation(
        name="a right is never taken back",
        invariant=5,
        file="sync/work.py",
        old="            new = msgspec.structs.replace(held, to_ver=row.ver + 1)\n",
        new="            new = held\n",
        test=_NO_WORD,
    ),
    Mutation(
        name="leaving is ignored by the phone",
        invariant=5,
        file=f"{CLIENT}/replica.py",
        old='        store.run("UPDATE aggregate SET shadow = 1 WHERE id = ?", id)\n',
        new="",
        test=_LEFT,
    ),
    Mutation(
        name="what has left goes at once, with work on it still waiting",
        invariant=5,
        file=f"{CLIENT}/replica.py",
        old="        \" (SELECT 1 FROM outbox WHERE outbox.aggregate = aggregate.id AND state = 'pending')\"\n",
        new='        " (SELECT 1 FROM outbox WHERE false)"\n',
        test=_SHADOW,
    ),
]
