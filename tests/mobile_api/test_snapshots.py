"""The first load can be resumed at any byte, and only who is entitled reads it."""

from __future__ import annotations

import pytest

from tests.mobile_api.live import Answer, Company, Phone

DATA = bytes(range(256)) * 5000


@pytest.fixture
def address(company: Company) -> str:
    """A snapshot for alice, of more than one piece."""
    return "/v1/snapshots/" + company.snapshots.put(DATA, {"alice"})


def test_whole_snapshot_is_named_by_its_hash(phone: Phone, address: str) -> None:
    answer = phone.get(address)

    assert (answer.status, answer.raw) == (200, DATA)
    assert answer.headers["ETag"] == f'"{address.rpartition("/")[2]}"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, 1279999),
        ("bytes=1048570-1048590", 1048570, 1048590),
        ("bytes=1279990-9999999", 1279990, 1279999),
        ("bytes=-10", 1279990, 1279999),
        ("bytes=-99999999", 0, 1279999),
    ],
)
def test_part_is_sent_as_asked(phone: Phone, address: str, wanted: str, first: int, last: int) -> None:
    answer = phone.get(address, {"Range": wanted})

    assert (answer.status, answer.raw) == (206, DATA[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/1280000"


@pytest.mark.parametrize(
    "wanted", ["bytes=5-2", "bytes=a-b", "lines=0-1", "bytes=0-1,4-5", "bytes=-", "bytes=" + "9" * 30 + "-"]
)
def test_range_that_makes_no_sense_is_answered_with_the_whole(
    phone: Phone, address: str, wanted: str
) -> None:
    answer = phone.get(address, {"Range": wanted})

    assert (answer.status, len(answer.raw)) == (200, len(DATA))


@pytest.mark.parametrize("wanted", ["bytes=1280000-", "bytes=99999999-999999999", "bytes=-0"])
def test_range_beyond_the_end_is_not_satisfiable(phone: Phone, address: str, wanted: str) -> None:
    answer = phone.get(address, {"Range": wanted})

    assert (answer.status, answer.code) == (416, "range_not_satisfiable")
    assert answer.headers["Content-Range"] == "bytes */1280000"


def test_interrupted_load_is_resumed_and_complete(phone: Phone, address: str) -> None:
    etag = phone.get(address, {"Range": "bytes=0-99"}).headers["ETag"]

    rest = phone.get(address, {"Range": "bytes=100-", "If-Range": etag})

    assert (rest.status, rest.raw) == (206, DATA[100:])


def test_resuming_something_else_starts_over(phone: Phone, address: str) -> None:
    answer = phone.get(address, {"Range": "bytes=100-", "If-Range": '"other"'})

    assert (answer.status, answer.raw) == (200, DATA)


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "*"])
def test_snapshot_that_is_there_already_is_not_sent(phone: Phone, address: str, form: str) -> None:
    etag = f'"{address.rpartition("/")[2]}"'

    answer = phone.get(address, {"If-None-Match": form.format(etag)})

    assert (answer.status, answer.raw) == (304, b"")


def test_head_tells_the_size(phone: Phone, address: str) -> None:
    answer: Answer = phone.request("HEAD", address, None, phone.by_token())

    assert (answer.status, answer.raw) == (200, b"")
    assert answer.headers["Content-Length"] == "1280000"


def test_who_is_not_entitled_finds_nothing(company: Company, address: str) -> None:
    assert company.phone("bob").get(address).code == "not_found"


@pytest.mark.parametrize("name", ["0" * 64, "x", "A" * 64, "%2e%2e", "0" * 64 + "%00"])
def test_unknown_snapshot_is_not_found(phone: Phone, name: str) -> None:
    assert phone.get(f"/v1/snapshots/{name}").code == "not_found"


def test_snapshot_needs_a_token(phone: Phone, address: str) -> None:
    assert phone.request("GET", address, None).code == "unauthorized"
