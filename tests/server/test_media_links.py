"""Photos and clips are shown to whoever may see their job, by links that are worth nothing to anybody else."""

from __future__ import annotations

import base64
import io
import logging
from datetime import UTC, datetime

import httpx
import pytest
from PIL import Image

from mobile_api.derived_key import to_base64url
from server.media_links.link import LINK_SECONDS, MediaLinks
from sync.engine import Draft
from sync.store import DeviceRow
from tests.media.photos import photo
from tests.server.live import SECRET, Live
from tests.server.orders import Orders
from tests.server.phone import ME, Phone, enrolled, media_row
from tests.server.waiting import until

CONTENT = photo(size=(1200, 900))
DOOR = DeviceRow(id="tests-media-links", user="system", roles=("system",))


@pytest.fixture(scope="module")
def phone(live: Live, desks: dict[str, httpx.Client]) -> Phone:
    return enrolled(live, desks)


@pytest.fixture(scope="module")
def stranger(live: Live, desks: dict[str, httpx.Client]) -> Phone:
    """A phone of another technician, without a job."""
    return enrolled(live, desks, "stranger")


@pytest.fixture(scope="module")
def order_and_media(live: Live, desks: dict[str, httpx.Client], phone: Phone) -> tuple[str, str]:
    orders = Orders(live, desks)
    order, visit = orders.assigned(ME)
    media = f"m-{visit}"
    phone.sync(media_row(order, visit, media, CONTENT))
    phone.upload(media, CONTENT)
    until(lambda: orders.record(order, "media", media), lambda one: one["state"] == "verified")
    return order, media


@pytest.fixture
def media(order_and_media: tuple[str, str]) -> str:
    return order_and_media[1]


def link(client: httpx.Client, media: str, of: str = "original", *, desk: bool = False) -> httpx.Response:
    return client.get(f"/v1/{'desk/' if desk else ''}media/{media}/link", params={"of": of})


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_phone_and_a_desk_read_the_original_byte_for_byte(
    phone: Phone, desks: dict[str, httpx.Client], media: str
) -> None:
    for client, desk in ((phone.client, False), (desks["dispatcher"], True)):
        given = link(client, media, desk=desk)
        assert given.status_code == 200, given.text
        assert given.headers["cache-control"] == "no-store"

        answer = client.get(given.json()["url"])

        assert (answer.status_code, answer.content) == (200, CONTENT)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["content-disposition"] == f'attachment; filename="{media}.jpg"'
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-store"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("of", ["display", "thumbnail", "stamped"])
def test_a_rendition_is_shown_in_its_place(phone: Phone, media: str, of: str) -> None:
    given = link(phone.client, media, of).json()

    answer = phone.client.get(given["url"])

    assert answer.headers["content-disposition"] == "inline"
    assert len(answer.content) == given["size_bytes"]
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.format == "JPEG"


def test_a_part_is_read_by_range_and_a_changed_one_anew(phone: Phone, media: str) -> None:
    url = link(phone.client, media).json()["url"]

    head = phone.client.head(url)
    part = phone.client.get(url, headers={"Range": "bytes=100-199", "If-Range": head.headers["etag"]})
    beyond = phone.client.get(url, headers={"Range": f"bytes={len(CONTENT)}-"})
    same = phone.client.get(url, headers={"If-None-Match": head.headers["etag"]})

    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(CONTENT)))
    assert (part.status_code, part.content) == (206, CONTENT[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(CONTENT)}"
    assert code(beyond) == (416, "range_not_satisfiable")
    assert same.status_code == 304


def test_only_who_has_the_job_gets_a_link(
    phone: Phone, stranger: Phone, desks: dict[str, httpx.Client], live: Live, media: str
) -> None:
    assert code(link(stranger.client, media)) == (404, "not_found"), "not told from what does not exist"
    assert code(link(stranger.client, "nobody")) == (404, "not_found")
    assert code(link(desks["storekeeper"], media, desk=True)) == (403, "not_yours")
    assert code(link(desks["expert"], media, desk=True)) == (403, "not_yours"), "no case, no clip"
    assert code(link(live.client(), media)) == (401, "unauthorized")
    assert code(link(live.client(), media, desk=True)) == (401, "unauthorized")


def test_a_link_is_worth_nothing_to_anybody_else(
    live: Live, phone: Phone, stranger: Phone, desks: dict[str, httpx.Client], media: str
) -> None:
    of_phone = link(phone.client, media).json()["url"]
    of_desk = link(desks["dispatcher"], media, desk=True).json()["url"]

    for url, client in (
        (of_phone, stranger.client),
        (of_phone, desks["dispatcher"]),
        (of_desk, desks["supervisor"]),
        (of_desk, phone.client),
    ):
        assert code(client.get(url)) == (403, "media_link_not_yours")
    assert code(live.client().get(of_phone)) == (401, "unauthorized")


def test_a_withdrawn_phones_links_end_at_once(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    lost = enrolled(live, desks, "loser")
    order, visit = orders.assigned("u-loser")
    media = f"m-{visit}"
    lost.sync(media_row(order, visit, media, CONTENT))
    lost.upload(media, CONTENT)
    until(lambda: orders.record(order, "media", media), lambda one: one["state"] == "verified")
    url = link(lost.client, media).json()["url"]
    assert lost.client.get(url).status_code == 200

    live.service.devices.revoke(lost.device, "2031-05-05T01:00:00Z")

    assert lost.client.get(url).json()["code"] == "device_revoked"


def test_an_expired_link_says_so_in_both_languages(phone: Phone, media: str) -> None:
    then = datetime.now(UTC).timestamp() - LINK_SECONDS - 1
    old, _ = MediaLinks(SECRET, lambda: then).signed("0" * 64, "image/jpeg", "", f"device:{phone.device}")

    english = phone.client.get(f"/v1/media/bytes/{old}", headers={"Accept-Language": "en"})
    chinese = phone.client.get(f"/v1/media/bytes/{old}", headers={"Accept-Language": "zh"})

    assert code(english) == (410, "media_link_expired")
    assert "expired" in english.json()["detail"] and "过期" in chinese.json()["detail"]


@pytest.mark.parametrize("way", ["another-key", "another-file", "cut", "noise", "not-ascii"])
def test_a_forged_link_opens_nothing(phone: Phone, media: str, way: str) -> None:
    token = link(phone.client, media).json()["url"].rpartition("/")[2]
    said, _, mac = token.partition(".")
    other = MediaLinks("another secret", lambda: datetime.now(UTC).timestamp())
    forged = {
        "another-key": other.signed("0" * 64, "image/jpeg", "", f"device:{phone.device}")[0],
        "another-file": to_base64url(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))[:-1] + b"0]")
        + f".{mac}",
        "cut": token[:-4],
        "noise": "x" * 5000,
        "not-ascii": "%E4%B8%8A.%E9%97%A8",
    }[way]

    assert code(phone.client.get(f"/v1/media/bytes/{forged}")) == (403, "media_link_unreadable")


def test_what_cannot_be_shown_says_why(phone: Phone, orders: Orders) -> None:
    order, visit = orders.assigned(ME)
    absent, unfit = f"a-{visit}", f"u-{visit}"
    phone.sync(media_row(order, visit, absent, CONTENT), media_row(order, visit, unfit, b"<svg></svg>"))
    phone.upload(unfit, b"<svg></svg>")
    until(lambda: orders.record(order, "media", unfit), lambda one: one["state"] == "quarantined")

    away = link(phone.client, absent)
    aside = phone.client.get(f"/v1/media/{unfit}/link", headers={"Accept-Language": "zh"})

    assert code(away) == (409, "media_not_here") and away.json()["details"]["missing_bytes"] == len(CONTENT)
    assert code(aside) == (409, "media_unfit") and "隔离" in aside.json()["detail"]


def test_bytes_that_nobody_has_looked_at_are_shown_to_nobody(
    live: Live, phone: Phone, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, visit = orders.assigned(ME)
    media = f"m-{visit}"
    phone.sync(media_row(order, visit, media, b"bytes that never came"))
    arrived = Draft(
        id=f"tests-{media}"[:64],
        entity="media",
        record=media,
        aggregate=f"work_order/{order}",
        set={"state": {"event": "store"}},
    )
    live.service.engine.write(DOOR, [arrived])

    assert code(link(phone.client, media)) == (409, "media_not_inspected")
    assert code(link(desks["dispatcher"], media, desk=True)) == (409, "media_not_inspected")


def test_what_was_not_made_of_a_file_is_told_with_what_was(phone: Phone, media: str) -> None:
    answer = link(phone.client, media, "poster")

    assert code(answer) == (404, "rendition_missing")
    assert answer.json()["details"]["there"] == ["display", "original", "stamped", "thumbnail"]


def test_no_link_is_in_a_row_or_in_a_log(
    phone: Phone,
    orders: Orders,
    order_and_media: tuple[str, str],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A handler of an earlier test, whose stream is closed, would complain of what the tests' own client says.
    monkeypatch.setattr(logging, "raiseExceptions", False)
    order, media = order_and_media
    with caplog.at_level(logging.DEBUG):
        url = link(phone.client, media).json()["url"]
        phone.client.get(url)
    token = url.rpartition("/")[2]

    # The tests' own client, and a log that the product's settings of logs turn off.
    others = ("httpx", "httpcore", "uvicorn.access")
    ours = [record for record in caplog.records if not record.name.startswith(others)]
    assert not [record.name for record in ours if token in record.getMessage()]
    assert token not in "".join(capfd.readouterr())
    assert token not in orders.read(order).text and "/media/bytes/" not in str(phone.sync())
