"""Replies that are lost, doubled, late or wrong cost a retry, and nothing else."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from doorstep_client import Phone, Unreachable
from doorstep_client.reply import decode_reply
from tests.client.clock import HeldClock
from tests.client.conftest import JOB
from tests.client.server import Server
from tests.client.trouble import dump, fields, in_step


def test_a_lost_reply_costs_one_retry_and_has_one_effect(phone: Phone, server: Server):
    phone.author("job", "j1", set={"used": {"inc": 1}})
    server.lose_reply = lambda: True
    for _ in range(3):
        with pytest.raises(Unreachable):
            phone.sync()
    server.lose_reply = lambda: False
    phone.sync()
    assert server.record().fields["used"] == fields(phone)["used"] == 1
    in_step(phone, server)


def test_a_doubled_reply_changes_nothing(phone: Phone, server: Server, clock: HeldClock):
    phone.author("job", "j1", set={"used": {"inc": 1}})
    exchange = phone.prepare()
    reply = decode_reply(server._sync(exchange.device, exchange.body, is_signed=True).body)
    phone.take(exchange, reply, clock.read(), clock.read())
    before = dump(phone)
    taken = phone.take(exchange, reply, clock.read(), clock.read())
    assert dump(phone) == before and taken.results == 0 and not taken.again


def test_a_late_reply_brings_back_neither_old_records_nor_an_old_nonce(
    phone: Phone, server: Server, clock: HeldClock
):
    late = phone.prepare()
    late_reply = decode_reply(server._sync(late.device, late.body, is_signed=True).body)
    server.desk({"phone": "300"}, base_ver=1)
    server.desk({"assignee": "bob"}, base_ver=2)
    server.desk({"assignee": "alice"}, base_ver=3)
    phone.sync()
    before = dump(phone)
    leaving = msgspec.structs.replace(late_reply.pull, leave=[JOB])
    phone.take(late, msgspec.structs.replace(late_reply, pull=leaving), clock.read(), clock.read())
    assert dump(phone) == before and fields(phone)["phone"] == "300"


def test_a_late_reply_still_fills_in_a_missing_result(phone: Phone, server: Server, clock: HeldClock):
    phone.author("job", "j1", set={"used": {"inc": 1}})
    first = phone.prepare()
    reply = decode_reply(server._sync(first.device, first.body, is_signed=False).body)
    phone.store.put(answered=7)
    phone.take(first, reply, clock.read(), clock.read())
    assert phone.outbox() == []
    phone.sync()
    assert fields(phone)["used"] == 1


def test_a_digest_that_does_not_add_up_fetches_that_aggregate_anew_once(phone: Phone, server: Server):
    server.desk({"phone": "300"}, base_ver=1)
    server.open_job("j2")
    phone.store.run("DELETE FROM record WHERE id = 'j1'")
    phone.store.run("UPDATE aggregate SET ver = 0 WHERE id = ?", JOB)
    bend(server, times=1)
    taken = phone.sync()
    assert server.requests[-1].pull is not None and server.requests[-1].pull.refetch == [JOB]
    assert taken.faults == [] and fields(phone)["phone"] == "300" and fields(phone, "j2")["number"] == "J2"
    in_step(phone, server)


def test_a_digest_that_never_adds_up_is_told_and_what_was_here_stays(phone: Phone, server: Server):
    server.desk({"phone": "300"}, base_ver=1)
    server.open_job("j2")
    bend(server, times=100)
    before = len(server.requests)
    taken = phone.sync()
    assert sum(JOB in (one.pull.refetch if one.pull else []) for one in server.requests[before:]) == 1
    assert [fault.partition(" ")[0] for fault in taken.faults] == [JOB]
    assert phone.freshness().faults == tuple(taken.faults)
    assert fields(phone)["phone"] == "100" and fields(phone, "j2")["number"] == "J2"
    server.change_reply = lambda reply: None
    server.desk({"phone": "400"}, base_ver=2)
    assert phone.sync().faults == [] and fields(phone)["phone"] == "400"
    in_step(phone, server)


def bend(server: Server, times: int) -> None:
    """Spoil the digest of job/j1 in the next so many replies that bring it."""
    left = [times]

    def change(reply: dict[str, Any]) -> None:
        for one in reply.get("pull", {}).get("aggregates", []):
            if one["id"] == JOB and left[0]:
                left[0] -= 1
                one["digest"] = "0" * 64

    server.change_reply = change
