"""The company that is measured: field service as in production, phones with jobs, and one phone that is brand new."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from domain import place
from domain.commands import dispatch, order
from domain.commands.draft import Drafted, create
from domain.declaration import VERSION
from domain.rules import FieldService
from mobile_api.clock import instant
from mobile_api.tokens import AccessTokens
from server.db.open import SqlStore, open_store
from server.identifiers import uuid7
from sync.clock import Base
from sync.engine import Draft, Engine
from sync.operation import Operation, TimeEvidence, encode_operation
from sync.store import AggregateRow, Ask, Changes, DeviceRow

SECRET = "a secret for measuring, of thirty-two characters and more"
STARTED_AT = 1_800_000_000
BATCH = 100
_TOKEN_SECONDS = 24 * 3600
"""Longer than any soak."""
OPERATIONS_PER_JOB = 10
"""What one visit of the pattern below gives: six creations, four changes."""
JOBS_PER_BATCH = BATCH // OPERATIONS_PER_JOB

_NOTE = "压缩机启动后约三分钟跳机,吸气压力低于正常值,检查后发现膨胀阀感温包松脱,已重新固定并保温;建议下次保养时更换。 "
_NOTE_EN = (
    "Compressor trips three minutes after start; suction pressure low, sensing bulb of the valve was loose. "
)


@dataclass
class Phone:
    """A technician's phone, its jobs, and the versions that it holds of everything it will touch."""

    device: str
    user: str
    jobs: list[dict[str, str]] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)
    seq: int = 0


class Company:
    """Fills a database and authors what its phones send."""

    def __init__(self, database_url: str) -> None:
        self._random = random.Random(8400)
        self._ids = itertools.count()
        self.store: SqlStore = open_store(database_url)
        with self.store.snapshot() as snapshot:
            self.epoch = snapshot.epoch()
        self.engine = measured_engine(self.store, self.epoch)
        self.phones: list[Phone] = []

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def id(self) -> str:
        """The next id, the same in every run."""
        return uuid7(STARTED_AT * 1000 + next(self._ids), self._random.randbytes(10))

    def furnish(self, phones: int, jobs: int) -> None:
        """So many phones, each with so many dispatched visits at sites of their own."""
        for number in range(phones):
            phone = Phone(f"phone-{number}", f"technician-{number}")
            self._write(Changes(devices=[_row(phone)]))
            self._desk("supervisor", [self._technician(phone.user, number)])
            for _ in range(jobs):
                self._job(phone)
            wanted = [
                name for job in phone.jobs for name in (f"work_order/{job['order']}", f"site/{job['site']}")
            ]
            phone.held = {id: row.ver for id, row in self.versions(wanted).items()}
            for job in phone.jobs[::2]:
                # The office corrects every second number meanwhile: what the phone says of it is a conflict.
                self._desk("dispatcher", [self._corrected(job)], base=phone.held[f"site/{job['site']}"])
            self.phones.append(phone)

    def batch(self, phone: Phone, number: int, jobs_touched: int = JOBS_PER_BATCH) -> list[bytes]:
        """The phone's next operations: ten on each of so many of its jobs."""
        first = number * jobs_touched
        jobs = [phone.jobs[(first + place) % len(phone.jobs)] for place in range(jobs_touched)]
        return [
            self._operation(phone, drafted)
            for turn, job in enumerate(jobs)
            for drafted in self._day(job, number, turn)
        ]

    def token(self, device: str, user: str) -> str:
        """What the server would have given to the phone."""
        return AccessTokens(SECRET, _TOKEN_SECONDS, time.time).issue(device, user)

    # what happens on a job

    def _day(self, job: dict[str, str], number: int, place_in_day: int) -> Iterator[Drafted]:
        home, visit = place.work_order(job["order"]), job["visit"]
        at = {"at": instant(STARTED_AT + number * 60), "error_ms": 400}
        steps = [self.id(), self.id()]
        for step in steps:
            answer = {"value": number * 3, "unit": "kPa", "text": _NOTE}
            yield create(
                "step_result", step, home, visit=visit, template=job["template"], step=f"pressure-{number}",
                answer=answer, verdict="failed", answered=at,
            )  # fmt: skip
        demonstration = self.id()
        yield create(
            "demonstration", demonstration, home, visit=visit, point=f"每周清洗冷凝器滤网 / clean the filter: {_NOTE}",
            shown=True, operator="王店长", shown_at=at,
        )  # fmt: skip
        yield create(
            "note",
            self.id(),
            home,
            visit=visit,
            text=_NOTE + _NOTE_EN,
            written_at=at["at"],
            for_customer=False,
        )
        yield create("note", self.id(), home, visit=visit, text=_NOTE_EN * 3, written_at=at["at"])
        yield create(
            "time_entry", self.id(), home, visit=visit, kind="work", starts=at, ends=at, reason=_NOTE
        )
        yield _changed("visit", visit, home, cause=f"{_NOTE}{number}", solution=f"{_NOTE_EN}{number}")
        yield _changed(
            "step_result", steps[0], home, verdict="passed", answer={"value": number, "unit": "kPa"}
        )
        yield _changed("demonstration", demonstration, home, customer_did_it=True, proficient=True)
        if place_in_day % 5 == 0:
            # Not the technician's to say: kept as a request, for the office to see.
            yield _changed("visit", visit, home, job_role=("lead", "helper")[number % 2])
        elif number % 2:
            yield _changed("visit", visit, home, fault_code=f"E{number}")
        else:
            phone = f"139{number:08d}"
            yield _changed("contact", job["contact"], place.site(job["site"]), phone=phone)

    def _operation(self, phone: Phone, drafted: Drafted) -> bytes:
        phone.seq += 1
        return encode_operation(
            Operation(
                device=phone.device,
                seq=phone.seq,
                id=self.id(),
                schema=VERSION,
                entity=drafted.entity,
                record=drafted.record,
                aggregate=drafted.aggregate,
                base=Base(self.epoch, phone.held[drafted.aggregate]),
                at=TimeEvidence(instant(STARTED_AT), mono_ms=1000, boot="b1", offset_ms=0, error_ms=200),
                action=drafted.action,
                set=drafted.set,
            )
        )

    # how it came about

    def _write(self, changes: Changes) -> None:
        self.store.transact(lambda tx: tx.write(changes))

    def versions(self, aggregates: list[str]) -> dict[str, AggregateRow]:
        """These aggregates as they stand."""
        return self.store.transact(lambda tx: tx.load(Ask(aggregates=aggregates))).aggregates

    def _job(self, phone: Phone) -> None:
        job = {
            name: self.id() for name in ("customer", "site", "contact", "asset", "order", "visit", "template")
        }
        customer, site = job["customer"], job["site"]
        address = {"line": {"zh": "浦东新区张江路1号"}, "city": {"zh": "上海市"}}
        self._desk(
            "system",
            [
                create("customer", customer, place.customer(customer), number=customer[-6:], name={"zh": "海风餐厅"}),
                create(
                    "site", site, place.site(site), number=site[-6:], customer=customer, address=address,
                    zone="Asia/Shanghai",
                ),
                create(
                    "contact", job["contact"], place.site(site), site=site, name={"zh": "王店长"},
                    phone="13900001000", primary=True,
                ),
                create("asset", job["asset"], place.site(site), site=site, equipment="RF", serial=job["asset"][-12:]),
            ],
        )  # fmt: skip
        opened = instant(STARTED_AT)
        self._desk(
            "dispatcher",
            order.open_order(
                order=job["order"], request=self.id(), site=site, customer=customer, asset=job["asset"],
                channel="phone", kind="fault", opened_at=opened, opened_on=opened[:10], opened_by="u-dispatcher",
                symptom="不制冷", asked="冷柜不制冷",
            ),
        )  # fmt: skip
        window = {"starts_at": instant(STARTED_AT + 3600), "ends_at": instant(STARTED_AT + 7200)}
        self._desk(
            "dispatcher",
            dispatch.assign(order=job["order"], visit=job["visit"], technician=phone.user, window=window),
        )
        phone.jobs.append(job)

    def _technician(self, user: str, number: int) -> Drafted:
        return create("technician", user, place.self_of(user), number=f"{number:03d}", name={"zh": "周建国"})

    def _corrected(self, job: dict[str, str]) -> Drafted:
        return _changed("contact", job["contact"], place.site(job["site"]), phone="13811112222")

    def _desk(self, role: str, drafted: list[Drafted], base: int | None = None) -> None:
        door = DeviceRow(id=f"desk-{role}", user=f"u-{role}", roles=(role,))
        drafts = [
            Draft(
                id=self.id(), entity=one.entity, record=one.record, aggregate=one.aggregate, set=one.set,
                action=one.action, base_ver=base,
            )
            for one in drafted
        ]  # fmt: skip
        self.engine.write(door, drafts)


def measured_engine(store: SqlStore, epoch: str) -> Engine:
    """The engine over a store, with a clock and salts that repeat."""
    salts = itertools.count()
    return Engine(
        store,
        FieldService(),
        epoch=epoch,
        now=lambda: instant(STARTED_AT),
        salt=lambda: next(salts).to_bytes(16, "big"),
    )


def _row(phone: Phone) -> DeviceRow:
    return DeviceRow(id=phone.device, user=phone.user, roles=("technician",))


def _changed(entity: str, record: str, aggregate: str, **fields: Any) -> Drafted:
    return Drafted(entity=entity, record=record, aggregate=aggregate, set=fields)
