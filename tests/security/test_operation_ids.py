"""An operation's id is its author's: knowing it neither tells what became of it nor takes its place."""

from __future__ import annotations

from tests.security.parties import Parties
from tests.security.replays import Watch, exchanged, watched


def test_the_id_of_anothers_operation_tells_nothing(both: Parties) -> None:
    def replay(both: Parties, watch: Watch) -> None:
        home = f"work_order/{both.bens[0]}"
        same = [
            both.ben.operation(id=one["id"], entity="visit", record=both.bens[1], aggregate=home)
            for one in both.held.operations
        ]
        exchanged(both, watch, same)

    assert watched(both, replay) == []


def test_an_id_that_somebody_else_has_used_first_loses_nothing(both: Parties) -> None:
    note = {"entity": "note", "action": "create", "set": {"text": "x"}}
    home = f"work_order/{both.bens[0]}"
    both.ben.tell(both.ben.operation(**note, id="taken", record="bens-note", aggregate=home))

    order = next(one for one in both.held.aggregates if one.startswith("work_order/"))
    annas = both.anna.operation(
        **note, id="taken", record="annas-note", aggregate=order, base=[both.anna.epoch, 99]
    )
    result = both.anna.tell(annas)["push"]["results"][0]

    assert result["status"] == "applied", result
