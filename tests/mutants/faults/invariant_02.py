"""Faults against invariant 2."""

from __future__ import annotations

from tests.mutants.mutation import Mutation

_EVERY_VERSION = "test_every_version_was_made_by_one_commit_and_none_is_missing"
_READER = "test_a_reader_that_pulls_at_any_moment_holds_every_committed_change"
_INTERLEAVED = "test_connections_that_interleave_skip_and_lose_nothing"
_FOLLOWS = "test_a_version_holds_a_change_with_all_that_follows_from_it"

FAULTS = [
    Mutation(
        name="the version is bumped twice",
        invariant=2,
        file="sync/work.py",
        old="        return row.ver + 1 if aggregate in self._bumped else row.ver\n",
        new="        return row.ver + 2 if aggregate in self._bumped else row.ver\n",
        test=_EVERY_VERSION,
    ),
    Mutation(
        name="the version is not bumped",
        invariant=2,
        file="sync/work.py",
        old="        self._bumped.add(record.aggregate)\n",
        new="",
        test=_EVERY_VERSION,
    ),
    Mutation(
        name="the next page leaves out what shares the last one's version",
        invariant=2,
        file="sync/memory.py",
        old="if (ver, id) > after]",
        new="if ver > after[0]]",
        test=_READER,
    ),
    Mutation(
        name="pages come in the order of ids",
        invariant=2,
        file="server/db/sqlite_sql.py",
        old="(ver, id) > (?, ?) ORDER BY ver, id, entity LIMIT ?",
        new="(ver, id) > (?, ?) ORDER BY id, entity LIMIT ?",
        test=_READER,
        on="sqlite",
    ),
    Mutation(
        name="the pull begins one version too late",
        invariant=2,
        file="server/db/sqlite_sql.py",
        old="WHERE aggregate = ? AND ver > ? ORDER BY ver, id, entity",
        new="WHERE aggregate = ? AND ver > ? + 1 ORDER BY ver, id, entity",
        test=_READER,
        on="sqlite",
    ),
    Mutation(
        name="aggregates are read without a lock",
        invariant=2,
        file="server/db/postgres_sql.py",
        old='"SELECT id FROM aggregate WHERE id = ANY(%b::text[]) ORDER BY id FOR UPDATE"',
        new='"SELECT id FROM aggregate WHERE id = ANY(%b::text[]) ORDER BY id"',
        test=_INTERLEAVED,
        on="",
    ),
    Mutation(
        name="what follows from a change is left for later",
        invariant=2,
        file="sync/apply.py",
        old="        waiting = list(follow)\n",
        new="        waiting = list(follow)[:0]\n",
        test=_FOLLOWS,
    ),
]
