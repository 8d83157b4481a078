"""The desk sees where the bytes are: here, on the way, or still on whose phone, and since when."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import pytest

from tests.media.films import clip
from tests.media.photos import photo
from tests.server.live import Live
from tests.server.orders import Orders
from tests.server.phone import ME, Phone, enrolled, media_row
from tests.server.waiting import until

CONTENT = clip(sound=True)
POSTER, PROXY = photo(), clip()


@pytest.fixture(scope="module")
def phone(live: Live, desks: dict[str, httpx.Client]) -> Phone:
    return enrolled(live, desks)


@pytest.fixture
def announced(orders: Orders, phone: Phone) -> tuple[str, str]:
    """An order, and a clip in it of which no byte has come."""
    order, visit = orders.assigned(ME)
    phone.sync(media_row(order, visit, f"m-{visit}", CONTENT, kind="video"))
    return order, f"m-{visit}"


def standing(orders: Orders, order: str) -> dict[str, Any]:
    (found,) = orders.read(order).json()["media"]
    return dict(found)


def test_what_is_still_on_a_phone_is_told_with_whose_and_since_when(
    orders: Orders, phone: Phone, announced: tuple[str, str]
) -> None:
    order, media = announced

    told = standing(orders, order)

    assert (told["media"], told["where"]) == (media, "phone")
    assert (told["size_bytes"], told["received_bytes"]) == (len(CONTENT), 0)
    assert told["missing_bytes"] == len(CONTENT)
    assert (told["device"], told["device_name"], told["user"]) == (phone.device, "测试机", ME)
    assert told["known_since"] and told["heard_at"] and told["known_since"] <= told["heard_at"]
    assert told["last_bytes_at"] is None and told["parts"] == []


def test_each_of_the_three_uploads_of_a_clip_is_resumed_on_its_own_and_told(
    orders: Orders, phone: Phone, announced: tuple[str, str]
) -> None:
    order, media = announced
    half = {"poster": len(POSTER), "proxy": len(PROXY) // 2, "original": len(CONTENT) // 3}
    places = {}
    for kind, content in (("poster", POSTER), ("proxy", PROXY), ("original", CONTENT)):
        created = phone.create(media, hashlib.sha256(content).hexdigest(), len(content), kind)
        places[kind] = created.headers["location"]
        assert phone.append(places[kind], content[: half[kind]]).status_code == 204

    told = standing(orders, order)

    assert {one["kind"]: one["received_bytes"] for one in told["parts"]} == half
    assert (told["where"], told["received_bytes"]) == ("arriving", half["original"])
    assert told["missing_bytes"] == len(CONTENT) - half["original"]
    assert told["last_bytes_at"] >= told["known_since"][:10]
    refused = phone.client.get(f"/v1/media/{media}/link").json()
    assert refused["details"]["missing_bytes"] == told["missing_bytes"]

    for kind, content in (("proxy", PROXY), ("original", CONTENT)):
        assert phone.append(places[kind], content[half[kind] :], half[kind]).status_code == 204
    done = standing(orders, order)
    assert (done["where"], done["missing_bytes"], done["last_bytes_at"]) == ("server", 0, None)


def test_a_withdrawn_phones_missing_bytes_are_told_as_such(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    lost = enrolled(live, desks, "leaver")
    order, visit = orders.assigned("u-leaver")
    lost.sync(media_row(order, visit, f"m-{visit}", CONTENT, kind="video"))

    live.service.devices.revoke(lost.device, "2031-05-05T01:00:00Z")

    told = standing(orders, order)
    assert (told["where"], told["withdrawn"], told["missing_bytes"]) == ("phone", True, len(CONTENT))


def test_what_was_put_aside_is_not_told_as_here(orders: Orders, phone: Phone) -> None:
    order, visit = orders.assigned(ME)
    phone.sync(media_row(order, visit, f"m-{visit}", b"<svg></svg>"))
    phone.upload(f"m-{visit}", b"<svg></svg>")

    told = until(lambda: standing(orders, order), lambda one: one["where"] != "server")

    assert (told["where"], told["missing_bytes"]) == ("aside", 0)
