"""How much a phone, and a work order, may fill with uploads."""

from __future__ import annotations

from collections.abc import Sequence

from media.gate import Principal
from media.quota import DEVICE, Room
from server.db.connection import Database
from server.db.queries.upload_bytes import media_bytes_beside, unfinished_upload_bytes

WORK_ORDER = "work_order"


class MediaQuota:
    """`media.quota.UploadQuota` over the rows of uploads. Blocking."""

    def __init__(self, database: Database, device_bytes: int, work_order_bytes: int) -> None:
        self._database = database
        self._device_bytes = device_bytes
        self._work_order_bytes = work_order_bytes

    def rooms(self, principal: Principal, media_id: str | None, upload_id: str | None) -> Sequence[Room]:
        """See `UploadQuota`: the device's unfinished uploads, and all media of the work order."""
        but = upload_id or ""
        unfinished = unfinished_upload_bytes(self._database, principal.device_id, but)
        rooms = [_room(DEVICE, self._device_bytes, unfinished)]
        if media_id is not None:
            beside = media_bytes_beside(self._database, media_id, but)
            rooms.append(_room(WORK_ORDER, self._work_order_bytes, beside))
        return rooms


def _room(scope: str, limit_bytes: int, used_bytes: int) -> Room:
    return Room(scope, limit_bytes, max(0, limit_bytes - used_bytes))
