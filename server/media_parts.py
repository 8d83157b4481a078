"""The parts that media need, made from settings: where bytes lie, who may send them, what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from media.local_store import LocalStore
from media.renditions.process import Processes
from media.store import Store
from media.uploads import Limits, Uploads
from mobile_api.clock import Clock
from scheduler.queue import ReminderQueue
from server.blob_store_url import FolderPlace
from server.db.connection import Database
from server.db.open import SqlStore
from server.db.reading import Reading
from server.db.uploads import SqlUploads
from server.media_quota import MediaQuota
from server.media_records import MediaRecords, TellingRegister
from server.media_rendering import Rendering
from server.media_stamp import Stamp
from server.media_work import MediaWork
from server.observe.health import Check
from server.private_files import private_folder
from server.settings import Settings
from sync.engine import Engine


class StoreNotBuilt(Exception):
    """A setting asks for a part that this program does not have; the message is one sentence."""


def uploads_of(
    settings: Settings,
    engine: Engine,
    database: Database,
    store: Store,
    clock: Clock,
    new_id: Callable[[], str],
) -> Uploads:
    """Resumable uploads whose ends enter the records."""
    records = MediaRecords(engine)
    return Uploads(
        TellingRegister(SqlUploads(database), records),
        store,
        records,
        records,
        lambda: datetime.fromtimestamp(clock(), UTC),
        new_id,
        Limits(
            max_size_bytes=settings.max_upload_bytes,
            expires_after=timedelta(days=settings.longest_offline_days),
        ),
        MediaQuota(database, settings.device_upload_bytes, settings.work_order_upload_bytes),
    )


def rendering_of(
    settings: Settings,
    store: SqlStore,
    engine: Engine,
    queue: ReminderQueue,
    blobs: Store,
    folder: Path,
    new_id: Callable[[], str],
) -> Rendering:
    """What opens media, in processes of its own; `folder` is where they work."""
    processes = Processes()
    stamp = Stamp(Reading(store.database), settings.default_timezone)
    work = MediaWork(blobs, processes, stamp, folder, new_id)
    return Rendering(engine, queue, work, processes, folder)


def blobs_of(settings: Settings, database: Database, folder: Path) -> tuple[Store, Sequence[Check]]:
    """Where media bytes are kept, and what readiness asks of it."""
    place = settings.blob_store_url
    if isinstance(place, FolderPlace):
        return LocalStore(folder), []
    from server.bucket_store import bucket_store

    return bucket_store(settings, place, database)


def blob_folder(settings: Settings) -> Path:
    """The blob folder; with a bucket, the place beside which this process keeps what it can make again."""
    place = settings.blob_store_url
    if isinstance(place, FolderPlace):
        return _made(place.folder)
    beside = settings.sqlite_path.parent if settings.sqlite_path else Path("var")
    return _made(beside / "blobs")


def _made(folder: Path) -> Path:
    try:
        private_folder(folder)
    except OSError as error:
        raise StoreNotBuilt(
            f"DOORSTEP_BLOB_STORE_URL names {folder}, which cannot be made: {error.strerror}; "
            "for example DOORSTEP_BLOB_STORE_URL=file:var/blobs."
        ) from None
    return folder
