"""A desk's stream of changes names nothing that its role may not see; nobody and no phone has one."""

from __future__ import annotations

import pytest

from domain import place
from domain.commands.draft import create
from sync.engine import Draft
from tests.security.desk_replays import STREAM, client_of, hidden_aggregates
from tests.security.parties import Parties
from tests.server.company import DOOR
from tests.server.test_events import listening


@pytest.mark.parametrize("who", ["expert", "storekeeper", "intake"])
def test_a_stream_names_nothing_that_its_role_may_not_see(both: Parties, who: str) -> None:
    engine, new_id = both.live.service.engine, both.live.service.new_id
    with listening(both.live.sign_in(who)) as events:
        for aggregate in both.held.aggregates:
            kind, _, id = aggregate.partition("/")
            entity = {"self": "technician", "stock": "stock_location"}.get(kind, kind)
            field = {"work_order": {"symptom": new_id()}, "site": {"access_notes": {"zh": new_id()}}}
            set = field.get(kind, {"name": {"zh": new_id()}})
            engine.write(DOOR, [Draft(id=new_id(), entity=entity, record=id, aggregate=aggregate, set=set)])
        last = create("skill", new_id(), place.SHARDS["skill"], code=new_id(), name={"zh": "末"})
        engine.write(DOOR, [Draft(id=new_id(), entity=last.entity, record=last.record,
                                  aggregate=last.aggregate, set=last.set, action="create")])  # fmt: skip
        heard = []
        for _, data in events:
            heard.append(data["aggregate"])
            if heard[-1] == last.aggregate:
                break

    assert sorted({*heard} & {*hidden_aggregates(both, who)}) == []
    assert heard[-1] == last.aggregate


@pytest.mark.parametrize("who", ["nobody", "phone"])
def test_there_is_no_stream_for(both: Parties, who: str) -> None:
    assert client_of(both, who).get(STREAM).status_code == 401
