"""What a running server makes of the bytes that a phone sends: looked at, rendered, or put aside with the reason."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.media.films import clip, frames
from tests.media.photos import photo
from tests.server.live import Live
from tests.server.orders import Orders
from tests.server.phone import ME, Phone, enrolled, media_row
from tests.server.waiting import until

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(scope="module")
def phone(live: Live, desks: dict[str, httpx.Client]) -> Phone:
    return enrolled(live, desks)


@pytest.fixture
def job(orders: Orders, phone: Phone) -> tuple[str, str]:
    return orders.assigned(ME)


def made(fields: dict[str, Any], by: str = "server") -> dict[str, dict[str, Any]]:
    return {one["kind"]: one for one in fields.get("renditions") or [] if one["by"] == by}


def blob(live: Live, entry: dict[str, Any]) -> bytes:
    with live.service.blobs.read(entry["sha256"]) as file:
        return file.read()


def test_a_photo_is_looked_at_and_made_in_all_sizes_and_its_original_stays_as_it_was(
    live: Live, orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    content, media = photo(size=(2000, 1500), turn=6), f"m-{visit}"
    row = media_row(order, visit, media, content, by=ME, origin="picked", captured_at="2031-05-05T01:00:00Z")
    phone.sync(row)
    phone.upload(media, content)

    fields = until(lambda: orders.record(order, "media", media), lambda one: one["state"] != "stored")

    assert fields["state"] == "verified", fields
    assert fields["found"] == {
        "content_type": "image/jpeg",
        "width": 1500,
        "height": 2000,
        "rotation": 90,
        "taken_at": "2026-03-02T08:15:30+08:00",
    }
    assert made(fields).keys() == {"display", "stamped", "thumbnail"}
    for entry in made(fields).values():
        data = blob(live, entry)
        assert hashlib.sha256(data).hexdigest() == entry["sha256"] and len(data) == entry["size_bytes"]
        with Image.open(io.BytesIO(data)) as picture:
            assert picture.size == (entry["width"], entry["height"])
    with Image.open(io.BytesIO(base64.b64decode(fields["preview"]))) as preview:
        assert max(preview.size) == 96
    assert blob(live, {"sha256": row["set"]["sha256"]}) == content
    assert "location" not in fields, "the place is not read out of the photo"


def test_a_phones_own_preview_stays(orders: Orders, phone: Phone, job: tuple[str, str]) -> None:
    order, visit = job
    content, media = photo(), f"m-{visit}"
    phone.sync(media_row(order, visit, media, content, preview="AAAA"))
    phone.upload(media, content)

    fields = until(lambda: orders.record(order, "media", media), lambda one: one["state"] != "stored")

    assert (fields["state"], fields["preview"]) == ("verified", "AAAA")
    assert not orders.read(order).json()["records"].get("conflict")


def test_a_clip_gets_its_poster_and_then_a_proxy(
    live: Live, orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    content, media = clip(sound=True), f"m-{visit}"
    phone.sync(media_row(order, visit, media, content, kind="video", content_type="video/mp4"))
    phone.upload(media, content)

    fields = until(lambda: orders.record(order, "media", media), lambda one: "proxy" in made(one))

    assert (fields["found"]["codec"], fields["found"]["content_type"]) == ("h264", "video/mp4")
    assert made(fields).keys() == {"poster", "thumbnail", "proxy"}
    assert len(frames(blob(live, made(fields)["proxy"]))) == len(frames(content))


def test_what_a_phone_made_is_made_anew_before_the_original_is_here(
    live: Live, orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    content, poster, proxy, media = clip(sound=True), photo(), clip(), f"m-{visit}"
    phone.sync(media_row(order, visit, media, content, kind="video", content_type="video/mp4"))
    phone.upload(media, poster, "poster")
    phone.upload(media, proxy, "proxy")

    fields = until(
        lambda: orders.record(order, "media", media), lambda one: {"poster", "proxy"} <= made(one).keys()
    )

    assert fields["state"] in ("captured", "queued", "partial")
    assert {one["sha256"] for one in made(fields, "phone").values()} == {
        hashlib.sha256(poster).hexdigest(),
        hashlib.sha256(proxy).hexdigest(),
    }
    assert b"Secret Maker" in poster and b"Secret Maker" not in blob(live, made(fields)["poster"])
    phone.upload(media, content)
    fields = until(lambda: orders.record(order, "media", media), lambda one: one["state"] == "verified")
    own = [one for one in fields["renditions"] if one["kind"] == "poster" and one["by"] == "server"]
    assert [one["of"] for one in own][-1] == hashlib.sha256(content).hexdigest(), (
        "a better one, of the original"
    )


def test_a_proxy_with_the_originals_bytes_is_the_original(
    orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    content, media = clip(), f"m-{visit}"
    phone.sync(media_row(order, visit, media, content, kind="video"))

    phone.upload(media, content, "proxy")

    assert orders.record(order, "media", media)["state"] in ("stored", "verified")


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (SVG, "photo", "active_content"),
        (photo()[:4000], "photo", "cut_off"),
        (photo(), "video", "other_kind"),
    ],
    ids=["drawing", "cut", "wrong-kind"],
)
def test_what_is_not_fit_is_put_aside_with_a_reason_that_its_sender_reads(
    orders: Orders, phone: Phone, job: tuple[str, str], content: bytes, kind: str, code: str
) -> None:
    order, visit = job
    media = f"m-{visit}"
    phone.sync(media_row(order, visit, media, content, kind=kind))
    phone.upload(media, content)

    fields = until(lambda: orders.record(order, "media", media), lambda one: one["state"] != "stored")

    assert fields["state"] == "quarantined" and fields["fault"]["code"] == code, fields
    assert fields["fault"]["sentence"]["en"].endswith(".") and fields["fault"]["sentence"]["zh"].endswith(
        "。"
    )
    assert not fields.get("renditions") and not fields.get("found")
    pulled = [
        record
        for aggregate in phone.sync()["pull"]["aggregates"]
        for record in aggregate.get("records", [])
        if record.get("id") == media
    ]
    assert [one["fields"]["fault"]["code"] for one in pulled] == [code], "it is on the phone"


def test_a_poster_that_is_no_picture_is_noted_once_and_never_shown(
    orders: Orders, phone: Phone, job: tuple[str, str]
) -> None:
    order, visit = job
    content, media = clip(), f"m-{visit}"
    phone.sync(media_row(order, visit, media, content, kind="video"))
    phone.upload(media, SVG, "poster")

    fields = until(lambda: orders.record(order, "media", media), lambda one: made(one))

    entry = made(fields)["poster"]
    assert entry["fault"] == "active_content" and not entry.get("sha256")
