"""An operation's id is its author's: knowing it neither tells what became of it nor takes its place."""

from __future__ import annotations

import pytest

from tests.security.parties import Parties
from tests.security.replays import Watch, exchanged, watched

OPEN = "the write door looks for an earlier operation by its id alone, whoever made it"


@pytest.mark.xfail(reason=OPEN)
def test_the_id_of_anothers_operation_tells_nothing(both: Parties) -> None:
    def replay(both: Parties, watch: Watch) -> None:
        home = f"work_order/{both.bens[0]}"
        same = [
            both.ben.operation(id=one["id"], entity="visit", record=both.bens[1], aggregate=home)
            for one in both.held.operations
        ]
        exchanged(both, watch, same)

    assert watched(both, replay) == []


@pytest.mark.xfail(reason=OPEN)
def test_an_id_that_somebody_else_has_used_first_loses_nothing(both: Parties) -> None:
    note = {"entity": "note", "action": "create", "set": {"text": "x"}}
    home = f"work_order/{both.bens[0]}"
    both.ben.tell(both.ben.operation(**note, id="taken", record="bens-note", aggregate=home))

    annas = both.anna.operation(**note, id="taken", record="annas-note", aggregate=both.held.aggregates[0])
    result = both.anna.tell(annas)["push"]["results"][0]

    assert result["status"] == "applied"
