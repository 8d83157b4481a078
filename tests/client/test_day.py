"""The plain day: enrol, work without signal, see it at once, exchange."""

from __future__ import annotations

import pytest

from doorstep_client import NotEnrolled, Phone, Unreachable
from doorstep_client.identity import schema
from doorstep_client.reply import decode_reply
from tests.client.conftest import JOB, OpenPhone
from tests.client.server import Server
from tests.sync.toy import SCHEMA


def test_enrolment_and_one_exchange_bring_the_days_jobs(phone: Phone):
    job = phone.get("job", "j1")
    assert job is not None and job.fields["number"] == "J1" and not job.pending
    assert phone.identity.user == "alice" and phone.aggregates("job") == [JOB]


def test_nothing_works_before_enrolment_and_the_reason_is_told(open_phone: OpenPhone):
    with pytest.raises(NotEnrolled):
        open_phone("new").author("job", "j1", JOB, {"phone": "1"})


def test_work_is_seen_at_once_and_survives_a_restart(phone: Phone, open_phone: OpenPhone):
    phone.author("job", "j1", set={"phone": "200"})
    phone.close()
    again = open_phone("a")
    job = again.get("job", "j1")
    assert job is not None and job.fields["phone"] == "200" and len(job.pending) == 1
    assert [entry.operation.set for entry in again.outbox()] == [{"phone": "200"}]


def test_an_exchange_hands_work_over_and_brings_the_offices(phone: Phone, server: Server):
    phone.author("job", "j1", set={"phone": "200"})
    server.desk({"priority": "high"}, base_ver=1)
    phone.sync()
    assert server.record().fields["phone"] == "200"
    job = phone.get("job", "j1")
    assert job is not None and job.fields["priority"] == "high" and not job.pending
    assert phone.outbox() == [] and [one.status for one in phone.receipts()] == ["applied"]


def test_push_and_pull_share_one_round_trip(phone: Phone, server: Server):
    phone.author("job", "j1", set={"phone": "200"})
    server.desk({"priority": "high"}, base_ver=1)
    before = len(server.requests)
    phone.sync()
    assert len(server.requests) == before + 1


def test_a_poll_with_nothing_new_sends_a_digest_and_gets_one_word(phone: Phone, server: Server):
    phone.sync()
    pull = server.requests[-1].pull
    assert pull is not None and pull.manifest is None and pull.digest


def test_a_record_created_offline_is_visible_and_can_be_worked_on(phone: Phone, server: Server):
    line = phone.author("line", aggregate=JOB, action="create", set={"job": "j1", "text": "belt"})
    phone.author("line", line.operation.record, set={"text": "belt worn"})
    assert [one.fields["text"] for one in phone.of(JOB, "line")] == ["belt worn"]
    phone.sync()
    assert [one.fields["text"] for one in phone.of(JOB, "line")] == ["belt worn"]
    assert server.record(line.operation.record, "line").fields["text"] == "belt worn"


def test_a_job_opened_on_site_shows_before_and_after_the_exchange(phone: Phone, server: Server):
    phone.author("job", "j9", "job/j9", {"number": "P-1", "answered_by": "alice"}, "create")
    assert phone.aggregates("job") == [JOB, "job/j9"]
    phone.sync()
    job = phone.get("job", "j9")
    assert job is not None and job.fields["number"] == "P-1" and not job.pending
    assert phone.outbox() == [] and server.ver("job/j9") == 1


def test_edits_of_one_field_offline_end_with_the_last(phone: Phone, server: Server):
    for number in ("201", "202", "203"):
        phone.author("job", "j1", set={"phone": number})
    job = phone.get("job", "j1")
    assert job is not None and job.fields["phone"] == "203"
    phone.sync()
    assert server.record().fields["phone"] == "203"
    assert {one.status for one in phone.receipts()} == {"applied"} and phone.conflicts() == []


def test_edits_of_one_field_end_with_the_last_even_if_the_exchange_fell_between(phone: Phone, server: Server):
    phone.author("job", "j1", set={"phone": "201"})
    exchange = phone.prepare()
    phone.author("job", "j1", set={"phone": "202"})
    answer = server._sync(phone.identity.device, exchange.body, is_signed=False)
    now = phone._clock.read()
    phone.take(exchange, decode_reply(answer.body), now, now)
    job = phone.get("job", "j1")
    assert job is not None and job.fields["phone"] == "202" and len(job.pending) == 1
    phone.sync()
    assert server.record().fields["phone"] == "202" and phone.conflicts() == []


def test_counters_sets_and_machines_replay_by_the_servers_own_rules(phone: Phone, server: Server):
    phone.author("job", "j1", set={"used": {"inc": 2}, "tags": {"add": ["wet"], "remove": ["fresh"]}})
    phone.author("job", "j1", set={"used": {"inc": 1}, "state": {"event": "start"}})
    before = phone.get("job", "j1")
    phone.sync()
    after = phone.get("job", "j1")
    assert before is not None and after is not None
    assert before.fields | {"lines": 0} == after.fields | {"lines": 0}
    assert (
        after.fields["used"] == 3 and after.fields["tags"] == ["wet"] and after.fields["state"] == "working"
    )


def test_a_conflict_shows_on_the_phone_and_its_receipt_says_why(phone: Phone, server: Server):
    server.desk({"serial": "S-1"}, base_ver=1)
    phone.author("job", "j1", set={"serial": "S-2"})
    phone.sync()
    (conflict,) = phone.conflicts()
    assert conflict.fields["state"] == "open" and conflict.fields["losing"]["value"] == "S-2"
    (receipt,) = phone.receipts("zh")
    assert receipt.status == "conflict" and "等待人工决定" in receipt.sentence


def test_several_drafts_are_kept_all_or_none(phone: Phone):
    good = {"entity": "job", "record": "j1", "set": {"phone": "200"}}
    with pytest.raises(ValueError, match="colour: unknown"):
        phone.author_all([good, {"entity": "job", "record": "j1", "set": {"colour": "red"}}])
    assert phone.outbox() == []
    assert len(phone.author_all([good, good])) == 2


def test_no_signal_is_told_and_loses_nothing(phone: Phone, server: Server):
    phone.author("job", "j1", set={"phone": "200"})
    server.lose_request = lambda: True
    with pytest.raises(Unreachable):
        phone.sync()
    assert len(phone.outbox()) == 1
    assert phone.freshness().unsent == 1


def test_a_long_outbox_goes_in_portions(phone: Phone, server: Server):
    for number in range(450):
        phone.author("job", "j1", set={"used": {"inc": 1}, "phone": str(number)})
    before = len(server.requests)
    phone.sync()
    assert server.record().fields["used"] == 450 and phone.outbox() == []
    assert len(server.requests) - before == 3


def test_the_schema_is_the_servers(phone: Phone):
    assert schema(phone.store) == SCHEMA
