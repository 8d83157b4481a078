"""Media jobs outlive their process: each has its effect once, and one that always fails stands in nobody's way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.place import work_order
from domain.remind_media import MEDIA_INSPECT, MEDIA_PROXY
from media.renditions import process
from media.renditions.keeping import keep_file
from scheduler.failing import MOST_FAILURES
from server.bootstrap import open_service
from server.db.reminders_queue import SqlReminders
from server.service import Service
from server.settings import Settings, read_settings
from sync.engine import Draft
from sync.store import DeviceRow
from tests.media.films import clip
from tests.media.photos import photo
from tests.server.company import fill
from tests.server.live import SECRET

DOOR = DeviceRow(id="tests-media", user="system", roles=("system",))
LEASE_SECONDS = 3600
PHOTO = photo()
ORDER = work_order("order-1")

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


class Clock:
    """Time that the test moves."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(time.time())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings(
        {
            "DOORSTEP_DATABASE_URL": f"sqlite:///{tmp_path / 'doorstep.db'}",
            "DOORSTEP_BLOB_STORE_URL": f"file:{tmp_path / 'blobs'}",
            "DOORSTEP_SECRET": SECRET,
        }
    )


@pytest.fixture
def service(settings: Settings, clock: Clock, tmp_path: Path) -> Iterator[Service]:
    (tmp_path / "rendering").mkdir()
    opened = open_service(settings, clock=clock, migrate=True)
    fill(opened.engine)
    order = {"site": "site-1", "customer": "customer-1", "opened_at": "2026-05-05T01:00:00Z", "symptom": "x"}
    opened.engine.write(DOOR, [draft("work_order", "order-1", {**order, "kind": "fault"}, "create")])
    yield opened
    opened.close()


def draft(entity: str, id: str, fields: dict[str, Any], action: Any = "update") -> Draft:
    key = f"{id}-{len(fields)}-{action}-{time.monotonic_ns()}"
    return Draft(id=key[:64], entity=entity, record=id, aggregate=ORDER, set=fields, action=action)


def arrived(service: Service, folder: Path, id: str, content: bytes, kind: str = "photo") -> None:
    """A media record whose bytes are here."""
    path = folder / id
    path.write_bytes(content)
    kept = keep_file(service.blobs, path, service.new_id)
    row = {"kind": kind, "content_type": "x/y", "sha256": kept.sha256, "size_bytes": kept.size_bytes}
    service.engine.write(DOOR, [draft("media", id, row, "create")])
    service.engine.write(DOOR, [draft("media", id, {"state": {"event": "store"}})])


def record(service: Service, id: str) -> dict[str, Any]:
    return service.reading.records([("media", id)])["media", id].fields


def changes(service: Service) -> int:
    return service.reading.versions([ORDER])[ORDER]


def test_a_job_has_its_effect_once_however_often_it_is_ticked(service: Service, tmp_path: Path) -> None:
    arrived(service, tmp_path, "m1", PHOTO)

    service.rendering.glances()
    version, fields = changes(service), record(service, "m1")
    service.rendering.glances()

    assert fields["state"] == "verified" and fields["renditions"]
    assert (changes(service), record(service, "m1")) == (version, fields)


def _tick(settings: Settings, now: float, at: str) -> None:
    """A server process that is killed at a boundary of the job."""
    service = open_service(settings, clock=lambda: now)
    write = service.engine.write

    def die(*_: Any, **__: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    def write_and_die(*given: Any, **more: Any) -> Any:
        write(*given, **more)
        die()

    if at == "rendering":
        process.Processes.run = die  # type: ignore[method-assign]
    else:
        service.engine.write = die if at == "before the write" else write_and_die  # type: ignore[method-assign]
    service.rendering.glances()


@pytest.mark.parametrize("at", ["rendering", "before the write", "after the write"])
def test_a_killed_job_is_finished_once_by_the_next_process(
    service: Service, settings: Settings, clock: Clock, tmp_path: Path, at: str
) -> None:
    arrived(service, tmp_path, "m1", PHOTO)
    before = changes(service)
    child = multiprocessing.get_context("spawn").Process(target=_tick, args=(settings, clock.now, at))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL

    service.rendering.glances()
    is_written = record(service, "m1")["state"] == "verified"
    assert is_written is (at == "after the write"), "while the lease runs nobody else tries"
    clock.now += LEASE_SECONDS
    service.rendering.glances()
    service.rendering.glances()

    fields = record(service, "m1")
    assert fields["state"] == "verified" and changes(service) == before + 1
    kinds = [one["kind"] for one in fields["renditions"]]
    assert sorted(kinds) == ["display", "stamped", "thumbnail"]
    assert all(service.blobs.size(one["sha256"]) == one["size_bytes"] for one in fields["renditions"])


def test_a_job_that_always_fails_is_set_aside_with_its_error_and_stands_in_nobodys_way(
    service: Service, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived(service, tmp_path, "m1", PHOTO)
    with monkeypatch.context() as broken:
        broken.setattr(process, "_START", "raise OSError('no room')")
        for _ in range(MOST_FAILURES):
            service.rendering.glances()
            clock.now += LEASE_SECONDS
    arrived(service, tmp_path, "m2", photo(size=(320, 240)))
    service.rendering.glances()

    dead = SqlReminders(service.store.database).dead(10)
    assert [(one.subject, one.kind) for one in dead] == [("media/m1", MEDIA_INSPECT)]
    assert "no room" in dead[0].error
    assert (record(service, "m1")["state"], record(service, "m2")["state"]) == ("stored", "verified")


def test_bytes_that_the_store_lost_are_told_and_stop_nothing(service: Service, tmp_path: Path) -> None:
    arrived(service, tmp_path, "m1", PHOTO)
    service.blobs.erase(record(service, "m1")["sha256"])

    service.rendering.glances()

    assert record(service, "m1")["state"] == "stored"


def test_a_proxy_is_asked_for_by_the_glance_that_found_the_clip_sound(
    service: Service, tmp_path: Path
) -> None:
    arrived(service, tmp_path, "m1", clip(), "video")
    service.rendering.proxies()
    assert not record(service, "m1").get("renditions"), "nothing is coded that nobody has looked at"

    service.rendering.glances()
    service.rendering.proxies()

    assert [one["kind"] for one in record(service, "m1")["renditions"]] == ["poster", "thumbnail", "proxy"]
    states = {(row.kind, row.state) for row in _reminders(service, "m1")}
    assert states == {(MEDIA_INSPECT, "done"), (MEDIA_PROXY, "done")}


def _reminders(service: Service, id: str) -> list[Any]:
    with service.store.snapshot() as snapshot:
        return list(snapshot.reminders(f"media/{id}"))


def test_a_job_that_renders_nothing_new_is_overtaken_by_what_came_meanwhile(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poster arrives while the original is being looked at: both are in the record in the end, and no conflict."""
    arrived(service, tmp_path, "m1", clip(), "video")
    poster = keep_file(service.blobs, _file(tmp_path, PHOTO), service.new_id)
    run: Callable[..., Any] = process.Processes.run

    def meanwhile(self: Any, *given: Any) -> Any:
        monkeypatch.setattr(process.Processes, "run", run)
        entry = {"id": "phone-1", "kind": "poster", "by": "phone", "of": "0" * 64, "sha256": poster.sha256}
        service.engine.write(DOOR, [draft("media", "m1", {"renditions": {"add": [entry]}})])
        return run(self, *given)

    monkeypatch.setattr(process.Processes, "run", meanwhile)
    service.rendering.glances()
    service.rendering.glances()

    fields = record(service, "m1")
    made_of = {one["of"] for one in fields["renditions"] if one["by"] == "server" and one["kind"] == "poster"}
    assert made_of == {fields["sha256"], poster.sha256}
    _, records = service.reading.of_aggregate(ORDER)
    assert not [one for one in records if one.entity == "conflict"]


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "poster.jpg"
    path.write_bytes(content)
    return path
