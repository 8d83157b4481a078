"""Large aggregates come in pages, and are swapped in whole."""

from __future__ import annotations

import msgspec
import pytest

from doorstep_client import Phone, Unreachable
from doorstep_client import replica as here
from doorstep_client.identity import adopt_schema, schema
from sync.pull import Limits
from tests.client.conftest import JOB, OpenPhone
from tests.client.server import Server
from tests.client.trouble import add_lines, backup, in_step


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
