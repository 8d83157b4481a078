"""Connections cut at byte N, in either direction, and servers killed there: each operation takes effect once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from doorstep_client import Unreachable
from tests.faults.promises import Broken, check_acknowledged, hold
from tests.faults.road import Direction, Road
from tests.faults.world import World, flawed

CUTS = int(os.environ.get("FAULTS_CUTS", "24"))
"""In each direction, spread over the exchange, its first and last bytes among them; `make faults` asks for more."""
UNSURE_BYTES = 64
"""By so much two exchanges of the same kind differ in length."""


@contextmanager
def one_phone(database_url: str, folder: Path, command: tuple[str, ...] = ()) -> Iterator[tuple[World, Road]]:
    """A world with one phone, whose signal goes over a road."""
    more = {"command": command} if command else {}
    world = World(database_url, folder, phones=1, **more)  # type: ignore[arg-type]
    try:
        with Road(int(world.servers[0].base_url.rpartition(":")[2])).open() as road:
            world.road = road.url
            yield world, road
    finally:
        world.close()


def exchange(world: World, road: Road, direction: Direction = "up", at: int = -1, then=lambda: None) -> int:  # type: ignore[no-untyped-def]
    """Work, and exchange once with a cut at a byte (none for −1), then until it is through; bytes of the first one."""
    (technician,) = world.fleet.technicians
    with technician.open() as phone:
        technician.note(phone)
        technician.use_part(phone)
        road.disarm()
        if at >= 0:
            road.arm(direction, at, then)
        try:
            phone.sync()
        except Unreachable:
            pass
        size = road.passed(direction)
        road.disarm()
    if at >= 0:
        check_acknowledged(world.database_url, world.fleet)
    return size


def settle(world: World) -> None:
    """The phone tries again, over a whole road."""
    with world.fleet.technicians[0].open() as phone:
        phone.sync()
        hold(not phone.outbox(), "the outbox is empty after an exchange that was not cut")


def cut_everywhere(world: World, road: Road, cuts: int) -> None:
    """Over requests and over answers, at as many bytes."""
    for direction in ("up", "down"):
        size = exchange(world, road, direction)  # type: ignore[arg-type]
        for at in sorted({*range(0, size, max(1, size // cuts)), 1, size - 2, size - 1}):
            exchange(world, road, direction, at)  # type: ignore[arg-type]
            settle(world)


def test_cut_at_any_byte_each_operation_counts_once(database_url: str, tmp_path: Path) -> None:
    with one_phone(database_url, tmp_path) as (world, road):
        cut_everywhere(world, road, CUTS)
        print(f"\n{road.breaks} connections were cut")
        assert road.breaks >= CUTS
        world.check()


def test_a_server_that_forgets_what_it_has_seen_is_caught(database_url: str, tmp_path: Path) -> None:
    with (
        pytest.raises(Broken),
        one_phone(database_url, tmp_path, flawed("dropped dedupe")) as (world, road),
    ):
        cut_everywhere(world, road, 12)
        world.check()


@pytest.mark.parametrize("direction", ["up", "down"])
def test_killed_at_a_byte_of_an_exchange(database_url: str, tmp_path: Path, direction: Direction) -> None:
    """`down` at 0: it has committed, and nobody was told. `up` near the last byte: it has everything but the end."""
    with one_phone(database_url, tmp_path) as (world, road):
        size = exchange(world, road, direction)
        for at in (0, size // 2, size - UNSURE_BYTES):
            server = world.servers[0].process
            exchange(world, road, direction, at, lambda pid=server.pid: os.kill(pid, signal.SIGKILL))
            server.wait(20)
            assert server.returncode == -signal.SIGKILL
            check_acknowledged(world.database_url, world.fleet)
            world.begin_again()
            settle(world)
        world.check()
