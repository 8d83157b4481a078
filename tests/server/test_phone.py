"""A phone on the whole server: enrolled by a desk's code, given a job, heard, uploading, revoked."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import httpx
import pytest

from mobile_api.clock import instant
from mobile_api.ports import Heard
from tests.media.photos import photo
from tests.server.live import Live, etag
from tests.server.orders import WINDOW, Orders, id_of
from tests.server.phone import ME, Phone, enrolled, media_row


@pytest.fixture
def phone(live: Live, desks: dict[str, httpx.Client]) -> Phone:
    """A fresh phone of a technician."""
    return enrolled(live, desks)


@pytest.fixture
def job(desks: dict[str, httpx.Client], orders: Orders, phone: Phone) -> tuple[str, str]:
    """A fresh order of that technician, and its visit."""
    return orders.assigned(ME)


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
    content, media = photo(), f"m-{visit}"
    phone.sync(media_row(order, visit, media, content))

    answer = phone.upload(media, content)

    assert answer.status_code == 204, answer.text
    assert orders.record(order, "media", media)["state"] in ("stored", "verified")


def test_other_bytes_than_declared_are_quarantined_and_the_right_ones_heal_it(
    orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    content, media = photo(), f"m-{visit}"
    sha256 = hashlib.sha256(content).hexdigest()
    phone.sync(media_row(order, visit, media, content))

    wrong = phone.upload(media, os.urandom(len(content)), sha256=sha256)
    quarantined = orders.record(order, "media", media)["state"]
    right = phone.upload(media, content)

    assert wrong.status_code >= 400 and quarantined == "quarantined"
    assert right.status_code == 204
    assert orders.record(order, "media", media)["state"] == "verified"


def test_unknown_media_and_other_hashes_are_not_taken(
    orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    content, media = photo(), f"m-{visit}"
    phone.sync(media_row(order, visit, media, content))

    unknown = phone.create("nobody-knows", hashlib.sha256(content).hexdigest(), len(content))
    other = phone.create(media, hashlib.sha256(b"other").hexdigest(), len(content))

    assert unknown.status_code == other.status_code == 403, (unknown.text, other.text)


def test_a_length_that_the_record_contradicts_is_not_taken(
    orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    content, media = photo(), f"m-{visit}"
    sha256 = hashlib.sha256(content).hexdigest()
    phone.sync(media_row(order, visit, media, content))

    wrong = phone.create(media, sha256, 5)

    assert (wrong.status_code, wrong.json()["details"]) == (403, {"reason": "media_size_differs"})
    assert "Upload-Length" in wrong.json()["detail"]
    assert phone.upload(media, content).status_code == 204


def test_somebody_elses_media_is_not_taken_but_a_lost_jobs_is(
    live: Live, desks: dict[str, httpx.Client], orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    content, media = photo(), f"m-{visit}"
    phone.sync(media_row(order, visit, media, content))
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
    assert phone.create(foreign, sha256, len(content)).status_code == 403
    assert phone.upload(media, content).status_code == 204
    assert orders.record(order, "media", media)["state"] in ("stored", "verified")


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
