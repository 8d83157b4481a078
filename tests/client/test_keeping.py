"""Sent work is kept for a while, parked work for good, and all of it is told."""

from __future__ import annotations

import hashlib

from doorstep_client import Phone
from doorstep_client.outbox import offer_again
from tests.client.clock import HeldClock
from tests.client.conftest import JOB
from tests.client.server import Server
from tests.client.trouble import fields, in_step


def test_a_server_that_wants_what_is_no_longer_here_is_told_as_a_fault(phone: Phone, server: Server):
    phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.store.run("DELETE FROM outbox WHERE seq = 1")
    assert phone.sync().faults == ["the server misses operations from 1 on, which are no longer here"]


def test_acked_operations_are_kept_thirty_days_and_then_go(phone: Phone, server: Server, clock: HeldClock):
    phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.sync()
    clock.pass_seconds(29 * 86_400)
    phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.sync()
    assert len(phone.receipts()) == 2
    clock.pass_seconds(2 * 86_400)
    phone.sync()
    assert [one.seq for one in phone.receipts()] == [2]
    phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.sync()
    assert fields(phone)["used"] == 3 and [one.seq for one in phone.receipts()] == [2, 3]


def test_a_wrong_clock_forgets_nothing_early(phone: Phone, server: Server, clock: HeldClock):
    server.clock = HeldClock()
    phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.sync()
    clock.wall_ms += 20 * 365 * 86_400_000
    phone.sync()
    assert [one.seq for one in phone.receipts()] == [1]


def test_parked_operations_are_kept_however_old(phone: Phone, clock: HeldClock):
    phone.author("line", "l1", JOB, {"job": "j7", "text": "belt"}, "create")
    phone.sync()
    clock.pass_seconds(365 * 86_400)
    phone.sync()
    assert [one.status for one in phone.receipts()] == ["parked"]


def test_the_outbox_summary_tells_what_would_be_missing(phone: Phone, server: Server):
    ids = [phone.author("job", "j1", set={"used": {"inc": 1}}).operation.id for _ in range(250)]
    phone.sync()
    first = server.requests[-2].outbox
    assert first is not None and (first.pending, first.last_seq) == (50, 250)
    assert first.digest == hashlib.sha256("".join(f"{id}\n" for id in ids[200:]).encode()).hexdigest()
    last = server.requests[-1].outbox
    assert last is not None and (last.pending, last.digest) == (0, "")


def test_work_offered_again_to_a_server_that_has_it_changes_nothing(phone: Phone, server: Server):
    for _ in range(3):
        phone.author("job", "j1", set={"used": {"inc": 1}})
    phone.sync()
    with phone.store.transaction():
        offer_again(phone.store, phone.identity.device, 1)
    phone.sync()
    assert server.record().fields["used"] == fields(phone)["used"] == 3
    in_step(phone, server)
