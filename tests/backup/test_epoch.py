"""The epoch story, with real servers and real phones: work, backup, more work, disaster, restore, phones come back."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from doorstep_client import Phone, Refused
from doorstep_client.identity import epoch
from server.bootstrap import open_service
from server.settings import read_settings
from sync.record import decode_record
from tests.backup.house import back_up, files, restore, working_world
from tests.faults.company import Job, hire, variables
from tests.faults.fleet import CALM_SECONDS, Fleet, Technician
from tests.faults.promises import check_everything, tables
from tests.faults.world import World
from tests.parts.server_process import running_server

Fresh = Callable[[], str]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fresh]:
    """Gives empty databases of one kind, which are dropped at the end."""
    made: list[str] = []

    def sqlite() -> str:
        made.append("")
        return f"sqlite:///{tmp_path / f'database-{len(made)}.db'}"

    if request.param == "sqlite":
        yield sqlite
        return
    cluster = request.getfixturevalue("postgres")

    def postgres() -> str:
        made.append(cluster.fresh_database())
        return made[-1]

    yield postgres
    for url in made:
        cluster.drop_database(url)


def test_what_was_acknowledged_after_the_backup_is_offered_again_and_is_there_once(
    fresh: Fresh, tmp_path: Path
) -> None:
    with working_world(fresh(), tmp_path, phones=3) as world:
        before = world.fleet.technicians[0].told.epoch
        back_up(world, tmp_path / "night.tar")
        photos = _a_day_after_the_backup(world)
        _back_from(tmp_path / "night.tar", world, url := fresh(), tmp_path / "new")
        with running_server(tmp_path / "new", variables(url, tmp_path / "new")) as server:
            world.road = server.base_url
            world.fleet.settle()
            for technician in world.fleet.technicians:
                with technician.open() as phone:
                    phone.upload()
                    _exchange_until_looked_at(phone, technician)
                    assert epoch(phone.store) != before
    check_everything(url, world.fleet)
    states = _states(url)
    assert [states[one] for one in photos] == ["verified"] * 3
    whole = {hashlib.sha256(one).hexdigest() for one in files(tmp_path / "new").values()}
    assert whole >= {_sha256(url, one) for one in photos}


def test_a_second_disaster_before_everybody_was_back_loses_nothing(fresh: Fresh, tmp_path: Path) -> None:
    with working_world(fresh(), tmp_path, phones=2) as world:
        back_up(world, tmp_path / "first.tar")
        _a_day_after_the_backup(world)
        for name in ("second", "third"):
            _back_from(tmp_path / "first.tar", world, url := fresh(), tmp_path / name)
            with running_server(tmp_path / name, variables(url, tmp_path / name)) as server:
                world.road = server.base_url
                first, second = world.fleet.technicians
                Fleet([first]).settle()
                if name == "third":
                    Fleet([second]).settle()
    check_everything(url, world.fleet)


@pytest.mark.parametrize("is_same_secret", [True, False], ids=["the same secret", "another secret"])
def test_a_phone_that_the_backup_does_not_know_deposits_and_its_work_comes_in_when_it_is_enrolled_again(
    fresh: Fresh, tmp_path: Path, is_same_secret: bool
) -> None:
    with working_world(fresh(), tmp_path, phones=1) as world:
        back_up(world, tmp_path / "night.tar")
        late = _hired_after_the_backup(world, 7)
        with late.open() as phone:
            acknowledged = late.note(phone)
            phone.sync()
            waiting = late.note(phone)
            device = phone.identity.device
        _back_from(tmp_path / "night.tar", world, url := fresh(), tmp_path / "new")
        settings = variables(url, tmp_path / "new")
        if not is_same_secret:
            settings["DOORSTEP_SECRET"] = "another secret, since the first one was lost with the machine"
        again = _hired(settings, 7)
        with running_server(tmp_path / "new", settings) as server:
            world.road = server.base_url
            with late.open() as phone:
                if is_same_secret:
                    phone.sync()
                    assert phone.freshness().is_revoked and not phone.outbox()
                else:
                    with pytest.raises(Refused, match="device_unknown"):
                        phone.sync()
                deposited = [
                    row for row in tables(url, "quarantine")["quarantine"] if row["device"] == device
                ]
                if is_same_secret:
                    held = b"\n".join(bytes(row["payload"]) for row in deposited)
                    assert acknowledged.encode() in held and waiting.encode() in held
                phone.enrol(again.code, "the same phone", "test")
                phone.sync()
                assert not phone.outbox() and phone.identity.device != device
    notes = [row for row in tables(url, "record")["record"] if row["entity"] == "note"]
    mine = [row for row in notes if row["aggregate"] == late.job.home]
    assert len(mine) == late.notes == 2
    ledger = tables(url, "operation")["operation"]
    assert sorted(row["id"] for row in ledger if row["id"] in (acknowledged, waiting)) == sorted(
        [acknowledged, waiting]
    )


def _a_day_after_the_backup(world: World) -> list[str]:
    """Acknowledged work, a photo that has arrived, and work that waits; ids of the photos."""
    photos = []
    for technician in world.fleet.technicians:
        with technician.open() as phone:
            for _ in range(4):
                technician.work(phone)
                technician.note(phone)
            photos.append(technician.photo(phone, _picture()))
            phone.sync()
            phone.upload()
            phone.sync()
            technician.note(phone)
    return photos


def _picture() -> bytes:
    """A photo like no other."""
    found = io.BytesIO()
    Image.frombytes("RGB", (100, 100), os.urandom(30_000)).save(found, "JPEG")
    return found.getvalue()


def _exchange_until_looked_at(phone: Phone, technician: Technician) -> None:
    """What the server finds out about photos changes their records, after the last byte has arrived."""
    deadline = time.monotonic() + CALM_SECONDS
    while time.monotonic() < deadline:
        phone.sync()
        states = [one.fields["state"] for one in phone.of(technician.job.home, "media")]
        if set(states) <= {"verified", "quarantined"}:
            return
        time.sleep(0.2)
    raise AssertionError(f"photos are {states} still")


def _back_from(place: Path, world: World, database_url: str, folder: Path) -> None:
    """The machine burns down; the company comes back on another one."""
    world.close()
    folder.mkdir()
    restore(place, database_url, folder)


def _hired_after_the_backup(world: World, number: int) -> Technician:
    job = _hired(variables(world.database_url, world.folder), number)
    technician = Technician(job, world.folder, world._choose, number)
    technician.enrol()
    return technician


def _hired(settings: dict[str, str], number: int) -> Job:
    service = open_service(read_settings(settings))
    try:
        return hire(service, number)
    finally:
        service.close()


def _sha256(database_url: str, media: str) -> str:
    """The content that a media record names."""
    (row,) = [row for row in tables(database_url, "record")["record"] if row["id"] == media]
    found: str = decode_record(bytes(row["body"])).fields["sha256"]
    return found


def _states(database_url: str) -> dict[str, str]:
    """Media record → how far its bytes have come."""
    rows = tables(database_url, "record")["record"]
    return {
        row["id"]: decode_record(bytes(row["body"])).fields.get("state", "")
        for row in rows
        if row["entity"] == "media"
    }
