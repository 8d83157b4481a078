"""Over real HTTP, against the product's own phone routes: enrolment, exchange, readiness."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from doorstep_client import HttpTransport, Phone, Refused, Unreachable
from tests.client.clock import HeldClock
from tests.mobile_api.live import STARTED_AT, Company, serving


@pytest.fixture
def company() -> Iterator[Company]:
    made = Company()
    with serving(made.app()) as port:
        made.port = port
        made.job("j1", phone="100")
        yield made


@pytest.fixture
def clock() -> HeldClock:
    made = HeldClock()
    made.wall_ms = int(STARTED_AT * 1000)
    return made


@pytest.fixture
def phone(company: Company, clock: HeldClock, tmp_path: Path) -> Iterator[Phone]:
    transport = HttpTransport(f"http://127.0.0.1:{company.port}")
    with Phone(tmp_path / "phone.db", transport, clock=clock) as made:
        made.enrol(company.code(), "Alice's phone", "python")
        made.sync()
        yield made
    transport.close()


def test_a_day_over_http(phone: Phone, company: Company):
    for number in range(60):
        phone.author("job", "j1", set={"used": {"inc": 1}, "phone": str(number)})
    phone.author("line", aggregate="job/j1", action="create", set={"job": "j1", "text": "皮带磨损"})
    company.change(priority="high")
    phone.sync()
    job = phone.get("job", "j1")
    assert job is not None and job.fields["used"] == 60 and job.fields["priority"] == "high"
    assert phone.outbox() == [] and phone.of("job/j1", "line")[0].fields["text"] == "皮带磨损"


def test_after_hours_without_signal_one_signed_exchange_is_enough(
    phone: Phone, company: Company, clock: HeldClock
):
    clock.pass_seconds(5 * 3600)
    company.clock.pass_seconds(5 * 3600)
    phone.author("job", "j1", set={"used": {"inc": 1}})
    assert phone.sync().results == 1
    job = phone.get("job", "j1")
    assert job is not None and job.fields["used"] == 1


def test_a_token_that_expired_unnoticed_is_replaced_by_a_signature(phone: Phone, company: Company):
    company.clock.pass_seconds(5 * 3600)
    phone.author("job", "j1", set={"used": {"inc": 1}})
    assert phone.sync().results == 1


def test_ready_is_green_only_when_everything_counted_is_here(phone: Phone, company: Company):
    assert phone.readiness().is_green
    company.job("j2")
    company.change(priority="high")
    found = phone.readiness()
    assert found.missing == ("job/j1 is here at version 1 of 2", "job/j2 is not here")
    phone.sync()
    assert phone.readiness().is_green


def test_a_record_that_the_phone_lost_is_missed_by_the_count_and_comes_again(phone: Phone):
    with phone.store.transaction():
        phone.store.run("DELETE FROM record WHERE entity = 'job' AND id = 'j1'")
    assert phone.readiness().missing == ("job/j1: 0 of 1 job",)
    phone.sync()
    assert phone.get("job", "j1") is not None
    assert phone.readiness().is_green


def test_a_revoked_phone_hands_over_its_work_and_hears_nothing(phone: Phone, company: Company):
    phone.author("job", "j1", set={"used": {"inc": 1}})
    company.devices.revoke(phone.identity.device, "2027-01-15T08:00:00Z")
    phone.sync()
    assert [one.status for one in phone.receipts()] == ["quarantined"]
    assert phone.store.all("SELECT * FROM record") == []


def test_a_wrong_code_is_refused_with_a_sentence(company: Company, tmp_path: Path):
    with (
        Phone(tmp_path / "new.db", HttpTransport(f"http://127.0.0.1:{company.port}")) as phone,
        pytest.raises(Refused, match="not valid"),
    ):
        phone.enrol("0000000000", "phone", "python")


def test_a_server_that_is_not_there_is_unreachable(tmp_path: Path):
    with Phone(tmp_path / "new.db", HttpTransport("http://127.0.0.1:1")) as phone, pytest.raises(Unreachable):
        phone.enrol("0000000000", "phone", "python")


def test_a_token_never_goes_to_another_server(company: Company):
    transport = HttpTransport(f"http://127.0.0.1:{company.port}")
    with pytest.raises(Refused, match="not the server"):
        transport.send("GET", "http://127.0.0.1:9/v1/uploads/1", {"Authorization": "Bearer x"})
