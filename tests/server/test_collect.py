"""Tombstones go when no phone can be surprised by them; who was away longer gets the aggregate anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doorstep_client import HttpTransport, Phone
from server.cli.command import main
from server.db.collect import collect
from server.db.statement import Statement
from server.service import Service
from sync.engine import Draft
from sync.store import Ask, DeviceRow
from tests.server.company import DOOR
from tests.server.live import SECRET, Live, etag, live_server
from tests.server.orders import Orders

SITE = "site/site-1"
LONG_AGO, LATER = "2000-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"
_COUNTED = Statement("SELECT count(*) FROM record WHERE aggregate = :id")
_PROMISED = Statement("SELECT record_count FROM aggregate WHERE id = :id")
_HAS_UNSENT = Statement("UPDATE device_contact SET pending = 1")


@pytest.fixture
def live(database_url: str, tmp_path: Path) -> Iterator[Live]:
    """A server of its own: what is collected is gone."""
    with live_server(database_url, tmp_path) as server:
        yield server


def write(service: Service, id: str, record: str, action: Any, **fields: object) -> None:
    draft = Draft(id=id, entity="contact", record=record, aggregate=SITE, set=fields, action=action)
    service.engine.write(DOOR, [draft])


def make(service: Service, record: str) -> None:
    write(service, f"make-{record}", record, "create", site="site-1", name={"zh": "赵六"})


def delete(service: Service, record: str) -> None:
    write(service, f"delete-{record}", record, "delete")


def collected(service: Service, before: str = LATER) -> list[tuple[str, int]]:
    return [(one.aggregate, one.count) for one in collect(service.store.database, before)]


def is_there(service: Service, record: str) -> bool:
    return ("contact", record) in service.reading.records([("contact", record)])


def dispatched(live: Live) -> tuple[str, dict[str, Any]]:
    desks = {role: live.sign_in(role) for role in ("intake", "dispatcher")}
    orders = Orders(live, desks)
    order, visit = orders.assigned()
    answer = desks["dispatcher"].post(
        f"/v1/desk/visits/{visit}/dispatch", json={}, headers=etag(orders.read(order))
    )
    assert answer.status_code == 200, answer.text
    return order, {"visit": visit}


def enrolled(live: Live, folder: Path) -> Phone:
    code, _ = live.service.enrolling.code_for("u-technician")
    phone = Phone(folder / "phone.db", HttpTransport(live.base_url))
    phone.enrol(code, "a phone", "test")
    phone.sync()
    return phone


def test_a_phone_that_was_away_longer_gets_that_aggregate_anew(live: Live, tmp_path: Path) -> None:
    service = live.service
    make(service, "gone")
    dispatched(live)
    with enrolled(live, tmp_path) as phone:
        assert phone.get("contact", "gone") is not None
        delete(service, "gone")
        assert collected(service) == [(SITE, 1)]
        row = service.reading.aggregates([SITE])[SITE]
        assert row.tomb_floor == row.ver
        taken = phone.sync()
        assert taken.faults == []
        assert phone.get("contact", "gone") is None
        assert phone.get("contact", "contact-1") is not None
        held = phone.store.all("SELECT id FROM record WHERE aggregate = ? AND deleted", SITE)
        assert held == []
        assert phone.readiness().is_green


def test_what_was_deleted_lately_stays(live: Live) -> None:
    make(live.service, "gone")
    delete(live.service, "gone")
    assert collected(live.service, LONG_AGO) == []
    assert is_there(live.service, "gone")


def test_a_dry_run_changes_nothing(live: Live) -> None:
    make(live.service, "gone")
    delete(live.service, "gone")
    told = list(collect(live.service.store.database, LATER, dry_run=True))
    assert [(one.aggregate, one.count) for one in told] == [(SITE, 1)]
    assert is_there(live.service, "gone")
    assert live.service.reading.aggregates([SITE])[SITE].tomb_floor == 0


def test_the_count_of_records_stays_right_and_a_second_time_finds_nothing(live: Live) -> None:
    make(live.service, "gone")
    delete(live.service, "gone")
    assert collected(live.service) == [(SITE, 1)]
    assert collected(live.service) == []
    database = live.service.store.database
    assert database.read(lambda c: c.row(_COUNTED, id=SITE)) == database.read(
        lambda c: c.row(_PROMISED, id=SITE)
    )


def test_what_a_live_record_names_stays(live: Live) -> None:
    make(live.service, "gone")
    draft = Draft(
        id="names-it", entity="master_change", record="change-1", aggregate=SITE, action="create",
        set={"entity": "contact", "record": "gone", "field": "phone", "value": "1"},
    )  # fmt: skip
    live.service.engine.write(DOOR, [draft])
    delete(live.service, "gone")
    assert collected(live.service) == []


def test_what_parked_work_names_stays(live: Live) -> None:
    service = live.service
    make(service, "gone")
    delete(service, "gone")
    service.engine.store.transact(
        lambda tx: tx.lock_device("p-1", DeviceRow(id="p-1", user="technician-2", roles=("technician",)))
    )
    service.engine.push(
        "p-1",
        [
            b'{"device":"p-1","seq":1,"id":"op-late","schema":1,"entity":"contact","record":"gone",'
            b'"aggregate":"site/site-1","base":["",0],"at":{"wall":"2031-05-05T01:00:00Z"},"set":{"phone":"139"}}'
        ],
    )
    (receipt,) = service.engine.store.transact(lambda tx: tx.load(Ask(receipts=("p-1", 1, 1)))).receipts
    assert receipt.status == "parked"
    assert collected(service) == []


def test_while_a_phone_has_unsent_work_its_aggregates_stay(live: Live, tmp_path: Path) -> None:
    dispatched(live)
    with enrolled(live, tmp_path):
        make(live.service, "gone")
        delete(live.service, "gone")
        live.service.store.database.write(lambda c: c.run(_HAS_UNSENT))
        assert collected(live.service) == []


def test_the_record_after_which_an_aggregate_is_named_stays(live: Live) -> None:
    draft = Draft(
        id="delete-victim", entity="site", record="victim-1", aggregate="site/victim-1", action="delete"
    )
    live.service.engine.write(DOOR, [draft])
    assert collected(live.service) == []


def test_the_command_says_how_much(
    live: Live,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make(live.service, "gone")
    delete(live.service, "gone")
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", database_url)
    monkeypatch.setenv("DOORSTEP_BLOB_STORE_URL", f"file:{tmp_path / 'blobs'}")
    monkeypatch.setenv("DOORSTEP_SECRET", SECRET)
    assert main(["collect"]) == 0
    assert "0 tombstones" in capsys.readouterr().out
    assert is_there(live.service, "gone")
