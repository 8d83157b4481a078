"""A first load comes as a snapshot: resumed after a cut, never shown when damaged."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from doorstep_client import Phone, Unreachable
from doorstep_client.transport import Answer
from tests.client.conftest import OpenPhone
from tests.client.server import Server
from tests.client.trouble import in_step


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
