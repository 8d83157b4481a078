"""A server that was restored from a backup gets again what it lost."""

from __future__ import annotations

import contextlib

import msgspec

from doorstep_client import Phone, Unreachable
from doorstep_client.exchange import Limits as PhoneLimits
from doorstep_client.identity import epoch
from doorstep_client.reply import decode_reply
from sync.memory import MemoryStore
from sync.wire import Push
from tests.client.clock import HeldClock
from tests.client.conftest import JOB, OpenPhone
from tests.client.server import Server
from tests.client.trouble import backup, cloned, fields, in_step


def test_a_restored_server_gets_again_what_it_lost(phone: Phone, server: Server):
    phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.sync()
    kept = backup(server)
    phone.author("job", "j1", set={"used": {"inc": 10}})
    phone.author("line", "l1", JOB, {"job": "j1", "text": "belt"}, "create")
    phone.sync()
    server.restored(kept, "epoch-2")
    assert server.record().fields["used"] == 1
    phone.sync()
    assert server.record().fields["used"] == 11 and fields(phone)["used"] == 11
    assert server.record("l1", "line").fields["text"] == "belt"
    assert epoch(phone.store) == "epoch-2"
    in_step(phone, server)


def test_a_restored_server_gets_again_what_it_lost_before_what_is_new(phone: Phone, server: Server):
    kept = backup(server)
    phone.author("job", "j1", set={"used": {"inc": 10}})
    phone.sync()
    server.restored(kept, "epoch-2")
    phone.author("job", "j1", set={"used": {"inc": 100}})
    phone.sync()
    assert server.record().fields["used"] == fields(phone)["used"] == 110
    in_step(phone, server)


def test_a_restored_server_gets_again_what_it_lost_though_a_copy_sends_first(
    phone: Phone, server: Server, open_phone: OpenPhone
):
    clone = cloned(phone, open_phone)
    kept = backup(server)
    for inc in (1, 2, 4):
        phone.author("job", "j1", set={"used": {"inc": inc}})
    phone.sync()
    server.restored(kept, "epoch-2")
    clone.author("job", "j1", set={"used": {"inc": 8}})
    clone.sync()
    phone.sync()
    assert server.record().fields["used"] == fields(phone)["used"] == 15
    assert phone.identity.device != clone.identity.device


def test_after_a_restore_the_view_shows_each_effect_once_at_every_step(server: Server, open_phone: OpenPhone):
    phone = open_phone("a", limits=PhoneLimits(push_operations=2))
    phone.enrol("CODE-A", "Alice's phone", "test")
    phone.sync()
    kept: MemoryStore | None = None
    for place in range(5):
        phone.author("job", "j1", set={"used": {"inc": 10**place}})
        phone.sync()
        kept = backup(server) if place == 2 else kept
    assert kept is not None
    server.restored(kept, "epoch-2")
    server.desk({"phone": "300"}, base_ver=1)
    server.desk({"phone": "400"}, base_ver=2)
    shown = []
    for allowed in range(1, 8):
        calls = iter([False] * allowed)
        server.lose_reply = lambda calls=calls: next(calls, True)
        with contextlib.suppress(Unreachable):
            phone.sync()
        shown.append(fields(phone)["used"])
    assert set(shown) == {11111}
    server.lose_reply = lambda: False
    phone.sync()
    assert server.record().fields["used"] == 11111
    in_step(phone, server)


def test_an_answer_from_before_a_restore_settles_nothing_after_it(
    phone: Phone, server: Server, clock: HeldClock
):
    kept = backup(server)
    phone.author("job", "j1", set={"used": {"inc": 1}})
    exchange = phone.prepare()
    answer = server.engine.exchange(phone.identity.device, "alice", exchange.request, nonce="")
    server.restored(kept, "epoch-2")
    other = phone.prepare()
    told = server.engine.exchange(
        phone.identity.device, "alice", msgspec.structs.replace(other.request, push=Push()), nonce=""
    )
    now = clock.read()
    phone.take(other, decode_reply(b"".join(told.chunks)), now, now)
    phone.take(exchange, decode_reply(b"".join(answer.chunks)), now, now)
    assert len(phone.outbox()) == 1
    phone.sync()
    assert server.record().fields["used"] == 1


def test_what_a_restored_server_does_not_know_leaves(phone: Phone, server: Server):
    kept = backup(server)
    server.open_job("j2")
    phone.sync()
    server.restored(kept, "epoch-2")
    phone.sync()
    assert phone.aggregates() == [JOB]
    in_step(phone, server)


def test_a_restored_server_that_does_not_know_the_device_takes_its_work_in_deposit(
    phone: Phone, server: Server
):
    kept = backup(server)
    del kept._state.devices[phone.identity.device]
    server.restored(kept, "epoch-2")
    phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.sync()
    assert [one.status for one in phone.receipts()] == ["quarantined"] and phone.outbox() == []
