"""The one place that ties adapters to ports: settings become a service that is ready to answer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.place import SHARDS
from domain.rules import FieldService
from media.local_store import LocalStore
from media.renditions.process import Processes
from media.store import Store
from media.uploads import Limits, Uploads
from mobile_api.app_routes import MobilePorts, phone_credentials
from mobile_api.authentication import Authentication
from mobile_api.clock import Clock, instant
from mobile_api.credentials import Credentials
from mobile_api.problem import Phrase
from mobile_api.settings import MobileSettings
from scheduler.jobs import JOBS
from scheduler.tick import Tick
from scheduler.ticker import Ticker
from server.blob_store_url import FolderPlace
from server.channels.chosen import message_folder
from server.db.accounts import Accounts
from server.db.connection import Database
from server.db.devices import SqlDevices
from server.db.enrolments import SqlEnrolments
from server.db.failed_attempts import SqlFailedAttempts
from server.db.migrate import WrongSchema, check_schema
from server.db.open import SqlStore, open_store
from server.db.quarantine import SqlQuarantine
from server.db.queries.parked_count import parked_count
from server.db.reading import Reading
from server.db.reminders_queue import SqlReminders
from server.db.sessions import Sessions
from server.db.uploads import SqlUploads
from server.db.waking.others import OtherProcesses
from server.desk.changes import Changes
from server.desk.session import DeskSessions
from server.enrolling import Enrolling
from server.evidence.evidence import Evidence, evidence_of
from server.first_load_maker import FirstLoadMaker
from server.first_loads import FirstLoads
from server.identifiers import uuid7
from server.manifest_count import ManifestCounter
from server.media_quota import MediaQuota
from server.media_records import MediaRecords, TellingRegister
from server.media_rendering import Rendering
from server.media_stamp import Stamp
from server.media_work import MediaWork
from server.messaging import Messaging, messaging
from server.observe.counted_engine import CountedEngine
from server.observe.health import Check, disk_check
from server.observe.metrics import Metrics
from server.personal.erasing import Erasing
from server.personal.erasures_file import NAME, ErasuresFile
from server.personal.late_values import LateValues
from server.private_files import private_folder
from server.settings import Settings
from server.sign_off_checks import SignOffChecks
from server.upload_expiry import UploadExpiry
from sync.engine import Engine
from sync.rules import Rules
from sync.schema import faults


class FaultySchema(Exception):
    """The declarations contradict themselves; the message names what is wrong."""


class StoreNotBuilt(Exception):
    """A setting asks for a part that this program does not have; the message is one sentence."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """Everything that routes and commands work with. `close` it at the end."""

    settings: Settings
    store: SqlStore
    reading: Reading
    engine: Engine
    accounts: Accounts
    devices: SqlDevices
    enrolments: SqlEnrolments
    quarantine: SqlQuarantine
    enrolling: Enrolling
    desk_sessions: DeskSessions
    blobs: Store
    """Where the bytes of media lie."""
    uploads: Uploads
    """Whoever serves recovers what a crash interrupted; commands do not, since a live server may be at it."""
    erasing: Erasing
    sign_offs: SignOffChecks
    evidence: Evidence
    mobile: MobilePorts
    mobile_settings: MobileSettings
    credentials: Credentials
    authenticate_phone: Authentication
    changes: Changes
    others: OtherProcesses
    ticker: Ticker
    """Started by whoever serves; commands do not tick."""
    messages: Messaging
    rendering: Rendering
    upload_expiry: UploadExpiry
    """Both are started by whoever serves, too."""
    metrics: Metrics
    checks: Sequence[Check]
    clock: Clock
    new_id: Callable[[], str]
    closing: list[Callable[[], None]] = field(default_factory=list)

    def now(self) -> str:
        """The server's time, an instant in UTC."""
        return instant(self.clock())

    def device_of(self, headers: Mapping[bytes, bytes]) -> str:
        """The phone that a request's headers name, for the log; empty when they name none."""
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer":
            return ""
        bearer = self.credentials.tokens.read(token.strip())
        return bearer.device if bearer else ""

    def close(self) -> None:
        """Let go of the database; repeating is safe."""
        while self.closing:
            self.closing.pop()()


def open_service(settings: Settings, *, clock: Clock = time.time, migrate: bool = False) -> Service:
    """Check what could stop the start, open the database, and tie everything together.

    With `migrate`, tables are made or upgraded first. Raises FaultySchema, StoreNotBuilt,
    `server.db.migrate.WrongSchema` (which names `doorstep migrate`), `sync.store.StoreUnavailable`.
    """
    rules = FieldService()
    if wrong := faults(rules.schema):
        raise FaultySchema(f"The declarations in domain/ are wrong: {'; '.join(wrong)}.")
    folder = _folder(settings)
    _check_database(settings, migrate)
    store = open_store(
        settings.database_url,
        pool_size=settings.postgres_pool_size,
        group_works=settings.group_commit_max,
        create=migrate,
    )
    try:
        return tied(settings, rules, store, folder, clock)
    except BaseException:
        store.close()
        raise


def _check_database(settings: Settings, migrate: bool) -> None:
    path = settings.sqlite_path
    if migrate or path is None or path.exists():
        return
    # Opening it to look would create an empty file.
    raise WrongSchema(
        Phrase(
            f"There is no database at {path} yet; run `doorstep migrate`.",
            f"{path} 处还没有数据库；请运行 `doorstep migrate`。",
        )
    )


def tied(settings: Settings, rules: Rules, store: SqlStore, folder: Path, clock: Clock) -> Service:
    """The service over a store that is open and migrated, for any rules; its `close` closes the store.

    Media are kept in `folder`, unless the settings name a bucket; first loads lie beside it.
    """
    metrics = Metrics()
    with store.snapshot() as snapshot:
        epoch = snapshot.epoch()

    def new_id() -> str:
        return uuid7(int(clock() * 1000), os.urandom(10))

    blobs, blob_check = _blobs(settings, store.database, folder)
    first_loads = FirstLoads(store, folder.parent / "first-loads", epoch)
    maker = FirstLoadMaker(first_loads, sorted(SHARDS.values()))
    devices = SqlDevices(store)
    sign_offs = SignOffChecks(devices, lambda: instant(clock()))
    engine = CountedEngine(
        metrics,
        store,
        rules,
        epoch=epoch,
        now=lambda: instant(clock()),
        salt=lambda: os.urandom(16),
        largest_operation_bytes=settings.max_operation_bytes,
        snapshot_of=first_loads.newest,
        taken=sign_offs,
    )
    mobile_settings = MobileSettings(
        secret=settings.secret,
        access_token_seconds=settings.access_token_seconds,
        nonce_days=settings.nonce_days,
        max_sync_body_bytes=settings.max_sync_body_bytes,
    )
    evidence = evidence_of(
        store,
        settings.secret,
        settings.base_url,
        lambda aggregate: sign_offs.look(engine, [aggregate]),
        lambda: instant(clock()),
    )
    enrolments = SqlEnrolments(store.database, evidence.writer)
    accounts = Accounts(store.database)
    quarantine = SqlQuarantine(store.database, LateValues(store.database, rules))
    erasures = Path(settings.erasures_file) if settings.erasures_file else folder.parent / NAME
    erasing = Erasing(
        engine,
        store.database,
        blobs,
        ErasuresFile(erasures),
        lambda: instant(clock()),
        message_folder(folder).forget,
    )
    mobile = MobilePorts(
        engine=engine,
        enrolments=enrolments,
        devices=devices,
        quarantine=quarantine,
        snapshots=first_loads,
        count_manifest=ManifestCounter(store),
        new_id=new_id,
        failed_attempts=SqlFailedAttempts(store.database),
        clock=clock,
    )
    credentials = phone_credentials(mobile, mobile_settings)
    changes = Changes()
    ticker = _ticker(store, engine, clock)
    messages = messaging(settings, store, engine, folder, clock)
    uploads = _uploads(settings, engine, store.database, blobs, clock, new_id)
    expiry = UploadExpiry(uploads)
    rendering = _rendering(settings, store, engine, blobs, folder.parent / "rendering", clock, new_id)
    others = OtherProcesses(settings.database_url, [changes, maker])
    service = Service(
        settings=settings,
        store=store,
        reading=Reading(store.database),
        engine=engine,
        accounts=accounts,
        devices=devices,
        enrolments=enrolments,
        quarantine=quarantine,
        enrolling=Enrolling(
            accounts, devices, enrolments, settings.secret, settings.enrolment_code_minutes, clock
        ),
        desk_sessions=DeskSessions(
            Sessions(store.database), clock, settings.session_hours, settings.base_url.startswith("https:")
        ),
        blobs=blobs,
        uploads=uploads,
        erasing=erasing,
        sign_offs=sign_offs,
        evidence=evidence,
        mobile=mobile,
        mobile_settings=mobile_settings,
        credentials=credentials,
        authenticate_phone=Authentication(credentials, devices),
        changes=changes,
        others=others,
        ticker=ticker,
        messages=messages,
        rendering=rendering,
        upload_expiry=expiry,
        metrics=metrics,
        checks=[_database_check(settings, store), disk_check(folder), *blob_check, _erasures_check(erasing)],
        clock=clock,
        new_id=new_id,
    )
    _watch(service)
    listening = (store.listen(changes.tell), store.listen(maker.tell), store.listen(others.tell))
    service.closing.extend(
        (store.close, maker.close, others.close, *listening, ticker.close, rendering.close, expiry.close)
    )
    service.closing.append(messages.ticker.close)
    return service


def _ticker(store: SqlStore, engine: Engine, clock: Clock) -> Ticker:
    return Ticker(Tick(engine, _reminders(store, clock), JOBS))


def _reminders(store: SqlStore, clock: Clock) -> SqlReminders:
    """They go by the database's clock, which all processes share; or by the one that the service was given."""
    given = None if clock is time.time else lambda: instant(clock())
    return SqlReminders(store.database, given)


def _rendering(
    settings: Settings,
    store: SqlStore,
    engine: Engine,
    blobs: Store,
    folder: Path,
    clock: Clock,
    new_id: Callable[[], str],
) -> Rendering:
    processes = Processes()
    stamp = Stamp(Reading(store.database), settings.default_timezone)
    work = MediaWork(blobs, processes, stamp, folder, new_id)
    return Rendering(engine, _reminders(store, clock), work, processes, folder)


def _uploads(
    settings: Settings,
    engine: Engine,
    database: Database,
    store: Store,
    clock: Clock,
    new_id: Callable[[], str],
) -> Uploads:
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


def _blobs(settings: Settings, database: Database, folder: Path) -> tuple[Store, Sequence[Check]]:
    """Where media bytes are kept, and what readiness asks of it."""
    place = settings.blob_store_url
    if isinstance(place, FolderPlace):
        return LocalStore(folder), []
    from server.bucket_store import bucket_store

    return bucket_store(settings, place, database)


def _folder(settings: Settings) -> Path:
    """The blob folder; with a bucket, the place beside which this process keeps what it can make again."""
    place = settings.blob_store_url
    if isinstance(place, FolderPlace):
        return _made(place.folder)
    beside = settings.sqlite_path.parent if settings.sqlite_path else Path("var")
    return _made(beside / "blobs")


def _erasures_check(erasing: Erasing) -> Check:
    def fault() -> str | None:
        undone = erasing.undone()
        return (
            f"{len(undone)} customers are to be erased again: run `doorstep personal repeat`"
            if undone
            else None
        )

    return Check("erasures", fault)


def _made(folder: Path) -> Path:
    try:
        private_folder(folder)
    except OSError as error:
        raise StoreNotBuilt(
            f"DOORSTEP_BLOB_STORE_URL names {folder}, which cannot be made: {error.strerror}; "
            "for example DOORSTEP_BLOB_STORE_URL=file:var/blobs."
        ) from None
    return folder


def _database_check(settings: Settings, store: SqlStore) -> Check:
    def fault() -> str | None:
        with store.snapshot() as snapshot:
            snapshot.epoch()
        try:
            check_schema(settings.database_url)
        except WrongSchema as wrong:
            return str(wrong)
        return None

    return Check("database", fault)


def _watch(service: Service) -> None:
    metrics, store = service.metrics, service.store
    metrics.watch("doorstep_sse_clients", "Streams of desks that are open.", lambda: service.changes.count)
    metrics.watch(
        "doorstep_stale_projections", "Records whose read model failed, since the start.",
        lambda: store.projections.failures,
    )  # fmt: skip
    metrics.watch(
        "doorstep_parked_operations", "Operations that are parked.", lambda: parked_count(store.database)
    )
    retries = getattr(store.database, "retries", None)
    if retries is not None:
        metrics.watch_count(
            "doorstep_transaction_retries", "Transactions run again after a deadlock or a serialisation failure.",
            lambda: sum(retries.values()),
        )  # fmt: skip
    groups = getattr(store.database, "group_sizes", None)
    if groups is not None:
        metrics.watch_groups("doorstep_commit_works", "Works that shared a commit.", lambda: dict(groups))
