"""Faults against invariant 6."""

from __future__ import annotations

from tests.mutants.mutation import CLIENT, Mutation

_ITS_PART = "test_after_any_day_every_phone_holds_exactly_its_part"
_POLLS = "test_whoever_polls_by_the_change_count_misses_nothing"
_DELETED = "test_what_was_deleted_is_gone_everywhere_and_counts_no_longer"
_EPOCH = "test_versions_of_another_epoch_say_nothing"
_RESTORED = "test_after_a_restored_backup_too"

FAULTS = [
    Mutation(
        name="the digest keeps what a record was before",
        invariant=6,
        file="sync/work.py",
        old="                delta -= digest_term(before.entity, before.id, before.ver)\n",
        new="                pass\n",
        test=_ITS_PART,
    ),
    Mutation(
        name="the digest counts deleted records",
        invariant=6,
        file="sync/work.py",
        old="            delta = 0 if record.deleted else digest_term(",
        new="            delta = digest_term(",
        test=_DELETED,
    ),
    Mutation(
        name="the digest is blind to versions, on both sides",
        invariant=6,
        file="sync/record.py",
        old='f"{entity}\\n{id}\\n{ver}"',
        new='f"{entity}\\n{id}"',
        test=_ITS_PART,
    ),
    Mutation(
        name="watchers of a changed aggregate are not counted up",
        invariant=6,
        file="sync/work.py",
        old="            watchers=self._watchers | self._tx.watchers_of(sorted(self._bumped)),\n",
        new="            watchers=self._watchers,\n",
        test=_POLLS,
    ),
    Mutation(
        name="records of another epoch pass for the present ones",
        invariant=6,
        file="sync/pull.py",
        old="        if have == row.ver and same_epoch and row.id not in request.refetch:\n",
        new="        if have == row.ver and row.id not in request.refetch:\n",
        test=_EPOCH,
    ),
    Mutation(
        name="what a restored server lost is not offered again",
        invariant=6,
        file=f"{CLIENT}/reply.py",
        old="    outbox.offer_all_again(store, identity(store).device)\n",
        new="",
        test=_RESTORED,
    ),
]
