"""Faults against invariant 1."""

from __future__ import annotations

from tests.mutants.mutation import CLIENT, Mutation

_SOMEWHERE = "test_at_every_step_each_operation_waits_on_its_phone_or_stands_in_the_ledger"
_COPIES_LOSE = "test_two_copies_of_one_phone_lose_nothing"

FAULTS = [
    Mutation(
        name="receipts are dropped",
        invariant=1,
        file="sync/batch.py",
        old="            work.receipts.append(stored)\n",
        new="",
        test=_SOMEWHERE,
    ),
    Mutation(
        name="a parked operation's payload is not kept",
        invariant=1,
        file="sync/apply.py",
        old="        payload=raw,\n",
        new='        payload=b"" if result.status == "parked" else raw,\n',
        test=_SOMEWHERE,
    ),
    Mutation(
        name="a parked operation keeps no reason",
        invariant=1,
        file="sync/apply.py",
        old="        reason=result.reason,\n",
        new='        reason="",\n',
        test=_SOMEWHERE,
    ),
    Mutation(
        name="the outbox drops an operation when it is sent",
        invariant=1,
        file=f"{CLIENT}/phone.py",
        old="        answer = self._line.sync(exchange.body)\n",
        new="        self.store.run(\"DELETE FROM outbox WHERE state = 'pending'\")\n"
        "        answer = self._line.sync(exchange.body)\n",
        test=_SOMEWHERE,
    ),
    Mutation(
        name="a fork leaves all pending operations but the first behind",
        invariant=1,
        file=f"{CLIENT}/outbox.py",
        old="    for seq, (position, payload) in enumerate(rows, start=1):\n",
        new="    rows = rows[:1]\n    for seq, (position, payload) in enumerate(rows, start=1):\n",
        test=_COPIES_LOSE,
    ),
]
