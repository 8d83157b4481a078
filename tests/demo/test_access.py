"""Who can log in to the demo, whose phone was heard, and what `doorstep demo` says when it cannot start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mobile_api.ports import Heard
from server.bootstrap import open_service
from server.cli.command import main
from server.demo.people import Person
from server.demo.phones import DemoPhone
from server.demo_access import DemoAccess
from server.service import Service
from server.settings import read_settings
from sync.wire import Outbox

PHONE = DemoPhone(
    device="0199c0de-1111-7000-8000-000000000001",
    technician="li.wei",
    name="李伟的手机",
    platform="android",
    enrolled_at="2026-09-01T08:00:00.000Z",
    heard_at="2026-11-22T08:00:00.000Z",
    outbox=Outbox(pending=3, last_seq=3, digest="0" * 64, uploads=2, upload_bytes=7_000_000),
)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = open_service(
        read_settings(
            {
                "DOORSTEP_DATABASE_URL": f"sqlite:///{tmp_path}/demo.db",
                "DOORSTEP_BLOB_STORE_URL": f"file:{tmp_path}/blobs",
                "DOORSTEP_BASE_URL": "http://127.0.0.1:8400",
                "DOORSTEP_SECRET": "a secret that only tests know, 32 characters or more".replace(" ", "-"),
            }
        ),
        migrate=True,
    )
    yield opened
    opened.close()


def test_a_demo_phone_is_listed_as_it_was_last_heard(service: Service, tmp_path: Path) -> None:
    DemoAccess(service, tmp_path / "demo.json").phone(PHONE)

    (listed,) = service.devices.list()
    assert (listed.id, listed.user, listed.roles) == (PHONE.device, "li.wei", ("technician",))
    assert (listed.name, listed.enrolled_at, listed.heard_at) == (
        PHONE.name,
        PHONE.enrolled_at,
        PHONE.heard_at,
    )
    assert (listed.pending, listed.uploads, listed.upload_bytes) == (3, 2, 7_000_000)


def test_starting_the_demo_again_takes_nothing_back(service: Service, tmp_path: Path) -> None:
    access = DemoAccess(service, tmp_path / "demo.json")
    access.phone(PHONE)
    later = Heard(at="2026-11-22T09:30:00.000Z", outbox=Outbox())
    service.devices.heard(PHONE.device, later)

    DemoAccess(service, tmp_path / "demo.json").phone(PHONE)

    (listed,) = service.devices.list()
    assert (listed.heard_at, listed.pending) == (later.at, 0)


def test_the_terminal_tells_how_long_the_codes_are_good(service: Service, tmp_path: Path) -> None:
    access = DemoAccess(service, tmp_path / "demo.json")
    access.add(Person("li.wei", "李伟", "Li Wei", ("technician",), "SH"))
    access.write("http://127.0.0.1:8400")

    (open_code,) = service.enrolments.open(service.now())
    assert any("登记码" in line and open_code.expires_at[:10] in line for line in access.lines())


@pytest.mark.parametrize("content", ["", "too-short\n"], ids=["empty", "short"])
def test_a_damaged_secret_is_named_by_its_file(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DOORSTEP_SECRET", raising=False)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "demo.secret").write_text(content, encoding="utf-8")

    assert main(["demo"]) == 1
    said = capsys.readouterr().err
    assert "var/demo.secret" in said and "delete that file" in said
