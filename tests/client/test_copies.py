"""A copied phone becomes a device of its own, and hears what became of its work."""

from __future__ import annotations

import pytest

from doorstep_client import Phone, Unreachable
from doorstep_client.outbox import entries
from tests.client.conftest import JOB, OpenPhone
from tests.client.server import Server
from tests.client.trouble import cloned, fields, in_step


def test_a_cloned_phone_adopts_the_id_that_it_is_given(phone: Phone, server: Server, open_phone: OpenPhone):
    clone = cloned(phone, open_phone)
    phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.sync()
    mine = [clone.author("job", "j1", set={"used": {"inc": 10}}).operation for _ in range(2)]
    clone.sync()
    assert clone.identity.device != phone.identity.device
    theirs = [entry.operation for entry in entries(clone.store)]
    assert [one.id for one in theirs] == [one.id for one in mine]
    assert [one.base for one in theirs] == [one.base for one in mine]
    assert [(one.device, one.seq) for one in theirs] == [
        (clone.identity.device, 1),
        (clone.identity.device, 2),
    ]
    assert server.record().fields["used"] == 21
    in_step(clone, server)
    clone.author("job", "j1", set={"used": {"inc": 100}})
    clone.sync()
    phone.sync()
    assert fields(phone)["used"] == fields(clone)["used"] == 121


def test_a_fork_whose_reply_was_lost_leads_to_the_same_id(
    phone: Phone, server: Server, open_phone: OpenPhone
):
    clone = cloned(phone, open_phone)
    phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.sync()
    clone.author("job", "j1", set={"used": {"inc": 10}})
    server.lose_reply = lambda: True
    for _ in range(2):
        with pytest.raises(Unreachable):
            clone.sync()
    server.lose_reply = lambda: False
    clone.sync()
    assert server.record().fields["used"] == 11
    assert sum(bool(row.forked_from) for row in server.store._state.devices.values()) == 1


def test_a_copy_hears_what_became_of_what_its_old_device_left_parked(
    phone: Phone, server: Server, open_phone: OpenPhone
):
    left = phone.author("line", "l1", JOB, {"job": "j7", "text": "belt"}, "create").operation
    phone.sync()
    clone = cloned(phone, open_phone)
    phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.sync()
    clone.author("job", "j1", set={"used": {"inc": 10}})
    clone.sync()
    clone.sync()
    assert server.requests[-1].push.parked_ids == [left.id] and server.requests[-1].push.parked == []
    assert [one.status for one in clone.receipts()] == ["parked", "applied"]

    server.desk({"number": "J7"}, "j7", aggregate=JOB, action="create")
    server.engine.replay_parked(())
    clone.sync()
    clone.sync()

    assert server.requests[-1].push.parked_ids == []
    assert {one.id: one.status for one in clone.receipts()}[left.id] == "applied"
    in_step(clone, server)


def test_a_duplicate_of_what_is_parked_becomes_what_the_first_one_becomes(
    phone: Phone, server: Server, open_phone: OpenPhone
):
    left = phone.author("line", "l1", JOB, {"job": "j7", "text": "belt"}, "create").operation
    clone = cloned(phone, open_phone)
    for one, amount in ((phone, 1), (clone, 10)):
        one.author("job", "j1", set={"used": {"inc": amount}})
        one.sync()
    clone.sync()
    assert [one.status for one in clone.receipts()] == ["duplicate", "applied"]
    assert server.requests[-1].push.parked_ids == [left.id]

    server.desk({"number": "J7"}, "j7", aggregate=JOB, action="create")
    server.engine.replay_parked(())
    clone.sync()
    clone.sync()

    assert [one.status for one in clone.receipts()] == ["applied", "applied"]
    assert server.requests[-1].push.parked_ids == []
    in_step(clone, server)
