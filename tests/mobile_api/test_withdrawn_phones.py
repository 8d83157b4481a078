"""A revoked phone, and one that a restored database does not know: their work is kept, and they hear nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.mobile_api.live import EPOCH, Company, Phone, sync_body

ONLY = {"protocol": 1, "epoch": EPOCH, "schema": 0, "server_time": "2027-01-15T08:00:00.000Z"}


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("lost", ["revoked", "forgotten"])
def test_its_work_is_deposited_and_nothing_else_goes_out(
    company: Company, phone: Phone, lost: str, signed: bool
) -> None:
    phone.sync()
    operations = [phone.operation(), phone.operation()]
    _lose(company, phone, lost)

    answer = phone.sync(*operations, signed=signed)

    assert answer.status == 200
    assert answer.json == {**ONLY, "push": {"quarantined": 2}}
    assert company.quarantine.deposits[phone.device] == operations
    assert company.ledger(phone.device) == []


@pytest.mark.parametrize("lost", ["revoked", "forgotten"])
def test_its_polls_are_answered_with_nothing(company: Company, phone: Phone, lost: str) -> None:
    digest = phone.sync().json["pull"]["digest"]
    assert phone.sync(pull={"digest": digest}).json["pull"]["unchanged"]
    _lose(company, phone, lost)

    answer = phone.sync(pull={"digest": digest})

    assert answer.json == {**ONLY, "push": {"quarantined": 0}}


def test_deposit_is_bounded_and_says_up_to_where(start: Callable[..., Company]) -> None:
    company = start(quarantine_bytes_per_device=1000)
    phone = company.phone()
    operations = [phone.operation({"remarks": "x" * 400}) for _ in range(4)]
    fitting = sum(1 for end in range(1, 5) if sum(map(len, operations[:end])) <= 1000)
    assert 0 < fitting < 4
    _lose(company, phone, "revoked")

    for _ in range(2):
        assert phone.sync(*operations).json["push"]["quarantined"] == fitting


def test_illegible_operations_are_deposited_too(company: Company, phone: Phone) -> None:
    _lose(company, phone, "revoked")

    answer = phone.sync(b'{"set":"\\ud83d"}', b"[" * 3000 + b"]" * 3000)

    assert answer.json["push"] == {"quarantined": 2}


def test_revocation_while_an_exchange_runs_holds_the_answer_back(
    company: Company, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = company.engine.exchange

    def exchange_and_revoke(*arguments: object, **more: object) -> object:
        answer = exchange(*arguments, **more)  # type: ignore[arg-type]
        _lose(company, phone, "revoked")
        return answer

    monkeypatch.setattr(company.engine, "exchange", exchange_and_revoke)

    assert phone.sync().json == {**ONLY, "push": {"quarantined": 0}}


@pytest.mark.parametrize("path", ["/v1/manifest", "/v1/snapshots/" + "0" * 64])
def test_revoked_phone_reads_nothing(company: Company, phone: Phone, path: str) -> None:
    _lose(company, phone, "revoked")

    answer = phone.get(path)

    assert (answer.status, answer.code) == (403, "device_revoked")


def test_revoked_phone_gets_no_token(company: Company, phone: Phone) -> None:
    _lose(company, phone, "revoked")

    assert phone.post("/v1/token", b"", phone.signature(b"")).code == "device_revoked"


def test_revoked_phone_must_still_sign_with_its_own_key(company: Company, phone: Phone) -> None:
    _lose(company, phone, "revoked")
    body = sync_body(phone.operation())
    headers = Phone(company.port).signature(body, nonce=phone.nonce, device=phone.device)

    assert phone.post("/v1/sync", body, headers).code == "signature_refused"
    assert company.quarantine.deposits == {}


def test_stranger_deposits_nothing(company: Company) -> None:
    stranger = Phone(company.port)
    stranger.device = "stranger"
    refused = stranger.sync(stranger.operation(), headers=stranger.signature(sync_body(), nonce="x"))
    assert refused.code == "nonce_refused"
    stranger.nonce = refused.json["details"]["nonce"]

    answer = stranger.sync(stranger.operation(), signed=True)

    assert (answer.status, answer.code) == (401, "device_unknown")
    assert company.quarantine.deposits == {}


def test_forgotten_phone_is_told_to_enrol_again_when_it_asks_for_a_token(
    company: Company, phone: Phone
) -> None:
    _lose(company, phone, "forgotten")

    assert phone.post("/v1/token", b"", phone.signature(b"")).code == "device_unknown"
    assert phone.get("/v1/manifest").code == "device_unknown"


def test_revoked_phones_last_outbox_is_still_noted(company: Company, phone: Phone) -> None:
    _lose(company, phone, "revoked")

    phone.sync(outbox={"pending": 4, "uploads": 1})

    said = company.devices.said[phone.device].outbox
    assert said is not None and (said.pending, said.uploads) == (4, 1)


def _lose(company: Company, phone: Phone, how: str) -> None:
    if how == "revoked":
        company.devices.revoke(phone.device, "2027-01-15T08:00:00.000Z")
    else:
        company.devices.forget(phone.device)
