"""What withdrawn and unknown phones deposited: the office reads it, and what of it is still missing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from mobile_api.tokens import AccessTokens
from tests.server.live import Live
from tests.server.orders import Orders
from tests.server.test_phone import Phone, job, phone

__all__ = ["job", "phone"]
READERS = {"dispatcher", "supervisor", "admin", "auditor"}
WALL = "2026-01-01T01:00:00Z"


def _steps(phone: Phone, job: tuple[str, str], seqs: Sequence[int]) -> list[dict[str, Any]]:
    order, visit = job
    return [
        {
            "device": phone.device,
            "seq": seq,
            "id": f"op-{visit}-{seq}",
            "schema": 1,
            "entity": "visit",
            "record": visit,
            "aggregate": f"work_order/{order}",
            "base": [phone.epoch, 1],
            "at": {"wall": WALL},
            "set": {"cause": f"第 {seq} 项"},
        }
        for seq in seqs
    ]


def _outbox(operations: Sequence[dict[str, Any]]) -> dict[str, Any]:
    ids = "".join(f"{one['id']}\n" for one in operations)
    digest = hashlib.sha256(ids.encode()).hexdigest()
    last_seq = operations[-1]["seq"]
    held = {"pending": len(operations), "last_seq": last_seq, "digest": digest}
    return held | {"uploads": 2, "upload_bytes": 7_000}


def _push(phone: Phone, operations: Sequence[Any], outbox: dict[str, Any] | None = None) -> Any:
    body: dict[str, Any] = {"protocol": 1, "schema": 1, "epoch": phone.epoch}
    body["push"] = {"ops": operations, "first": 1}
    if outbox:
        body["outbox"] = outbox
    answer = phone.client.post("/v1/sync", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["push"]


@pytest.fixture
def revoked(desks: dict[str, httpx.Client], phone: Phone) -> Phone:
    """A phone that the office has withdrawn."""
    assert desks["dispatcher"].post(f"/v1/desk/devices/{phone.device}/revoke").status_code == 200
    return phone


def _listed(desk: httpx.Client, device: str, **headers: str) -> dict[str, Any]:
    after = ""
    while True:
        page = desk.get("/v1/desk/quarantine", params={"after": after}, headers=headers).json()
        for one in page["items"]:
            if one["device"] == device:
                found: dict[str, Any] = one
                return found
        after = page["next"]
        assert after, "the device is not in the list"


def _read(desk: httpx.Client, device: str, **query: Any) -> dict[str, Any]:
    answer = desk.get(f"/v1/desk/quarantine/{device}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_office_reads_each_operation_that_a_withdrawn_phone_deposited(
    live: Live, desks: dict[str, httpx.Client], revoked: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    operations = _steps(revoked, job, [1, 2, 3])
    assert _push(revoked, operations, _outbox(operations)) == {"quarantined": 3}

    told = _read(desks["auditor"], revoked.device)

    shown = [(one["place"], one["seq"], one["id"], one["fields"]) for one in told["items"]]
    assert shown == [(n, n, f"op-{visit}-{n}", {"cause": f"第 {n} 项"}) for n in (1, 2, 3)]
    first = told["items"][0]
    assert (first["entity"], first["record"], first["aggregate"]) == ("visit", visit, f"work_order/{order}")
    assert (first["made_at_device"], first["action"], first["legible"]) == (WALL, "update", True)
    assert told["deposit"] == _listed(desks["auditor"], revoked.device)
    deposit = told["deposit"]
    assert (deposit["standing"], deposit["user"], deposit["count"]) == ("revoked", "u-phone-owner", 3)
    assert deposit["size_bytes"] == sum(one["size_bytes"] for one in told["items"])
    assert deposit["since"] == first["received_at"] <= deposit["newest_at"] <= live.service.now()
    assert deposit["revoked_at"] <= deposit["since"]


def test_what_is_still_missing_is_named_by_number_until_the_digest_holds(
    desks: dict[str, httpx.Client], phone: Phone, job: tuple[str, str]
) -> None:
    operations = _steps(phone, job, [1, 2, 3, 4, 5, 6])
    phone.sync({key: operations[0][key] for key in ("id", "entity", "record", "aggregate", "set")})
    assert desks["admin"].post(f"/v1/desk/devices/{phone.device}/revoke").status_code == 200
    unsent = operations[1:]

    _push(phone, [operations[2]], _outbox(unsent))
    part = _listed(desks["dispatcher"], phone.device)["outbox"]
    _push(phone, [*unsent], _outbox(unsent))
    whole = _listed(desks["dispatcher"], phone.device)["outbox"]

    assert part == _outbox(unsent) | {
        "missing": 4,
        "missing_seqs": [{"first": 2, "last": 2}, {"first": 4, "last": 6}],
        "digest_holds": None,
    }
    assert whole == _outbox(unsent) | {"missing": 0, "missing_seqs": [], "digest_holds": True}


def test_what_arrived_before_the_phone_was_withdrawn_is_not_missing(
    desks: dict[str, httpx.Client], phone: Phone, job: tuple[str, str]
) -> None:
    operations = _steps(phone, job, [1, 2, 3])
    assert _push(phone, operations[:1], _outbox(operations))["results"][0]["seq"] == 1
    assert desks["admin"].post(f"/v1/desk/devices/{phone.device}/revoke").status_code == 200

    _push(phone, operations[1:2])
    outbox = _listed(desks["admin"], phone.device)["outbox"]

    assert (outbox["pending"], outbox["missing"], outbox["digest_holds"]) == (3, 1, None)
    assert outbox["missing_seqs"] == [{"first": 3, "last": 3}]


def test_what_the_phone_counts_as_sent_and_the_server_has_not_kept_is_missing(
    desks: dict[str, httpx.Client], revoked: Phone, job: tuple[str, str]
) -> None:
    _push(revoked, _steps(revoked, job, [1, 2]), {"pending": 0, "last_seq": 4, "digest": ""})

    outbox = _listed(desks["admin"], revoked.device)["outbox"]

    assert (outbox["missing"], outbox["digest_holds"]) == (2, None)
    assert outbox["missing_seqs"] == [{"first": 3, "last": 4}]


def test_other_operations_than_the_digest_told_are_noticed(
    desks: dict[str, httpx.Client], revoked: Phone, job: tuple[str, str]
) -> None:
    operations = _steps(revoked, job, [1, 2])
    told = _outbox(operations)
    operations[1]["id"] += "-another"

    _push(revoked, operations, told)

    assert _listed(desks["dispatcher"], revoked.device)["outbox"]["digest_holds"] is False


def test_an_illegible_operation_is_shown_as_bytes_with_the_reason(
    desks: dict[str, httpx.Client], revoked: Phone
) -> None:
    _push(revoked, [{"seq": 1, "what": "坏"}])

    (told,) = _read(desks["supervisor"], revoked.device)["items"]
    desks["supervisor"].headers["Accept-Language"] = "zh"
    (in_chinese,) = _read(desks["supervisor"], revoked.device)["items"]
    del desks["supervisor"].headers["Accept-Language"]

    raw = base64.b64decode(told["bytes_base64"])
    assert b'"what"' in raw and hashlib.sha256(raw).hexdigest() == told["sha256"]
    assert (told["legible"], told["reason"]) == (False, "invalid_value") and told["detail"]
    assert "fields" not in told and "entity" not in told
    assert in_chinese["sentence"].startswith("某个值不符合要求")


def test_an_unknown_phone_is_said_to_be_unknown_in_both_languages(
    live: Live, desks: dict[str, httpx.Client], phone: Phone, job: tuple[str, str]
) -> None:
    unknown = f"forgotten-{job[1]}"
    tokens: AccessTokens = live.service.credentials.tokens
    phone.client.headers["Authorization"] = f"Bearer {tokens.issue(unknown, 'u-phone-owner')}"
    operations = _steps(phone, job, [7])
    assert _push(phone, operations, _outbox(operations)) == {"quarantined": 7}

    en = _listed(desks["admin"], unknown, **{"Accept-Language": "en"})
    zh = _listed(desks["admin"], unknown, **{"Accept-Language": "zh"})

    assert (en["standing"], en["user"], en["outbox"], en["count"]) == ("unknown", None, None, 1)
    assert "not known here" in en["sentence"] and "系统不认识该手机" in zh["sentence"]


def test_a_long_deposit_is_read_page_by_page(
    desks: dict[str, httpx.Client], revoked: Phone, job: tuple[str, str]
) -> None:
    operations = _steps(revoked, job, range(1, 102))
    _push(revoked, operations, _outbox(operations))

    first = _read(desks["dispatcher"], revoked.device)
    second = _read(desks["dispatcher"], revoked.device, after=first["next"])

    seqs = [one["seq"] for one in first["items"] + second["items"]]
    assert seqs == list(range(1, 102)) and second["next"] is None


def test_reading_changes_no_record_and_a_phone_without_a_deposit_is_not_found(
    desks: dict[str, httpx.Client], orders: Orders, revoked: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    missing = desks["dispatcher"].get(f"/v1/desk/quarantine/{revoked.device}")
    _push(revoked, _steps(revoked, job, [1]))

    _read(desks["dispatcher"], revoked.device)

    assert (missing.status_code, missing.json()["code"]) == (404, "record_missing")
    assert orders.record(order, "visit", visit).get("cause") is None


def test_only_those_who_answer_for_phones_read_it_and_nobody_writes_it(
    desks: dict[str, httpx.Client], revoked: Phone, job: tuple[str, str]
) -> None:
    _push(revoked, _steps(revoked, job, [1]))

    for path in ("/v1/desk/quarantine", f"/v1/desk/quarantine/{revoked.device}"):
        answers = {role: client.get(path).status_code for role, client in desks.items()}
        assert answers == {role: 200 if role in READERS else 403 for role in desks}
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert desks["admin"].request(method, path).status_code == 405
        assert revoked.client.get(path).status_code == 401
