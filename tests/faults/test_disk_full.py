"""The disk is full: phones are told to try again, nothing acknowledged is lost, and room is all it takes to go on."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pytest

from doorstep_client import Unreachable
from tests.faults.promises import check_acknowledged
from tests.faults.small_disk import small_disk
from tests.faults.world import World, world
from tests.parts.postgres import running_postgres

FULL_SECONDS = 1.5


def test_a_full_disk_under_the_database_stops_nothing_for_good(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "24m") as disk:
        url = f"sqlite:///{disk.folder / 'doorstep.db'}"
        with world(url, disk.folder, phones_in=tmp_path) as made:
            _full_and_free(made, disk.fill, disk.free)


@pytest.mark.postgres
def test_a_full_disk_under_postgresql_stops_nothing_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # PostgreSQL has a user of its own, who may not look into the folders of tests.
    with tempfile.TemporaryDirectory() as outside, small_disk(Path(outside) / "disk", "160m") as disk:
        Path(outside).chmod(0o755)
        disk.folder.chmod(0o777)
        with monkeypatch.context() as there:
            there.setattr(tempfile, "tempdir", str(disk.folder))
            with running_postgres(fsync=True, synchronous_commit=True) as cluster:
                url = cluster.fresh_database()
                with world(url, tmp_path) as made:
                    _full_and_free(made, disk.fill, disk.free)
                assert "No space left on device" in (cluster.folder / "log").read_text()


def test_a_full_disk_under_media_costs_no_acknowledged_byte(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "24m") as disk:
        made = World(f"sqlite:///{tmp_path / 'doorstep.db'}", disk.folder, phones=1, phones_in=tmp_path)
        try:
            (technician,) = made.fleet.technicians
            with technician.open() as phone:
                technician.photo(phone, content := os.urandom(3_000_000))
                phone.sync()
                phone.upload(most_chunks=2)
                disk.fill()
                with pytest.raises(Unreachable):
                    phone.upload()
                disk.free()
                (before,) = phone.uploads()
                assert 0 < before.offset_bytes < len(content)
                assert phone.upload() <= 5, "what was acknowledged is not sent again"
                assert [one.state for one in phone.uploads()] == ["stored"]
            made.check()
        finally:
            made.close()


def _full_and_free(made: World, fill, free) -> None:  # type: ignore[no-untyped-def]
    made.load(0.5)
    pid = made.servers[0].process.pid
    fill()
    until = time.monotonic() + FULL_SECONDS
    made.load(FULL_SECONDS / 2)
    refused_since = time.monotonic()
    made.load(max(0.0, until - refused_since))
    assert made.fleet.heard_after(refused_since) == [], "nothing is acknowledged that has no room"
    check_full = made.fleet.acknowledged()
    free()
    made.recovered(time.monotonic())
    assert made.servers[0].process.poll() is None and made.servers[0].process.pid == pid, (
        "the server lived on"
    )
    assert check_acknowledged(made.database_url, made.fleet) >= check_full
    made.check()
