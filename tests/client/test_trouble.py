"""Replies that are lost, doubled, late or wrong; aggregates that leave; clones; restored servers; revoked phones."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from doorstep_client import Phone, ReadOnly, Unreachable
from doorstep_client import replica as here
from doorstep_client.exchange import Limits as PhoneLimits
from doorstep_client.identity import adopt_schema, epoch, schema
from doorstep_client.outbox import entries, offer_again
from doorstep_client.reply import decode_reply
from doorstep_client.transport import Answer
from sync.memory import MemoryStore
from sync.pull import Limits
from sync.wire import Push, manifest_digest
from tests.client.clock import HeldClock
from tests.client.conftest import JOB, OpenPhone
from tests.client.server import Server


def fields(phone: Phone, id: str = "j1") -> dict[str, Any]:
    job = phone.get("job", id)
    assert job is not None
    return job.fields


def in_step(phone: Phone, server: Server) -> None:
    """Quiet and connected: the phone holds exactly its entitled part of the server's state."""
    with server.store.snapshot() as snapshot:
        entitled = {row.id: row.ver for row, _ in snapshot.entitled(phone.identity.user)}
    assert here.manifest(phone.store, epoch(phone.store)) == entitled
    for (entity, id), body in server.store._state.records.items():
        record = server.record(id, entity)
        if record.aggregate in entitled:
            row = phone.store.one("SELECT body FROM record WHERE entity = ? AND id = ?", entity, id)
            assert row is not None and row[0] == body
    assert phone.outbox() == []


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


def add_lines(server: Server, text: str) -> None:
    """25 lines on job j1."""
    for number in range(25):
        line = {"entity": "line", "record": f"l{number:02}", "aggregate": JOB, "action": "create"}
        server.desk({"job": "j1", "text": text}, **line)


def test_pages_are_staged_and_swapped_in_at_once(phone: Phone, server: Server):
    add_lines(server, "new")
    server.limit(Limits(page_records=10))
    seen: list[int] = []
    server.change_reply = lambda reply: seen.append(len(phone.of(JOB, "line")))
    phone.sync()
    assert seen == [0, 0, 0, 0], (
        "a manifest was asked for; then three pages, of which nothing showed before the last"
    )
    assert len(phone.of(JOB, "line")) == 25
    in_step(phone, server)


def test_paging_goes_on_after_a_cut_where_it_was(phone: Phone, server: Server, open_phone: OpenPhone):
    add_lines(server, "new")
    server.limit(Limits(page_records=10))
    calls = iter([False, False, True])
    server.lose_reply = lambda: next(calls, True)
    with pytest.raises(Unreachable):
        phone.sync()
    phone.close()
    server.lose_reply = lambda: False
    again = open_phone("a")
    server.desk({"text": "changed meanwhile"}, entity="line", record="l00", base_ver=server.ver())
    again.sync()
    first = next(one for one in server.requests[-3:] if one.pull is not None and one.pull.after)
    assert first.pull is not None and list(first.pull.after) == [JOB]
    assert again.of(JOB, "line")[0].fields["text"] == "changed meanwhile" and len(again.of(JOB, "line")) == 25
    in_step(again, server)


def test_pages_that_came_by_an_older_schema_are_not_mixed_with_newer_ones(phone: Phone, server: Server):
    add_lines(server, "belt")
    server.limit(Limits(page_records=10))
    calls = iter([False, False, True])
    server.lose_reply = lambda: next(calls, True)
    with pytest.raises(Unreachable):
        phone.sync()
    assert here.paging(phone.store)
    server.lose_reply = lambda: False
    newer = msgspec.structs.replace(schema(phone.store), version=3)
    adopt_schema(phone.store, newer)
    assert not here.paging(phone.store)
    phone.sync()
    in_step(phone, server)


def test_a_reply_in_portions_is_fetched_to_its_end(phone: Phone, server: Server):
    for number in range(2, 30):
        server.open_job(f"j{number}")
    server.limit(Limits(reply_bytes=600))
    phone.sync()
    assert len(phone.aggregates("job")) == 29
    in_step(phone, server)


def test_a_first_load_comes_as_a_snapshot_and_goes_on_from_its_version(phone: Phone, server: Server):
    add_snapshot(server, lines=30)
    server.desk({"text": "newer"}, entity="line", record="l00", aggregate="job/j5", base_ver=31)
    phone.sync()
    assert len(phone.of("job/j5", "line")) == 30
    assert phone.of("job/j5", "line")[0].fields["text"] == "newer"
    in_step(phone, server)


def test_a_snapshot_resumes_after_a_cut(
    phone: Phone, server: Server, open_phone: OpenPhone, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("doorstep_client.snapshot.PIECE_BYTES", 500)
    address = add_snapshot(server, lines=30)
    asked: list[str] = []
    send = server.send

    def cut(method: str, path: str, headers: Any, body: bytes = b"") -> Any:
        if path == address:
            asked.append(headers["Range"])
            if len(asked) == 3:
                raise Unreachable("cut")
        return send(method, path, headers, body)

    monkeypatch.setattr(server, "send", cut)
    with pytest.raises(Unreachable):
        phone.sync()
    assert phone.get("job", "j5") is None
    phone.close()
    again = open_phone("a")
    again.sync()
    assert asked[:4] == ["bytes=0-499", "bytes=500-999", "bytes=1000-1499", "bytes=1000-1499"]
    in_step(again, server)


def test_a_damaged_snapshot_is_never_shown_and_is_fetched_again(phone: Phone, server: Server):
    address = add_snapshot(server, lines=3)
    good = server.snapshots[address]
    server.snapshots[address] = good.replace(b"J5", b"J6")
    with pytest.raises(Unreachable, match="damaged"):
        phone.sync()
    assert phone.get("job", "j5") is None
    server.snapshots[address] = good
    phone.sync()
    in_step(phone, server)


def test_a_snapshot_that_was_replaced_is_asked_for_by_its_new_name(phone: Phone, server: Server):
    address = add_snapshot(server, lines=3)
    gone = [Answer(404, {}, b"{}")]
    server.refuse = lambda path: gone.pop() if path == address and gone else None
    with pytest.raises(Unreachable, match="gone"):
        phone.sync()
    phone.sync()
    in_step(phone, server)


def add_snapshot(server: Server, lines: int) -> str:
    """Job j5 with lines, offered to first loads as an immutable file."""
    server.open_job("j5")
    for number in range(lines):
        server.desk(
            {"job": "j5", "text": str(number)},
            entity="line",
            record=f"l{number:02}",
            aggregate="job/j5",
            action="create",
        )
    with server.store.snapshot() as snapshot:
        bodies = [body for _, _, _, body in snapshot.page("job/j5", (0, ""), 1000)]
    data = b'{"records":[' + b",".join(bodies) + b"]}"
    address = f"/v1/snapshots/{hashlib.sha256(data).hexdigest()}"
    server.snapshots[address] = data
    server.snapshot_of["job/j5"] = (address, server.ver("job/j5"))
    return address


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


def cloned(phone: Phone, open_phone: OpenPhone) -> Phone:
    """The same device twice: its file copied, its key too."""
    copied(phone, phone.store.path.with_name("clone.db"))
    return open_phone("clone", key=phone._line._key)


def copied(phone: Phone, path: Path) -> None:
    """A copy of the phone's file."""
    phone.store.run("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(phone.store.path, path)


def backup(server: Server) -> MemoryStore:
    kept = MemoryStore()
    kept._state = copy.deepcopy(server.store._state)
    return kept


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


def test_pages_of_before_a_restore_never_mix_with_those_of_after(phone: Phone, server: Server):
    kept = backup(server)
    add_lines(server, "before")
    server.limit(Limits(page_records=10))
    calls = iter([False, False, True])
    server.lose_reply = lambda: next(calls, True)
    with pytest.raises(Unreachable):
        phone.sync()
    assert here.paging(phone.store)
    server.lose_reply = lambda: False
    server.restored(kept, "epoch-2")
    add_lines(server, "after")
    phone.sync()
    assert {line.fields["text"] for line in phone.of(JOB, "line")} == {"after"}
    in_step(phone, server)


def test_pages_of_what_left_before_the_last_one_came_are_thrown_away(phone: Phone, server: Server):
    server.open_job("j2")
    for number in range(25):
        line = {"entity": "line", "record": f"l{number:02}", "aggregate": "job/j2", "action": "create"}
        server.desk({"job": "j2", "text": "belt"}, **line)
    server.limit(Limits(page_records=10))
    calls = iter([False, False, True])
    server.lose_reply = lambda: next(calls, True)
    with pytest.raises(Unreachable):
        phone.sync()
    assert here.paging(phone.store)
    server.lose_reply = lambda: False
    server.desk({"assignee": "bob"}, "j2", base_ver=26)
    phone.sync()
    assert not here.paging(phone.store)
    assert phone.store.all("SELECT * FROM staging") == []
    in_step(phone, server)


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


def dump(phone: Phone) -> list[str]:
    """Everything in the store but when it was last heard."""
    return [line for line in phone.store._connection.iterdump() if "heard_ms" not in line]
