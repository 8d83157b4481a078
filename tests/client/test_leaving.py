"""What is no longer ours leaves, and a withdrawn phone hands over its work."""

from __future__ import annotations

import msgspec
import pytest

from doorstep_client import Phone, ReadOnly
from doorstep_client import replica as here
from doorstep_client.identity import epoch
from doorstep_client.reply import decode_reply
from sync.wire import manifest_digest
from tests.client.clock import HeldClock
from tests.client.conftest import JOB
from tests.client.server import Server
from tests.client.trouble import backup, fields, in_step


def test_what_is_no_longer_ours_leaves(phone: Phone, server: Server):
    server.desk({"assignee": "bob"}, base_ver=1)
    assert phone.sync().left == [JOB]
    assert phone.get("job", "j1") is None and phone.aggregates() == []
    in_step(phone, server)


def test_a_leaver_with_pending_work_stays_readable_until_the_work_is_answered(
    phone: Phone, server: Server, clock: HeldClock
):
    exchange = phone.prepare()
    server.desk({"assignee": "bob"}, base_ver=1)
    request = msgspec.structs.replace(exchange.request, pull=type(exchange.request.pull)(manifest={JOB: 1}))  # type: ignore[misc]
    reply = decode_reply(server._sync(exchange.device, msgspec.json.encode(request), is_signed=False).body)
    phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.take(exchange, reply, clock.read(), clock.read())
    job = phone.get("job", "j1")
    assert job is not None and job.read_only and job.fields["used"] == 1
    assert manifest_digest(here.manifest(phone.store, epoch(phone.store))) == manifest_digest({})
    with pytest.raises(ReadOnly):
        phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.sync()
    assert server.record().fields["used"] == 1, "authority is judged as of authoring"
    assert phone.get("job", "j1") is None and phone.receipts()[0].status == "applied"
    in_step(phone, server)


def test_a_leaver_that_comes_back_is_whole_again(phone: Phone, server: Server, clock: HeldClock):
    phone.author("job", "j1", set={"used": {"inc": 1}})
    with phone.store.transaction():
        here.leave(phone.store, [JOB])
    phone.sync()
    job = phone.get("job", "j1")
    assert job is not None and not job.read_only and job.fields["used"] == 1
    in_step(phone, server)


def test_a_revoked_phone_deposits_its_work_and_keeps_no_records(phone: Phone, server: Server):
    phone.author("job", "j1", set={"used": {"inc": 1}})
    known = server.store._state.devices[phone.identity.device]
    server.store.put_device(msgspec.structs.replace(known, revoked=True))
    phone.sync()
    assert [one.status for one in phone.receipts()] == ["quarantined"]
    assert phone.aggregates() == [] or phone.get("job", "j1") is None
    assert phone.store.all("SELECT * FROM record") == [] and phone.freshness().is_revoked
    phone.sync()
    assert server.requests[-1].pull is None


def test_what_a_revoked_phone_had_sent_since_the_backup_is_deposited_after_a_restore(
    phone: Phone, server: Server
):
    device = phone.identity.device
    known = server.store._state.devices[device]
    kept = backup(server)
    kept._state.devices[device] = msgspec.structs.replace(known, revoked=True)
    made = [phone.author("job", "j1", set={"used": {"inc": 1}}).operation.id]
    phone.sync()
    server.store.put_device(msgspec.structs.replace(known, revoked=True))
    made.append(phone.author("job", "j1", set={"used": {"inc": 1}}).operation.id)
    phone.sync()
    assert sent_last(server) == made[1:]

    server.restored(kept, "epoch-2")
    phone.sync()
    assert sent_last(server) == made
    assert [one.status for one in phone.receipts()] == ["quarantined"] * 2
    assert phone.store.all("SELECT * FROM record") == []

    requests = len(server.requests)
    phone.sync()
    assert len(server.requests) == requests + 1 and not server.requests[-1].push.ops


def sent_last(server: Server) -> list[str]:
    """Ids of the operations in the last request that held any."""
    pushed = next(request.push.ops for request in reversed(server.requests) if request.push.ops)
    return [msgspec.json.decode(raw)["id"] for raw in pushed]


def test_what_lay_in_a_quarantine_that_was_lost_is_sent_when_the_phone_is_taken_back(
    phone: Phone, server: Server
):
    known = server.store._state.devices[phone.identity.device]
    kept = backup(server)
    server.store.put_device(msgspec.structs.replace(known, revoked=True))
    phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.sync()
    server.restored(kept, "epoch-2")
    phone.sync()
    assert [one.status for one in phone.receipts()] == ["applied"]
    assert server.record().fields["used"] == 1
    in_step(phone, server)


def test_a_phone_that_is_taken_back_gets_its_records_again(phone: Phone, server: Server):
    known = server.store._state.devices[phone.identity.device]
    server.store.put_device(msgspec.structs.replace(known, revoked=True))
    phone.sync()
    server.store.put_device(known)
    phone.sync()
    assert fields(phone)["number"] == "J1" and not phone.freshness().is_revoked
    in_step(phone, server)
