"""Signal that goes in the middle of an exchange costs nothing but a repetition."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from tests.mobile_api.live import Company, Phone, sync_body


def test_request_cut_in_its_body_is_forgotten(
    company: Company, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    operation = phone.operation()
    body = sync_body(operation)
    for size in (0, 1, len(body) // 2, len(body) - 1):
        with _request(phone, body) as connection:
            connection.sendall(body[:size])

    assert company.ledger(phone.device) == []
    assert phone.sync(operation).json["push"]["results"][0]["status"] == "applied"
    assert "error" not in caplog.text.lower()


def test_reply_that_nobody_read_is_given_again(company: Company, phone: Phone) -> None:
    body = sync_body(phone.operation({"used": {"inc": 1}}))
    with _request(phone, body) as connection:
        connection.sendall(body)
        # Wait for the first byte of the reply, then vanish: the operation was taken.
        assert connection.recv(1)

    again = phone.post("/v1/sync", body, phone.by_token())

    assert again.json["push"]["results"][0]["status"] == "applied"
    assert again.json["pull"]["aggregates"][0]["records"][0]["fields"]["used"] == 1


def test_body_that_stalls_is_given_up(start: Callable[..., Company]) -> None:
    phone = start(body_stall_seconds=0.2).phone()
    body = sync_body()
    with _request(phone, body) as connection:
        connection.sendall(body[:10])
        answer = connection.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"body_stalled"' in answer


def test_one_connection_serves_exchange_after_exchange(phone: Phone) -> None:
    body = sync_body()
    with _request(phone, body) as connection:
        for number in range(3):
            connection.sendall(_head(phone, body) + body if number else body)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")


def _request(phone: Phone, body: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", phone.port), 10)
    connection.sendall(_head(phone, body))
    return connection


def _head(phone: Phone, body: bytes) -> bytes:
    return (
        f"POST /v1/sync HTTP/1.1\r\nHost: doorstep\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {phone.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
