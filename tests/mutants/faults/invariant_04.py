"""Faults against invariant 4."""

from __future__ import annotations

from tests.mutants.mutation import Mutation

_PREFIXES = "test_replayed_prefixes_change_nothing"
_ONCE = "test_an_operation_takes_effect_once_under_all_numbers_that_it_ever_had"
_DESK_TWICE = "test_a_desk_that_asks_twice_writes_once"

FAULTS = [
    Mutation(
        name="numbers that were taken are taken again",
        invariant=4,
        file="sync/push.py",
        old="        known, fork = seen_before(tx, row, batch)\n",
        new="        row = msgspec.structs.replace(row, last_seq=0)\n"
        "        known, fork = seen_before(tx, row, batch)\n",
        test=_PREFIXES,
    ),
    Mutation(
        name="the last number is not kept",
        invariant=4,
        file="sync/batch.py",
        old="last_seq=last)]",
        new="last_seq=self._device.last_seq)]",
        test=_PREFIXES,
    ),
    Mutation(
        name="a retry is judged anew instead of being answered as before",
        invariant=4,
        file="sync/sequence.py",
        old="        results.append(decode_result(stored.result))\n",
        new='        results.append(msgspec.structs.replace(decode_result(stored.result), status="duplicate"))\n',
        test=_PREFIXES,
    ),
    Mutation(
        name="the result is not stored as it was given",
        invariant=4,
        file="sync/apply.py",
        old="        result=_encode(result),\n",
        new="        result=_encode(msgspec.structs.replace(result, wrote={})),\n",
        test=_PREFIXES,
    ),
    Mutation(
        name="operation ids are not compared across forks",
        invariant=4,
        file="sync/batch.py",
        old="        before = earlier.get(one.id)\n",
        new="        before = None\n",
        test=_ONCE,
    ),
    Mutation(
        name="a desk's repeated draft is written again",
        invariant=4,
        file="sync/batch.py",
        old="                operation_ids=[one.id for one in batch],\n",
        new="                operation_ids=[],\n",
        test=_DESK_TWICE,
    ),
]
