"""Faults against invariant 9."""

from __future__ import annotations

from tests.mutants.mutation import CLIENT, Mutation

_NEIGHBOURS = "test_whatever_else_was_in_the_batch_takes_effect"
_RELEASED = "test_what_waited_and_fails_when_it_is_released_spoils_nothing"
_GAP = "test_the_server_asks_for_the_first_number_that_is_missing"
_DRAIN = "test_once_the_faults_stop_outboxes_drain_in_bounded_rounds"

FAULTS = [
    Mutation(
        name="a poisoned operation fails its batch",
        invariant=9,
        file="sync/poison.py",
        old="        yield take(batch, True)\n",
        new="        raise ValueError(batch)\n",
        test=_NEIGHBOURS,
    ),
    Mutation(
        name="a batch with poison in it is parked whole",
        invariant=9,
        file="sync/poison.py",
        old="    if len(batch) == 1:\n",
        new="    if batch:\n",
        test=_NEIGHBOURS,
    ),
    Mutation(
        name="what fails when it is released fails the release",
        invariant=9,
        file="sync/batch.py",
        old="            raise PoisonedRelease(place) from fault\n",
        new="            raise\n",
        test=_RELEASED,
    ),
    Mutation(
        name="the phone stops with work still waiting",
        invariant=9,
        file=f"{CLIENT}/reply.py",
        old="        if outbox.pending_count(store) and (taken.results or not exchange.sent):\n",
        new="        if False:\n",
        test=_DRAIN,
    ),
    Mutation(
        name="the server asks for the number after the one that is missing",
        invariant=9,
        file="sync/sequence.py",
        old="            return taken, last_seq + 1\n",
        new="            return taken, last_seq + 2\n",
        test=_GAP,
    ),
]
