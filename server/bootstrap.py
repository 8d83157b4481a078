"""The one place that ties adapters to ports: settings become a service that is ready to answer."""

from __future__ import annotations

import os
import time
from pathlib import Path

from domain.place import SHARDS
from domain.rules import FieldService
from mobile_api.app_routes import MobilePorts, phone_credentials
from mobile_api.authentication import Authentication
from mobile_api.clock import Clock, instant
from mobile_api.problem import Phrase
from mobile_api.settings import MobileSettings
from scheduler.jobs import JOBS
from scheduler.tick import Tick
from scheduler.ticker import Ticker
from server.channels.chosen import message_folder
from server.db.accounts import Accounts
from server.db.devices import SqlDevices
from server.db.enrolments import SqlEnrolments
from server.db.failed_attempts import SqlFailedAttempts
from server.db.migrate import WrongSchema
from server.db.open import SqlStore, open_store
from server.db.quarantine import SqlQuarantine
from server.db.reading import Reading
from server.db.reminders_queue import SqlReminders
from server.db.sessions import Sessions
from server.db.waking.others import OtherProcesses
from server.desk.changes import Changes
from server.desk.session import DeskSessions
from server.enrolling import Enrolling
from server.evidence.evidence import evidence_of
from server.first_load_maker import FirstLoadMaker
from server.first_loads import FirstLoads
from server.identifiers import uuid7
from server.manifest_count import ManifestCounter
from server.media_parts import blob_folder, blobs_of, rendering_of, uploads_of
from server.messaging import messaging
from server.observe.counted_engine import CountedEngine
from server.observe.health import disk_check
from server.observe.metrics import Metrics
from server.observe.watched import database_check, erasures_check, watch
from server.personal.erasing import Erasing
from server.personal.erasures_file import NAME, ErasuresFile
from server.personal.late_values import LateValues
from server.service import Service
from server.settings import Settings
from server.sign_off_checks import SignOffChecks
from server.upload_expiry import UploadExpiry
from sync.rules import Rules
from sync.schema import faults


class FaultySchema(Exception):
    """The declarations contradict themselves; the message names what is wrong."""


def open_service(settings: Settings, *, clock: Clock = time.time, migrate: bool = False) -> Service:
    """Check what could stop the start, open the database, and tie everything together.

    With `migrate`, tables are made or upgraded first. Raises FaultySchema, StoreNotBuilt,
    `server.db.migrate.WrongSchema` (which names `doorstep migrate`), `sync.store.StoreUnavailable`.
    """
    rules = FieldService()
    if wrong := faults(rules.schema):
        raise FaultySchema(f"The declarations in domain/ are wrong: {'; '.join(wrong)}.")
    folder = blob_folder(settings)
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

    blobs, blob_check = blobs_of(settings, store.database, folder)
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
    reminders = _reminders(store, clock)
    ticker = Ticker(Tick(engine, reminders, JOBS))
    messages = messaging(settings, store, engine, folder, clock)
    uploads = uploads_of(settings, engine, store.database, blobs, clock, new_id)
    expiry = UploadExpiry(uploads)
    rendering = rendering_of(settings, store, engine, reminders, blobs, folder.parent / "rendering", new_id)
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
        checks=[database_check(settings, store), disk_check(folder), *blob_check, erasures_check(erasing)],
        clock=clock,
        new_id=new_id,
    )
    watch(service)
    listening = (store.listen(changes.tell), store.listen(maker.tell), store.listen(others.tell))
    service.closing.extend(
        (store.close, maker.close, others.close, *listening, ticker.close, rendering.close, expiry.close)
    )
    service.closing.append(messages.ticker.close)
    return service


def _reminders(store: SqlStore, clock: Clock) -> SqlReminders:
    """They go by the database's clock, which all processes share; or by the one that the service was given."""
    given = None if clock is time.time else lambda: instant(clock())
    return SqlReminders(store.database, given)
