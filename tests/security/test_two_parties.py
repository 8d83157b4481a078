"""Nothing of Anna's comes back to Ben, and nothing of hers changes, whatever id of hers he sends wherever."""

from __future__ import annotations

import pytest

from tests.security.desk_replays import HIDDEN, read_as, routes, write_as
from tests.security.parties import Parties
from tests.security.replays import PHONE_DOORS, Door


@pytest.mark.parametrize("door", PHONE_DOORS, ids=lambda door: door.__name__)
def test_a_phone_gets_and_changes_nothing_of_another_persons(both: Parties, door: Door) -> None:
    assert door(both) == []


@pytest.mark.parametrize("who", HIDDEN)
def test_a_desk_reads_nothing_that_its_role_may_not_see(both: Parties, who: str) -> None:
    assert read_as(both, who) == []


@pytest.mark.parametrize("who", ["nobody", "phone", "auditor", "expert", "storekeeper"])
def test_a_desk_changes_nothing_that_its_role_may_not_see(both: Parties, who: str) -> None:
    assert write_as(both, who) == []


def test_every_address_of_the_desk_is_tried() -> None:
    assert len(routes()) > 90
