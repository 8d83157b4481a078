"""Each sign-off is verified before its phone hears of it; what cannot be is told to the quality manager, and stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from domain import verification
from server.cli.command import main
from server.sign_off_checks import SignOffChecks
from sync import canonical
from sync.store import StoreUnavailable
from tests.server.live import Live
from tests.server.orders import Orders
from tests.server.signing import ME, SigningPhone, enrolled, jwk

Json = dict[str, Any]


@pytest.fixture
def phone(live: Live, desks: dict[str, httpx.Client]) -> SigningPhone:
    """A fresh phone of a technician."""
    return enrolled(live, desks)


@pytest.fixture
def job(orders: Orders, phone: SigningPhone) -> tuple[str, str]:
    """A fresh order of that technician, and its visit."""
    return orders.assigned(ME)


def _kept(orders: Orders, order: str, id: str) -> Json:
    return orders.record(order, "sign_off", id)


def _items(orders: Orders, order: str) -> list[Json]:
    records = orders.read(order).json()["records"].get("inbox_item", [])
    return [one["fields"] for one in records if one["fields"]["kind"] == "signature_not_verified"]


def test_a_true_sign_off_is_verified_before_the_phone_hears_of_it(
    orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    order, visit = job
    phone.author("visit", visit, order, {"exec_state": {"event": "travel"}})
    id = phone.sign(order, visit)

    results = phone.push()["results"]

    told = _kept(orders, order, id)["verification"]
    assert [one["status"] for one in results] == ["applied", "applied"]
    thumbprint = hashlib.sha256(canonical.encode(jwk(phone.key))).hexdigest()
    assert (told["result"], told["key_sha256"]) == ("verified", thumbprint)
    assert told["at"] and "reason" not in told and _items(orders, order) == []


def test_another_phones_signature_stands_and_goes_to_the_quality_manager(
    desks: dict[str, httpx.Client], orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    order, visit = job
    id = phone.sign(order, visit, by=ec.generate_private_key(ec.SECP256R1()))

    results = phone.push()["results"]

    assert results[0]["status"] == "applied"
    assert _kept(orders, order, id)["verification"]["reason"] == "signature_invalid"
    assert orders.record(order, "visit", visit)["sign_off"] == id
    (item,) = _items(orders, order)
    assert (item["for_role"], item["state"], item["record"]) == ("supervisor", "open", id)
    assert "不是由提交" in item["detail"]["said"]["zh"] and "not by the key" in item["detail"]["said"]["en"]
    listed = desks["supervisor"].get("/v1/desk/inbox", params={"limit": 500}).json()["items"]
    assert any(one["fields"]["record"] == id for one in listed)


def test_a_phone_cannot_say_itself_that_it_was_verified(
    orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    order, visit = job
    said = {"result": "verified", "at": "2031-05-05T01:00:00Z"}
    id = phone.sign(order, visit, signature=None, verification=said)

    phone.push()

    assert _kept(orders, order, id)["verification"]["reason"] == "signature_missing"


def test_a_lost_reply_changes_nothing(
    live: Live, orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    order, visit = job
    phone.sign(order, visit)
    first = phone.push()["results"]
    ver = orders.read(order).json()["ver"]

    assert phone.push()["results"] == first
    assert orders.read(order).json()["ver"] == ver


def test_a_database_that_goes_away_before_the_check_is_made_up_for_by_the_retry(
    orders: Orders, phone: SigningPhone, job: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    order, visit = job
    id = phone.sign(order, visit)

    def gone(*_: Any) -> None:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr(SignOffChecks, "_bearer", gone)
        ops = {"push": {"ops": phone.authored, "first": 1}}
        body = {"protocol": 1, "schema": 1, "epoch": phone.epoch, **ops}
        refused = phone.client.post("/v1/sync", json=body)
    unchecked = _kept(orders, order, id).get("verification")
    phone.push()

    assert (refused.status_code, unchecked) == (503, None)
    assert _kept(orders, order, id)["verification"]["result"] == "verified"


def test_a_fault_of_the_check_keeps_no_work_back_and_a_later_look_finds_it(
    live: Live, orders: Orders, phone: SigningPhone, job: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    order, visit = job
    id = phone.sign(order, visit)

    def broken(*_: Any) -> None:
        raise TypeError("a fault")

    with monkeypatch.context() as patch:
        patch.setattr("server.sign_off_checks.verify", broken)
        assert phone.push()["results"][0]["status"] == "applied"
    assert "verification" not in _kept(orders, order, id)

    live.service.sign_offs.look(live.service.engine, [f"work_order/{order}"])
    assert _kept(orders, order, id)["verification"]["result"] == "verified"


def test_a_copy_of_a_phone_brings_what_was_signed_before_the_copy(
    live: Live, orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    order, visit = job
    original = SigningPhone(phone.client, phone.device, phone.epoch, phone.key)
    original.author("visit", visit, order, {"exec_state": {"event": "travel"}})
    original.push()
    id = phone.sign(order, visit)
    fork = phone.push()["fork"]

    again = [{**one, "device": fork} for one in phone.authored]
    token = live.service.credentials.tokens.issue(fork, ME)
    assert phone.push(again, {"Authorization": f"Bearer {token}"})["results"][0]["status"] == "applied"

    told = _kept(orders, order, id)["verification"]
    assert (told["result"], told["signed_as"]) == ("verified", phone.device)


def test_a_sign_off_that_was_parked_is_verified_when_its_visit_comes(
    live: Live, desks: dict[str, httpx.Client], orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    order, _ = job
    visit = f"later-{order[-12:]}"
    id = phone.sign(order, visit)
    assert phone.push()["results"][0]["reason"] == "unknown_reference"
    other = enrolled(live, desks)
    fields = {"work_order": order, "technician": ME}
    made = other.author("visit", visit, order, fields, action="create")
    made["base"] = [other.epoch, orders.read(order).json()["ver"]]

    assert other.push()["results"][0]["status"] == "applied"

    assert _kept(orders, order, id)["verification"]["result"] == "verified"


def test_a_sign_off_that_arrived_before_its_phone_was_withdrawn_stays_verified(
    live: Live, desks: dict[str, httpx.Client], orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    order, visit = job
    id = phone.sign(order, visit)
    phone.push()
    assert desks["admin"].post(f"/v1/desk/devices/{phone.device}/revoke").status_code == 200

    (found,) = live.service.sign_offs.look(live.service.engine, [f"work_order/{order}"], again=True)

    assert (found.result, found.reason) == ("verified", "")
    assert _kept(orders, order, id)["verification"]["result"] == "verified"


def test_a_check_that_succeeds_later_settles_the_item(
    live: Live, orders: Orders, phone: SigningPhone, job: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    order, visit = job
    id = phone.sign(order, visit)
    with monkeypatch.context() as patch:
        patch.setattr("server.db.devices.SqlDevices.key_of", lambda *_: None)
        phone.push()
    unknown = _kept(orders, order, id)["verification"]["reason"]

    live.service.sign_offs.look(live.service.engine, [f"work_order/{order}"], again=True)

    assert unknown == "device_unknown" and _kept(orders, order, id)["verification"]["result"] == "verified"
    assert [one["state"] for one in _items(orders, order)] == ["done"]


def test_the_command_counts_what_nobody_had_checked(
    live: Live,
    orders: Orders,
    phone: SigningPhone,
    job: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    order, visit = job
    phone.sign(order, visit, document="{}")
    with monkeypatch.context() as patch:
        patch.setattr(SignOffChecks, "__call__", lambda *_: None)
        phone.push()

    @contextmanager
    def running(_: Any) -> Iterator[Any]:
        yield live.service

    monkeypatch.setattr("server.cli.verify_sign_offs.opened", running)

    assert main(["verify-sign-offs"]) == 0
    first = capsys.readouterr().out
    assert main(["verify-sign-offs"]) == 0
    second = capsys.readouterr().out

    assert "1 not verified: document_differs: The document is not the one" in first
    assert "0 verified" in second and "not verified" not in second
    assert _items(orders, order)[0]["detail"]["reason"] == "document_differs"


def test_every_reason_fits_the_field(live: Live) -> None:
    members = live.service.engine.rules.schema.entities["sign_off"].fields["verification"].type.members
    assert max(map(len, verification.REASONS)) <= members["reason"].longest
