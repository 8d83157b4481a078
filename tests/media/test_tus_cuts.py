"""Clients that vanish, stall and come back: what came is kept, and nobody waits for a dead connection."""

from __future__ import annotations

import hashlib
import json
import socket
import time
from collections.abc import Callable
from random import Random

import pytest

from tests.media.server import Answer, Server

CONTENT = Random(7).randbytes(3_000_000)


def upload_id(created: Answer) -> str:
    return created.location.rsplit("/", 1)[1]


def rest(connection: socket.socket) -> bytes:
    """All that the server still says before it closes; nothing, when it hung up on bytes still on their way."""
    connection.settimeout(10)
    said = b""
    try:
        while piece := connection.recv(65536):
            said += piece
    except ConnectionResetError:
        pass
    connection.close()
    return said


def test_a_client_that_disappears_keeps_what_it_sent(make_server: Callable[..., Server]) -> None:
    server = make_server(checkpoint_bytes=1 << 30, checkpoint_seconds=30.0).start()
    created = server.create(CONTENT)
    connection = server.start_patch(created.location, 0, len(CONTENT), CONTENT[:1_234_567])
    connection.shutdown(socket.SHUT_RDWR)
    connection.close()
    # Nothing is written before the cut is noticed: waiting for the file is waiting for that.
    server.await_bytes(upload_id(created), 1_234_567)
    assert server.head(created.location).offset == 1_234_567
    assert server.patch(created.location, 1_234_567, CONTENT[1_234_567:]).status == 204
    assert server.blob(hashlib.sha256(CONTENT).hexdigest()).read_bytes() == CONTENT


def test_a_newer_head_takes_over_a_stalled_patch_within_two_seconds(server: Server, media: str) -> None:
    created = server.create(CONTENT, media)
    stalled = server.start_patch(created.location, 0, len(CONTENT), CONTENT[:1_500_000])
    server.await_bytes(upload_id(created), 1_500_000)
    started = time.monotonic()
    head = server.head(created.location)
    assert time.monotonic() - started < 2
    assert (head.status, head.offset) == (200, 1_500_000)
    said = rest(stalled)
    assert said.startswith(b"HTTP/1.1 423 ")
    assert json.loads(said.partition(b"\r\n\r\n")[2])["code"] == "upload_taken_over"
    assert server.patch(created.location, head.offset, CONTENT[head.offset :]).status == 204


def test_a_newer_patch_takes_over_a_stalled_one(server: Server, media: str) -> None:
    created = server.create(CONTENT, media)
    stalled = server.start_patch(created.location, 0, len(CONTENT), CONTENT[:1_048_576])
    server.await_bytes(upload_id(created), 1_048_576)
    started = time.monotonic()
    answer = server.patch(created.location, 1_048_576, CONTENT[1_048_576:])
    assert (answer.status, time.monotonic() - started < 2) == (204, True)
    rest(stalled)
    assert server.blob(hashlib.sha256(CONTENT).hexdigest()).read_bytes() == CONTENT


def test_of_many_newcomers_each_gets_a_true_offset(server: Server, media: str) -> None:
    created = server.create(CONTENT, media)
    stalled = [server.start_patch(created.location, 0, len(CONTENT), CONTENT[:100_000]) for _ in range(4)]
    offsets = [server.head(created.location).offset for _ in range(3)]
    assert offsets == sorted(offsets)
    for each in stalled:
        rest(each)
    offset = server.head(created.location).offset
    assert server.patch(created.location, offset, CONTENT[offset:]).status == 204
    assert server.blob(hashlib.sha256(CONTENT).hexdigest()).read_bytes() == CONTENT


def test_silence_ends_a_request_and_keeps_its_bytes(make_server: Callable[..., Server]) -> None:
    server = make_server(checkpoint_seconds=0.05, stall_seconds=0.3).start()
    created = server.create(CONTENT)
    said = rest(server.start_patch(created.location, 0, len(CONTENT), CONTENT[:300_000]))
    assert said.startswith(b"HTTP/1.1 408 ")
    assert json.loads(said.partition(b"\r\n\r\n")[2])["code"] == "upload_stalled"
    assert server.head(created.location).offset == 300_000


def test_an_upload_that_drips_is_given_up_and_keeps_its_bytes(make_server: Callable[..., Server]) -> None:
    server = make_server(checkpoint_seconds=0.05, window_seconds=0.5).start()
    created = server.create(CONTENT)
    with server.start_patch(created.location, 0, len(CONTENT), b"") as connection:
        sent, said = 0, b""
        connection.settimeout(0.05)
        while not said:
            connection.sendall(CONTENT[sent : sent + 1])
            sent += 1
            assert sent < 400, "it would have dripped for ever"
            try:
                said = connection.recv(65536)
            except TimeoutError:
                continue
        said += rest(connection)
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"upload_stalled"' in said
    assert sent - 2 <= server.head(created.location).offset <= sent


def test_an_upload_that_is_slow_and_keeps_the_pace_is_stored(make_server: Callable[..., Server]) -> None:
    server = make_server(checkpoint_seconds=0.05, window_seconds=0.2).start()
    content = CONTENT[:600_000]
    created = server.create(content)
    with server.start_patch(created.location, 0, len(content), b"") as connection:
        connection.settimeout(0.05)
        for place in range(0, len(content), 50_000):
            with pytest.raises(TimeoutError):
                connection.recv(65536)
            connection.sendall(content[place : place + 50_000])
        connection.settimeout(10)
        said = connection.recv(65536)
    assert said.startswith(b"HTTP/1.1 204 ")


def test_a_trickle_is_made_durable_without_waiting_for_a_megabyte(make_server: Callable[..., Server]) -> None:
    server = make_server(checkpoint_seconds=0.05).start()
    created = server.create(CONTENT)
    connection = server.start_patch(created.location, 0, len(CONTENT), CONTENT[:10_000])
    server.await_durable(upload_id(created), 10_000)
    server.kill()
    connection.close()
    server.start()
    assert server.head(created.location).offset == 10_000


def test_a_cut_under_a_checksum_keeps_nothing_unverified(server: Server, media: str) -> None:
    created = server.create(CONTENT, media)
    connection = server.connect()
    connection.putrequest("PATCH", created.location)
    for name, value in {
        "Tus-Resumable": "1.0.0",
        "Authorization": "Bearer phone-1",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "0",
        "Upload-Checksum": "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=",
        "Content-Length": str(len(CONTENT)),
    }.items():
        connection.putheader(name, value)
    connection.endheaders(CONTENT[:2_000_000])
    server.await_bytes(upload_id(created), 1_000_000)
    connection.close()
    assert server.head(created.location).offset == 0
    assert server.patch(created.location, 0, CONTENT).status == 204


def test_a_refused_request_does_not_read_its_body(server: Server) -> None:
    connection = server.start_patch("/v1/uploads/none", 0, 1 << 40, b"x" * 100)
    said = rest(connection)
    assert said.startswith(b"HTTP/1.1 404 ")
    assert b"connection: close" in said.lower()
