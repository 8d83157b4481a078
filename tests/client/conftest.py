"""A server with one job of alice's, and phones on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from doorstep_client import Phone
from doorstep_client.key import DeviceKey
from doorstep_client.transport import Transport
from tests.client.clock import HeldClock, SerialBytes
from tests.client.server import Server

JOB = "job/j1"


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def server(clock: HeldClock) -> Server:
    made = Server(clock)
    made.open_job(phone="100", tags={"add": ["fresh"]})
    return made


OpenPhone = Callable[..., Phone]


@pytest.fixture
def open_phone(tmp_path: Path, clock: HeldClock, server: Server) -> Iterator[OpenPhone]:
    """Opens the phone of a name, again and again the same one."""
    opened: list[Phone] = []
    random_bytes = SerialBytes()
    keys: dict[str, DeviceKey] = {}

    def open_it(name: str = "a", transport: Transport | None = None, **more: Any) -> Phone:
        key = more.pop("key", None) or keys.setdefault(name, DeviceKey.generate())
        path = tmp_path / f"{name}.db"
        phone = Phone(path, transport or server, key=key, clock=clock, random_bytes=random_bytes, **more)
        opened.append(phone)
        return phone

    yield open_it
    for phone in opened:
        phone.close()


@pytest.fixture
def phone(open_phone: OpenPhone) -> Phone:
    """Alice's phone, enrolled and in step with the server."""
    made = open_phone("a")
    made.enrol("CODE-A", "Alice's phone", "test")
    made.sync()
    return made


@pytest.fixture
def bobs(open_phone: OpenPhone) -> Phone:
    """Bob's phone, enrolled and in step with the server."""
    made = open_phone("b")
    made.enrol("CODE-B", "Bob's phone", "test")
    made.sync()
    return made
