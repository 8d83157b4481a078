"""What counts against the quotas of uploads, on both databases."""

from __future__ import annotations

import pytest

from media.gate import Principal
from media.quota import DEVICE, Room
from server.db.open import SqlStore
from server.db.statement import Statement
from server.db.uploads import SqlUploads
from server.media_quota import WORK_ORDER, MediaQuota
from tests.media.contract_register import an_upload

PHONE = Principal("d1", "p1")
_MEDIA = Statement("INSERT INTO media (id, aggregate, ver) VALUES (:id, :aggregate, 1)")


@pytest.fixture
def uploads(store: SqlStore) -> SqlUploads:
    for media, order in (("m1", "work_order/1"), ("m2", "work_order/1"), ("m3", "work_order/2")):
        store.database.write(lambda c, m=media, o=order: c.run(_MEDIA, id=m, aggregate=o))
    return SqlUploads(store.database)


def rooms(store: SqlStore, media: str | None, but: str | None = None) -> list[Room]:
    return list(MediaQuota(store.database, 1000, 5000).rooms(PHONE, media, but))


def test_a_device_s_unfinished_uploads_and_an_order_s_media_are_counted(
    store: SqlStore, uploads: SqlUploads
) -> None:
    assert rooms(store, "m1") == [Room(DEVICE, 1000, 1000), Room(WORK_ORDER, 5000, 5000)]
    uploads.add(an_upload("u1", media_id="m1"))
    uploads.add(an_upload("u2", media_id="m2", length_bytes=None, offset_bytes=30))
    uploads.add(an_upload("u3", media_id="m3"))
    uploads.add(an_upload("u4", media_id="m2", sha256="cd" * 32, device_id="d2"))
    assert rooms(store, "m1") == [Room(DEVICE, 1000, 770), Room(WORK_ORDER, 5000, 4770)]
    assert rooms(store, "m1", but="u1") == [Room(DEVICE, 1000, 870), Room(WORK_ORDER, 5000, 4870)]
    assert rooms(store, None) == [Room(DEVICE, 1000, 770)]


def test_stored_files_count_for_the_order_alone_and_ended_ones_nowhere(
    store: SqlStore, uploads: SqlUploads
) -> None:
    uploads.replace(uploads.add(an_upload("u1")).at_offset(100).stored())
    uploads.replace(uploads.add(an_upload("u2", media_id="m2")).terminated())
    assert rooms(store, "m1") == [Room(DEVICE, 1000, 1000), Room(WORK_ORDER, 5000, 4900)]


def test_a_full_room_has_nothing_left(store: SqlStore, uploads: SqlUploads) -> None:
    uploads.add(an_upload("u1", length_bytes=9000))
    assert [room.left_bytes for room in rooms(store, "m1")] == [0, 0]
