"""A supervisor takes over what a withdrawn or unknown phone deposited; each operation tells what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from mobile_api.tokens import AccessTokens
from server.backup.make import make_backup
from server.backup.verify import verify_backup
from tests.server.live import Live
from tests.server.orders import Orders
from tests.server.signing import ME, SigningPhone, enrolled

Json = dict[str, Any]
FINDING = "压缩机启动电容失效"


@pytest.fixture
def phone(live: Live, desks: dict[str, httpx.Client]) -> SigningPhone:
    """A fresh phone of a technician."""
    return enrolled(live, desks)


@pytest.fixture
def job(orders: Orders, phone: SigningPhone) -> tuple[str, str]:
    """A fresh order of that technician, and its visit."""
    return orders.assigned(ME)


def _withdraw(desks: dict[str, httpx.Client], phone: SigningPhone) -> None:
    assert desks["admin"].post(f"/v1/desk/devices/{phone.device}/revoke").status_code == 200


def _day(phone: SigningPhone, job: tuple[str, str]) -> list[Json]:
    """Three operations: setting out, a note, what was found."""
    order, visit = job
    return [
        phone.author("visit", visit, order, {"exec_state": {"event": "travel"}}),
        phone.author("note", f"n-{visit}", order, {"text": "皮带磨损", "visit": visit}, action="create"),
        phone.author("visit", visit, order, {"findings": FINDING}),
    ]


def _taken(desk: httpx.Client, device: str, **body: Any) -> Json:
    answer = desk.post(f"/v1/desk/quarantine/{device}/take-over", json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def _read(desk: httpx.Client, device: str) -> Json:
    answer = desk.get(f"/v1/desk/quarantine/{device}")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def test_operations_enter_in_the_order_of_their_numbers_as_the_phones_own(
    live: Live, desks: dict[str, httpx.Client], orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    order, visit = job
    first, second, third = _day(phone, job)
    _withdraw(desks, phone)
    for one in ([third], [first], [second]):
        assert "quarantined" in phone.push(one)

    told = _taken(desks["supervisor"], phone.device, note="手机已寄回")

    assert (told["counts"], told["left"]) == ({"applied": 3}, [])
    stands = orders.record(order, "visit", visit)
    assert (stands["exec_state"], stands["findings"]) == ("traveling", FINDING)
    note = next(one for one in orders.read(order).json()["records"]["note"] if one["id"] == f"n-{visit}")
    assert note["fields"]["text"] == "皮带磨损"
    with live.service.store.snapshot() as snapshot:
        ledger = snapshot.ledger(phone.device, 0, 10)
    assert [(one.seq, one.user, one.status) for one in ledger] == [(n, ME, "applied") for n in (1, 2, 3)]
    received = {one["seq"]: one["received_at"] for one in _read(desks["auditor"], phone.device)["items"]}
    assert {one.seq: one.received_at for one in ledger} == received


def test_who_took_it_over_is_kept_and_each_operation_says_what_became_of_it(
    desks: dict[str, httpx.Client], phone: SigningPhone, job: tuple[str, str]
) -> None:
    _day(phone, job)
    _withdraw(desks, phone)
    phone.push()
    before = _read(desks["auditor"], phone.device)

    _taken(desks["supervisor"], phone.device, note="手机已寄回")

    after = _read(desks["auditor"], phone.device)
    desks["auditor"].headers["Accept-Language"] = "zh"
    in_chinese = _read(desks["auditor"], phone.device)
    del desks["auditor"].headers["Accept-Language"]
    assert before["deposit"]["taken_over"] == [] and "result" not in before["items"][0]
    assert "None of it was taken over" in before["deposit"]["sentence"]
    (act,) = after["deposit"]["taken_over"]
    assert (act["by"], act["user"], act["note"]) == ("u-supervisor", ME, "手机已寄回") and act["at"]
    assert [one["result"]["status"] for one in after["items"]] == ["applied"] * 3
    assert "taken over into the records" in after["deposit"]["sentence"]
    assert "已接收到记录中" in in_chinese["deposit"]["sentence"]


def test_taking_over_again_changes_nothing(
    desks: dict[str, httpx.Client], orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    _day(phone, job)
    _withdraw(desks, phone)
    phone.push()
    first = _taken(desks["supervisor"], phone.device)
    ver = orders.read(job[0]).json()["ver"]

    again = _taken(desks["admin"], phone.device)

    assert (again["counts"], again["left"]) == (first["counts"], [])
    assert len(again["deposit"]["taken_over"]) == 1 and orders.read(job[0]).json()["ver"] == ver


def test_what_may_not_be_done_is_parked_for_a_person(
    desks: dict[str, httpx.Client], orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    other_order, other_visit = orders.assigned("technician-2")
    phone.author("visit", other_visit, other_order, {"findings": "不是我的"})
    phone.author("visit", job[1], job[0], {"findings": FINDING})
    _withdraw(desks, phone)
    phone.push()

    told = _taken(desks["supervisor"], phone.device)

    assert told["counts"] == {"parked": 1, "applied": 1}
    (parked, _) = _read(desks["supervisor"], phone.device)["items"]
    assert parked["result"]["reason"] == "not_your_visit" and parked["result"]["sentence"]
    listed = desks["supervisor"].get("/v1/desk/parked", params={"reason": "not_your_visit"}).json()["items"]
    assert phone.device in [one["device"] for one in listed]


def test_what_cannot_enter_stays_readable_with_the_reason(
    desks: dict[str, httpx.Client], phone: SigningPhone, job: tuple[str, str]
) -> None:
    first = phone.author("visit", job[1], job[0], {"findings": FINDING})
    _withdraw(desks, phone)
    phone.push([first])
    phone.push([{**first, "set": {"findings": "另一份"}, "id": f"{first['id']}-x"}])
    body = {"protocol": 1, "schema": 1, "epoch": phone.epoch, "push": {"ops": [{"what": "坏"}]}}
    phone.client.post("/v1/sync", json=body)

    told = _taken(desks["supervisor"], phone.device)

    assert told["counts"] == {"applied": 1}
    assert [(one["place"], one["reason"]) for one in told["left"]] == [(2, "number_taken"), (3, "illegible")]
    assert all(one["sentence"] for one in told["left"])
    _, other, illegible = _read(desks["auditor"], phone.device)["items"]
    assert other["fields"] == {"findings": "另一份"} and "result" not in other
    assert illegible["bytes_base64"] and "result" not in illegible


def test_what_was_missing_is_still_told_and_taken_over_when_it_comes(
    desks: dict[str, httpx.Client], orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    first, second, third = _day(phone, job)
    _withdraw(desks, phone)
    outbox = {"pending": 3, "last_seq": 3, "digest": "0" * 64}
    body = {"protocol": 1, "schema": 1, "epoch": phone.epoch, "outbox": outbox}
    phone.client.post("/v1/sync", json={**body, "push": {"ops": [first], "first": 1}})
    phone.push([third])

    told = _taken(desks["supervisor"], phone.device)
    missing = told["deposit"]["outbox"]["missing_seqs"]
    phone.push([second])
    later = _taken(desks["supervisor"], phone.device)

    assert told["counts"] == {"applied": 2} and missing == [{"first": 2, "last": 2}]
    assert later["counts"] == {"applied": 3} and len(later["deposit"]["taken_over"]) == 2
    assert later["deposit"]["outbox"]["missing"] == 0


def test_the_phone_stays_withdrawn_and_hears_nothing(
    desks: dict[str, httpx.Client], phone: SigningPhone, job: tuple[str, str]
) -> None:
    _day(phone, job)
    _withdraw(desks, phone)
    phone.push()

    _taken(desks["supervisor"], phone.device)

    assert phone.push() == {"quarantined": 3}
    assert phone.client.get("/v1/manifest").status_code == 403


def test_work_that_came_by_another_phone_meanwhile_counts_once(
    live: Live, desks: dict[str, httpx.Client], orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    order, visit = job
    location = f"pv-{visit}"
    told = phone.author(
        "time_entry", location, order, {"visit": visit, "kind": "work", "minutes": 30}, "create"
    )
    _withdraw(desks, phone)
    phone.push()
    anew = enrolled(live, desks)
    again = anew.author("time_entry", location, order, told["set"], "create")
    again["id"] = told["id"]
    first = anew.push()["results"][0]

    taken = _taken(desks["supervisor"], phone.device)

    assert taken["counts"] == {"duplicate": 1}
    (shown,) = _read(desks["supervisor"], phone.device)["items"]
    assert (shown["result"]["status"], shown["result"]["id"]) == (first["status"], told["id"])


def test_a_withdrawn_phones_signature_is_not_believed_without_a_person(
    desks: dict[str, httpx.Client], orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    order, visit = job
    id = phone.sign(order, visit)
    _withdraw(desks, phone)
    phone.push()

    _taken(desks["supervisor"], phone.device)

    found = orders.record(order, "sign_off", id)["verification"]
    assert (found["result"], found["reason"]) == ("not_verified", "device_withdrawn")


def test_an_unknown_phones_work_enters_in_the_name_that_a_person_gives(
    live: Live, desks: dict[str, httpx.Client], orders: Orders, phone: SigningPhone, job: tuple[str, str]
) -> None:
    order, visit = job
    unknown = f"forgotten-{visit}"[:64]
    tokens: AccessTokens = live.service.credentials.tokens
    headers = {"Authorization": f"Bearer {tokens.issue(unknown, ME)}"}
    lost = SigningPhone(phone.client, unknown, phone.epoch, phone.key)
    _day(lost, job)
    assert lost.push(headers=headers) == {"quarantined": 3}
    path = f"/v1/desk/quarantine/{unknown}/take-over"

    nobody = desks["supervisor"].post(path, json={})
    no_technician = desks["supervisor"].post(path, json={"user": "u-dispatcher"})
    told = _taken(desks["supervisor"], unknown, user=ME)

    for refused in (nobody, no_technician):
        assert (refused.status_code, refused.json()["code"]) == (422, "deposit_owner_unknown")
    assert told["counts"] == {"applied": 3}
    assert told["deposit"]["standing"] == "unknown", "the phone is told to enrol anew, as before"
    assert orders.record(order, "visit", visit)["findings"] == FINDING


def test_nonsense_is_refused_and_only_supervisors_take_over(
    desks: dict[str, httpx.Client], phone: SigningPhone, job: tuple[str, str]
) -> None:
    path = f"/v1/desk/quarantine/{phone.device}/take-over"
    nothing = desks["supervisor"].post(path, json={})
    _day(phone, job)
    _withdraw(desks, phone)
    phone.push()

    other = desks["supervisor"].post(path, json={"user": "technician-2"}, headers={"Accept-Language": "zh"})
    misspelled = desks["supervisor"].post(path, json={"nota": "x"})

    assert (nothing.status_code, nothing.json()["code"]) == (404, "record_missing")
    assert (other.status_code, other.json()["code"]) == (422, "deposit_owner_known")
    assert "不能以他人名义" in other.json()["detail"] and misspelled.status_code == 400
    allowed = {role: client.post(path, json={"note": ""}).status_code for role, client in desks.items()}
    assert allowed == {role: 400 if role in ("supervisor", "admin") else 403 for role in desks}
    assert "result" not in _read(desks["auditor"], phone.device)["items"][0]


def test_a_backup_after_taking_over_holds_together(
    live: Live, desks: dict[str, httpx.Client], phone: SigningPhone, job: tuple[str, str], tmp_path: Path
) -> None:
    """The phone's row is left alone while its ledger goes on; that is no torn backup."""
    first, *rest = _day(phone, job)
    phone.push([first])
    _withdraw(desks, phone)
    phone.push(rest)
    assert _taken(desks["supervisor"], phone.device)["left"] == []
    settings, place = live.service.settings, tmp_path / "night"

    make_backup(
        settings.database_url,
        None,
        settings.secret,
        place,
        lambda: "2031-05-05T01:00:00Z",
        lambda line: None,
    )

    assert verify_backup(place)[0].rows["operation"] >= 3
