"""The same promise for exchanges that no list foresees: any of Anna's ids in any member, mixed with Ben's own."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.declaration import SCHEMA
from tests.security.effort import looking
from tests.security.parties import Parties
from tests.security.replays import Watch, exchanged, watched

BASES = st.sampled_from([0, 1, 3, 7, 2**53 - 1])
ENTITIES = st.sampled_from(sorted(SCHEMA.entities))
VALUES = st.one_of(
    st.none(), st.text(max_size=8), st.integers(-5, 5),
    st.sampled_from([{"event": "arrive"}, {"event": "cancel"}, {"add": ["x"]}, {"inc": 1}, {"choose": "losing"}]),
)  # fmt: skip


@looking(40)
@given(data=st.data())
def test_any_mixture_of_ids_gives_and_changes_nothing(both: Parties, data: st.DataObject) -> None:
    ids = st.sampled_from([one for one in both.held.ids() if "/" not in one])
    aggregates = st.sampled_from([*both.held.aggregates, f"work_order/{both.bens[0]}", "self/u-ben"])
    own = {"note": {"text": "x"}, "visit": {"exec_state": {"event": "travel"}}}

    def operation() -> dict[str, Any]:
        entity = data.draw(ENTITIES)
        fields = st.sampled_from(sorted(SCHEMA.entities[entity].fields) or ["text"])
        values = st.one_of(VALUES, ids, ids.map(lambda id: {"add": [id]}))
        made = both.ben.operation(
            entity=entity,
            record=data.draw(ids),
            aggregate=data.draw(aggregates),
            action=data.draw(st.sampled_from(["create", "update", "delete"])),
            base=[both.ben.epoch, data.draw(BASES)],
            set=data.draw(
                st.one_of(st.just(own.get(entity, {})), st.dictionaries(fields, values, max_size=4))
            ),
            decides=data.draw(st.one_of(st.just(""), ids)),
            moved_from=data.draw(st.one_of(st.just(""), ids)),
        )
        # Where it is taken, it is Ben's own record, which he reads ever after.
        both.named.update(
            one for one in both.held.ids() if one in str(made) and one not in both.held.aggregates
        )
        return made

    pull: dict[str, Any] = {"manifest": data.draw(st.dictionaries(aggregates, BASES, max_size=4))}
    pull["refetch"] = data.draw(st.lists(aggregates, max_size=3))
    pull["after"] = data.draw(st.dictionaries(aggregates, st.tuples(BASES, ids), max_size=3))
    parked = {
        "parked": data.draw(st.lists(st.integers(0, 40), max_size=4)),
        "parked_ids": data.draw(st.lists(ids)),
    }

    def replay(both: Parties, watch: Watch) -> None:
        operations = [operation() for _ in range(data.draw(st.integers(0, 4)))]
        exchanged(both, watch, operations, pull, **parked)

    assert watched(both, replay) == []
