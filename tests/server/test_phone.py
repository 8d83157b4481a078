"""A phone on the whole server: enrolled by a desk's code, given a job, heard, uploading, revoked."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_api.clock import instant
from mobile_api.ports import Heard
from tests.server.live import Live, etag
from tests.server.orders import WINDOW, Orders, id_of

ME = "u-phone-owner"


@dataclass
class Phone:
    """An enrolled phone with a token, and the number of its last operation."""

    client: httpx.Client
    device: str
    epoch: str
    seq: int = 0

    def sync(self, *operations: dict[str, Any]) -> dict[str, Any]:
        """One exchange: these operations up, everything down."""
        ops = []
        for one in operations:
            self.seq += 1
            ops.append(
                {"device": self.device, "seq": self.seq, "schema": 1, "at": {"wall": "2031-05-05T01:00:00Z"}}
                | {"base": [self.epoch, 1]}
                | one
            )
        body = {"protocol": 1, "schema": 1, "epoch": self.epoch, "pull": {"manifest": {}}}
        if ops:
            body["push"] = {"ops": ops, "first": ops[0]["seq"]}
        answer = self.client.post("/v1/sync", json=body)
        assert answer.status_code == 200, answer.text
        reply: dict[str, Any] = answer.json()
        return reply


@pytest.fixture
def phone(live: Live, desks: dict[str, httpx.Client]) -> Phone:
    """A fresh phone of a technician."""
    live.account("phone-owner", "technician")
    fields = {"number": f"T-{live.service.new_id()[-8:]}", "name": {"zh": "机主"}, "active": True}
    desks["admin"].post("/v1/desk/technicians", json={"id": ME, "fields": fields})
    code = desks["supervisor"].post("/v1/desk/devices/codes", json={"account": ME}).json()["code"]
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    key = {"kty": "EC", "crv": "P-256", "x": _coordinate(numbers.x), "y": _coordinate(numbers.y)}
    client = live.client()
    answer = client.post("/v1/enrol", json={"code": code, "public_key": key, "name": "测试机"})
    assert answer.status_code == 201, answer.text
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return Phone(client, answer.json()["device"], answer.json()["epoch"])


@pytest.fixture
def job(desks: dict[str, httpx.Client], orders: Orders, phone: Phone) -> tuple[str, str]:
    """A fresh order of that technician, and its visit."""
    return orders.assigned(ME)


def _coordinate(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def _media(order: str, visit: str, id: str, content: bytes) -> dict[str, Any]:
    fields = {"visit": visit, "kind": "photo", "content_type": "image/jpeg", "size_bytes": len(content)}
    return {
        "id": f"op-{id}",
        "entity": "media",
        "record": id,
        "aggregate": f"work_order/{order}",
        "action": "create",
        "set": {**fields, "sha256": hashlib.sha256(content).hexdigest()},
    }


def _create(phone: Phone, media: str, sha256: str, length: int) -> httpx.Response:
    def encoded(value: str) -> str:
        return base64.b64encode(value.encode()).decode()

    metadata = f"media {encoded(media)},sha256 {encoded(sha256)},kind {encoded('original')}"
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(length), "Upload-Metadata": metadata}
    return phone.client.post("/v1/uploads", headers=headers)


def _upload(phone: Phone, media: str, sha256: str, content: bytes) -> httpx.Response:
    created = _create(phone, media, sha256, len(content))
    assert created.status_code == 201, created.text
    return phone.client.patch(
        created.headers["location"],
        content=content,
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        },
    )


def test_an_assigned_job_reaches_the_phone_and_the_manifest_counts_it(
    orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, _ = job

    aggregates = {one["id"] for one in phone.sync()["pull"]["aggregates"]}
    manifest = phone.client.get("/v1/manifest").json()

    assert {f"work_order/{order}", "site/site-1", "customer/customer-1", f"self/{ME}"} <= aggregates
    assert manifest["expected"]["jobs"] >= 2
    assert {"checklists", "parts", "credentials"} <= manifest["expected"].keys()


def test_a_phones_work_reaches_the_desk(orders: Orders, phone: Phone, job: tuple[str, str]) -> None:
    order, visit = job
    tap = {"id": f"op-{visit}", "entity": "visit", "record": visit, "aggregate": f"work_order/{order}"}

    reply = phone.sync({**tap, "set": {"exec_state": {"event": "travel"}}})

    assert reply["push"]["results"][0]["status"] == "applied", reply["push"]
    assert orders.record(order, "visit", visit)["exec_state"] == "traveling"


def test_a_whole_photo_is_stored_in_its_record(orders: Orders, phone: Phone, job: tuple[str, str]) -> None:
    order, visit = job
    content, media = os.urandom(5000), f"m-{visit}"
    phone.sync(_media(order, visit, media, content))

    answer = _upload(phone, media, hashlib.sha256(content).hexdigest(), content)

    assert answer.status_code == 204, answer.text
    assert orders.record(order, "media", media)["state"] == "stored"


def test_other_bytes_than_declared_are_quarantined_and_the_right_ones_heal_it(
    orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    content, media = os.urandom(5000), f"m-{visit}"
    sha256 = hashlib.sha256(content).hexdigest()
    phone.sync(_media(order, visit, media, content))

    wrong = _upload(phone, media, sha256, os.urandom(5000))
    quarantined = orders.record(order, "media", media)["state"]
    right = _upload(phone, media, sha256, content)

    assert wrong.status_code >= 400 and quarantined == "quarantined"
    assert right.status_code == 204
    assert orders.record(order, "media", media)["state"] == "verified"


def test_unknown_media_and_other_hashes_are_not_taken(
    orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    content, media = os.urandom(500), f"m-{visit}"
    phone.sync(_media(order, visit, media, content))

    unknown = _create(phone, "nobody-knows", hashlib.sha256(content).hexdigest(), 500)
    other = _create(phone, media, hashlib.sha256(b"other").hexdigest(), 500)

    assert unknown.status_code == other.status_code == 403, (unknown.text, other.text)


def test_a_length_that_the_record_contradicts_is_not_taken(
    orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    content, media = os.urandom(500), f"m-{visit}"
    sha256 = hashlib.sha256(content).hexdigest()
    phone.sync(_media(order, visit, media, content))

    wrong = _create(phone, media, sha256, 5)

    assert (wrong.status_code, wrong.json()["details"]) == (403, {"reason": "media_size_differs"})
    assert "Upload-Length" in wrong.json()["detail"]
    assert _upload(phone, media, sha256, content).status_code == 204


def test_somebody_elses_media_is_not_taken_but_a_lost_jobs_is(
    live: Live, desks: dict[str, httpx.Client], orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    content, media = os.urandom(500), f"m-{visit}"
    phone.sync(_media(order, visit, media, content))
    other_order, _ = orders.assigned("technician-2")
    foreign = f"m-{other_order}"
    theirs = {"entity": "media", "aggregate": f"work_order/{other_order}", "action": "create"}
    live.service.engine.write(*_as_system(live, foreign, theirs, content))

    answer = desks["dispatcher"].post(
        f"/v1/desk/visits/{visit}/reassign",
        json={"technician": "technician-2", "reason": "x", "window": WINDOW},
        headers=etag(orders.read(order)),
    )
    assert answer.status_code == 200

    sha256 = hashlib.sha256(content).hexdigest()
    assert _create(phone, foreign, sha256, 500).status_code == 403
    assert _upload(phone, media, sha256, content).status_code == 204
    assert orders.record(order, "media", media)["state"] == "stored"


def _as_system(live: Live, media: str, draft: dict[str, Any], content: bytes) -> tuple[Any, Any]:
    from sync.engine import Draft
    from tests.server.company import DOOR

    fields = {"kind": "photo", "content_type": "image/jpeg", "size_bytes": len(content)}
    fields["sha256"] = hashlib.sha256(content).hexdigest()
    return DOOR, [Draft(id=live.service.new_id(), record=media, set=fields, **draft)]


def test_a_desk_reads_received_only_once_the_phone_was_heard_since_the_dispatch(
    live: Live, desks: dict[str, httpx.Client], orders: Orders, phone: Phone
) -> None:
    order, visit = orders.assigned(ME)

    def shown() -> set[str | None]:
        board = desks["dispatcher"].get(f"/v1/desk/board?day=2031-05-05&zone=Asia/Shanghai&technician={ME}")
        on_board = {one["id"]: one["exec_state"] for one in board.json()["items"]}
        return {orders.record(order, "visit", visit)["exec_state"], on_board[visit]}

    def hear(seconds: float) -> None:
        at = instant(live.service.clock() + seconds)
        live.service.devices.heard(phone.device, Heard(at=at))

    hear(-60)
    before = shown()
    hear(60)
    after = shown()
    desks["dispatcher"].post(f"/v1/desk/devices/{phone.device}/revoke")

    assert (before, after, shown()) == ({None}, {"received"}, {None})


def test_a_visit_that_is_only_planned_is_on_no_phone(
    live: Live, desks: dict[str, httpx.Client], orders: Orders, phone: Phone
) -> None:
    order = orders.new()
    answer = desks["dispatcher"].post(
        f"/v1/desk/work-orders/{order}/visits",
        json={"technician": ME, "window": WINDOW, "dispatch": False},
        headers=etag(orders.read(order)),
    )
    live.service.devices.heard(phone.device, Heard(at=instant(live.service.clock() + 60)))

    planned = orders.record(order, "visit", id_of(answer, "visit"))
    desks["dispatcher"].post(f"/v1/desk/devices/{phone.device}/revoke")

    assert (planned["dispatch_state"], planned["exec_state"]) == ("planned", None)


def test_a_revoked_phone_hears_nothing_and_may_deposit(
    desks: dict[str, httpx.Client], orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    assert desks["dispatcher"].post(f"/v1/desk/devices/{phone.device}/revoke").status_code == 200

    tap = {"id": f"op-{visit}", "entity": "visit", "record": visit, "aggregate": f"work_order/{order}"}
    reply = phone.sync({**tap, "set": {"exec_state": {"event": "travel"}}})

    assert reply["push"] == {"quarantined": 1} and "pull" not in reply
    assert orders.record(order, "visit", visit)["exec_state"] is None, (
        "no phone of this technician is known to have it"
    )
    assert phone.client.get("/v1/manifest").status_code == 403
    listed = {one["id"]: one for one in desks["dispatcher"].get("/v1/desk/devices").json()["items"]}
    assert listed[phone.device]["revoked"] is True
