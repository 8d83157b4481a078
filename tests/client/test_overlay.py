"""Own work on top of the records: each effect is seen exactly once, until the record holds it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from doorstep_client import InvalidOperation, Phone
from doorstep_client.reply import decode_reply
from sync.clock import Base
from sync.wire import SyncReply
from tests.client.clock import HeldClock
from tests.client.conftest import JOB
from tests.client.server import Server
from tests.sync.toy import EPOCH


def answer(server: Server, phone: Phone, *, pull: bool = True) -> tuple[Any, SyncReply]:
    """One request and its reply, not yet taken in; without its pull part where asked."""
    exchange = phone.prepare()
    reply = decode_reply(server._sync(exchange.device, exchange.body, is_signed=False).body)
    return exchange, reply if pull else msgspec.structs.replace(reply, pull=None)


def take(phone: Phone, clock: HeldClock, given: tuple[Any, SyncReply]) -> None:
    phone.take(*given, clock.read(), clock.read())


def used(phone: Phone) -> int:
    job = phone.get("job", "j1")
    assert job is not None
    return int(job.fields["used"])


def test_an_effect_leaves_the_overlay_exactly_when_the_record_holds_its_version(
    phone: Phone, server: Server, clock: HeldClock
):
    phone.author("job", "j1", set={"used": {"inc": 2}})
    assert used(phone) == 2
    take(phone, clock, answer(server, phone, pull=False))
    assert phone.outbox() == [] and used(phone) == 2, "answered, but the record is still the old one"
    take(phone, clock, answer(server, phone))
    assert used(phone) == 2, "the record holds it now, so it is no longer on top"


def test_an_effect_is_not_dropped_by_a_version_before_its_own(phone: Phone, server: Server, clock: HeldClock):
    phone.author("job", "j1", set={"used": {"inc": 2}})
    server.desk({"used": {"inc": 10}}, base_ver=1)
    early = server._sync(phone.identity.device, msgspec.json.encode(_only_pull(phone)), is_signed=False)
    exchange, reply = answer(server, phone, pull=False)
    pulled = msgspec.structs.replace(reply, pull=decode_reply(early.body).pull)
    take(phone, clock, (exchange, pulled))
    assert used(phone) == 12
    phone.sync()
    assert used(phone) == 12 and server.record().fields["used"] == 12


def _only_pull(phone: Phone) -> Any:
    request = phone.prepare().request
    return msgspec.structs.replace(request, push=type(request.push)())


def test_the_base_is_what_the_author_saw_and_stays_so(phone: Phone, server: Server):
    first = phone.author("job", "j1", set={"hint": "a"}).operation
    assert first.base == Base(EPOCH, 1)
    server.desk({"priority": "high"}, base_ver=1)
    server.lose_reply = lambda: True
    with pytest.raises(RuntimeError):
        phone.sync()
    server.lose_reply = lambda: False
    (again,) = (entry.operation for entry in phone.outbox())
    assert again.base == Base(EPOCH, 1)
    phone.sync()
    assert phone.author("job", "j1", set={"hint": "b"}).operation.base == Base(EPOCH, server.ver())


def test_parked_work_stays_visible_with_its_reason(phone: Phone, server: Server):
    phone.author("line", "l1", JOB, {"job": "j7", "text": "belt"}, "create")
    phone.sync()
    (line,) = phone.of(JOB, "line")
    assert line.fields["text"] == "belt" and not line.pending
    assert [(one.reason, one.detail) for one in line.parked] == [("unknown_reference", "job j7")]
    assert [one.status for one in phone.receipts()] == ["parked"] and phone.freshness().parked == 1


def test_parked_work_is_asked_for_until_it_is_no_longer_parked(phone: Phone, server: Server):
    phone.author("line", "l1", JOB, {"job": "j7", "text": "belt"}, "create")
    phone.sync()
    phone.sync()
    assert server.requests[-1].push.parked == [1]
    server.desk({"number": "J7"}, "j7", aggregate=JOB, action="create")
    server.engine.replay_parked(())
    phone.sync()
    phone.sync()
    assert server.requests[-1].push.parked == []
    (line,) = phone.of(JOB, "line")
    assert not line.parked and [one.status for one in phone.receipts()] == ["applied"]


def test_parked_work_never_covers_what_came_after_it(phone: Phone, server: Server):
    phone.author("job", "j1", set={"colour": "red", "phone": "200"}, checked=False)
    phone.sync()
    server.desk({"phone": "300"}, base_ver=server.ver())
    phone.sync()
    job = phone.get("job", "j1")
    assert job is not None and job.fields["phone"] == "300"
    assert [one.status for one in phone.receipts()] == ["parked"]


def test_work_too_large_for_an_operation_is_told_at_authoring(phone: Phone):
    with pytest.raises(InvalidOperation, match="more than 65536"):
        phone.author("job", "j1", set={"remarks": "x" * 70_000})
    assert phone.outbox() == []


@pytest.mark.parametrize(
    ("set", "told"),
    [
        ({"colour": "red"}, "job.colour: unknown"),
        ({"phone": 5}, "job.phone: not_text"),
        ({"state": {"event": "fly"}}, "job.state: unknown_event"),
        ({"used": 3}, "job.used: no_count"),
        ({"used": {"inc": 1.5}}, "set.used.inc: not_whole"),
        ({"hint": object()}, "set: "),
        ({"phone": "\ud800"}, "set: half_character"),
        ({"hint": ["\udc00"]}, "set: half_character"),
    ],
)
def test_a_wrong_form_is_told_at_authoring_by_its_place(phone: Phone, set: dict[str, Any], told: str):
    with pytest.raises(InvalidOperation, match=told):
        phone.author("job", "j1", set=set)
    assert phone.outbox() == []


def test_a_record_that_is_not_here_is_told_at_authoring(phone: Phone):
    with pytest.raises(InvalidOperation, match="unknown_record"):
        phone.author("job", "j7", set={"phone": "1"})
    with pytest.raises(InvalidOperation, match="unknown_record"):
        phone.author("job", "j7", "job/j7", {"phone": "1"})


def test_a_deleted_record_is_no_longer_listed(phone: Phone, server: Server):
    phone.author("line", "l1", JOB, {"job": "j1", "text": "belt"}, "create")
    phone.sync()
    phone.author("line", "l1", action="delete")
    assert phone.of(JOB, "line") == []
    phone.sync()
    line = phone.get("line", "l1")
    assert phone.of(JOB, "line") == [] and line is not None and line.deleted


def test_a_person_decides_a_conflict_on_the_phone(phone: Phone, server: Server):
    server.desk({"serial": "S-1"}, base_ver=1)
    phone.author("job", "j1", set={"serial": "S-2"})
    phone.sync()
    (conflict,) = phone.conflicts()
    stands = conflict.fields["standing"]
    decision = {"choose": "losing", "standing_device": stands["device"], "standing_seq": stands["seq"]}
    phone.author("conflict", conflict.id, set={"decision": decision})
    phone.sync()
    job = phone.get("job", "j1")
    assert job is not None and job.fields["serial"] == "S-2"
    assert [one.fields["state"] for one in phone.conflicts()] == ["decided"]
