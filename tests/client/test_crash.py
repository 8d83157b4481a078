"""The power goes at any statement of any transaction: after a restart nothing is lost, nothing is doubled."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from doorstep_client import Phone
from doorstep_client.key import DeviceKey
from doorstep_client.outbox import entries
from tests.client.clock import HeldClock, SerialBytes
from tests.client.conftest import JOB
from tests.client.power import Power, PowerCut, Side
from tests.client.server import Server
from tests.client.trouble import backup, copied, fields, in_step

Scene = Callable[[Server, Phone, list[str]], None]


class World:
    """One fresh server and one phone whose power can be cut."""

    def __init__(self, folder: Path, at: int, side: Side) -> None:
        self.clock = HeldClock()
        self.server = Server(self.clock)
        self.server.open_job(phone="100")
        self.key = DeviceKey.generate()
        self.random_bytes = SerialBytes()
        self.path = folder / f"{side}-{at}.db"
        self.wreck = folder / f"{side}-{at}-wreck.db"
        first = self.open(self.path)
        first.enrol("CODE-A", "phone", "test")
        first.sync()
        self.prepared = first

    def open(self, path: Path, power: Power | None = None) -> Phone:
        more = {"connect": power.connect} if power else {}
        return Phone(
            path, self.server, key=self.key, clock=self.clock, random_bytes=self.random_bytes, **more
        )


def plain_day(server: Server, phone: Phone, made: list[str]) -> None:
    """Author, exchange, an aggregate comes, one changes, one leaves."""
    made.append(phone.author("job", "j1", set={"used": {"inc": 1}}).operation.id)
    made.append(phone.author("job", "j1", set={"used": {"inc": 1}}).operation.id)
    made.append(phone.author("line", aggregate=JOB, action="create", set={"job": "j1"}).operation.id)
    server.open_job("j2")
    phone.sync()
    server.desk({"assignee": "bob"}, "j2", base_ver=1)
    made.append(phone.author("job", "j1", set={"used": {"inc": 1}}).operation.id)
    phone.sync()


def restored_day(server: Server, phone: Phone, made: list[str]) -> None:
    """The server loses what it had answered, and asks for it again."""
    kept = backup(server)
    made.append(phone.author("job", "j1", set={"used": {"inc": 1}}).operation.id)
    phone.sync()
    server.restored(kept, "epoch-2")
    made.append(phone.author("job", "j1", set={"used": {"inc": 1}}).operation.id)
    phone.sync()


def forked_day(server: Server, phone: Phone, made: list[str]) -> None:
    """Another copy of this device has used its numbers."""
    made.append(phone.author("job", "j1", set={"used": {"inc": 1}}).operation.id)
    made.append(phone.author("job", "j1", set={"used": {"inc": 1}}).operation.id)
    phone.sync()


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("scene", [plain_day, restored_day, forked_day])
def test_a_power_cut_at_any_statement_loses_and_doubles_nothing(tmp_path: Path, scene: Scene, side: Side):
    at, cuts = 0, 0
    while True:
        at += 1
        world = World(tmp_path, at, side)
        if scene is forked_day:
            use_numbers_elsewhere(world)
        world.prepared.close()
        power = Power(at, side, world.path, world.wreck)
        made: list[str] = []
        try:
            phone = world.open(world.path, power)
            scene(world.server, phone, made)
        except PowerCut:
            cuts += 1
        if not power.is_cut:
            break
        check(world, made)
    assert cuts > 60


def use_numbers_elsewhere(world: World) -> None:
    """A clone speaks first, so that this phone's numbers are taken."""
    path = world.path.with_name(f"{world.path.stem}-clone.db")
    copied(world.prepared, path)
    clone = world.open(path)
    clone.author("job", "j1", set={"used": {"inc": 100}})
    clone.sync()
    clone.close()


def check(world: World, made: list[str]) -> None:
    """Restart from what the disk had: every operation that was promised is there, once, and everything settles."""
    phone = world.open(world.wreck)
    held = [receipt.id for receipt in phone.receipts()]
    assert set(made) <= set(held) and len(held) == len(set(held)) <= len(made) + 1
    shown = fields(phone)["used"]
    phone.sync()
    increments = sum(
        entry.operation.set["used"]["inc"] for entry in entries(phone.store) if "used" in entry.operation.set
    )
    elsewhere = 100 if world.path.with_name(f"{world.path.stem}-clone.db").exists() else 0
    assert phone.identity.device.startswith("f-") == (bool(elsewhere) and increments > 0)
    assert world.server.record().fields["used"] == fields(phone)["used"] == increments + elsewhere
    assert shown <= fields(phone)["used"]
    in_step(phone, world.server)
    phone.close()


CHILD = """
import sys
from pathlib import Path
from doorstep_client import Phone
phone = Phone(Path(sys.argv[1]), None)
while True:
    print(phone.author("job", "j1", set={"used": {"inc": 1}}).operation.id, flush=True)
"""


def test_a_killed_process_has_kept_every_operation_that_it_told(phone: Phone, tmp_path: Path):
    path = phone.store.path
    phone.close()
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = [child.stdout.readline().strip() for _ in range(30)]
    child.send_signal(signal.SIGKILL)
    told += child.stdout.read().split()
    child.wait()
    again = Phone(path, None, key=DeviceKey.generate())  # type: ignore[arg-type]
    held = [entry.operation.id for entry in again.outbox()]
    assert len(told) >= 30 and told == held[: len(told)] and len(held) <= len(told) + 1
    again.close()
