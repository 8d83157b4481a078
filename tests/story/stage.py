"""What every case is given: the people, their phones, and fresh jobs at doorsteps of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from doorstep_client import Unreachable
from tests.story.company import Company
from tests.story.people import Desk, Form, Handset, Json, written
from tests.story.transcript import Say, Transcript
from tests.story.words import ZONE


@dataclass
class Job:
    """A work order at a site of its own, with one visit for each technician."""

    order: str
    site: str
    contact: str
    asset: str
    serial: str
    visits: dict[str, str] = field(default_factory=dict)
    """Technician → visit."""

    @property
    def aggregate(self) -> str:
        """Where all records of the order live."""
        return f"work_order/{self.order}"

    @property
    def visit(self) -> str:
        """The first visit."""
        return next(iter(self.visits.values()))


@dataclass
class Stage:
    """One performance. `run` names it, so that the next one on the same demo meets nothing of it."""

    transcript: Transcript
    company: Company
    folder: Path
    run: str = field(default_factory=lambda: secrets.token_hex(3).upper())
    customer: str = ""
    outlet: str = ""
    technicians: list[Json] = field(default_factory=list)
    phones: dict[str, Handset] = field(default_factory=dict)
    checklists: dict[str, str] = field(default_factory=dict)
    """Code → id of the newest version."""
    conflicts_before: set[str] = field(default_factory=set)
    """Those that the phones met when they were enrolled: of others, or of an earlier performance."""
    sites_opened: int = 0
    jobs: list[Job] = field(default_factory=list)
    parts_given: set[tuple[str, str]] = field(default_factory=set)
    """(van, part): each is counted by one case alone."""

    # People

    def a(self) -> Handset:
        """The phone that will be dark all day."""
        return self.phones["A"]

    def b(self) -> Handset:
        """The colleague's phone, which is back in signal earlier."""
        return self.phones["B"]

    def desk(self, role: str) -> Desk:
        """Somebody of this role."""
        return self.company.desk(role, self.outlet)

    def name(self, user: str) -> str:
        """What a technician is called."""
        named = {
            one["account"]: one["name" if self.transcript.language == "zh" else "name_en"]
            for one in self.technicians
        }
        return str(named.get(user, user))

    def dispatcher(self) -> Desk:
        """The dispatcher."""
        return self.desk("dispatcher")

    # The transcript

    def tell(self, number: int, en: str, zh: str) -> None:
        """See `Transcript.tell`."""
        self.transcript.tell(number, (en, zh))

    def expect(self, number: int, about: Say, wanted: Any, happened: Any) -> bool:
        """See `Transcript.expect`."""
        return self.transcript.expect(number, about, wanted, happened)

    # Parts

    def in_van(self, phone: Handset) -> tuple[str, str]:
        """The technician's van and a part that it holds, another one at each call."""
        van = str(phone.fields("technician", phone.user)["van"])
        for level in phone.phone.of(f"stock/{van}", "stock_level"):
            part = str(level.fields["part"])
            if level.fields["balance"] > 0 and (van, part) not in self.parts_given:
                self.parts_given.add((van, part))
                return van, part
        raise LookupError(f"{van} holds no more parts")

    # Jobs

    def hour(self, hours: float) -> str:
        """The full minute so many hours from now, as an instant."""
        moment = datetime.now(UTC) + timedelta(hours=hours)
        return moment.strftime("%Y-%m-%dT%H:%M:00Z")

    def window(self, hours: float, length: float = 2) -> dict[str, str]:
        """A window that begins in so many hours."""
        return {"starts_at": self.hour(hours), "ends_at": self.hour(hours + length)}

    def open_customer(self) -> None:
        """The customer of this performance."""
        fields = {
            "number": f"ST-{self.run}",
            "name": {"zh": f"海风餐饮（演练 {self.run}）", "en": f"Sea Breeze Kitchens (story {self.run})"},
            "kind": "company",
            "tier": "contract",
            "language": "zh",
            "segment": "restaurant",
        }
        made = self.desk("intake").write("POST", "customers", {"fields": fields})
        self.customer = written(made, "customer")

    def job(self, symptom: Say, *, serial: str | None = None, key: str | None = None) -> Job:
        """A fault at a new site, taken in by phone, with its symptom read back."""
        intake = self.desk("intake")
        self.sites_opened += 1
        place = self.sites_opened
        site_fields = {
            "number": f"ST-{self.run}-{place}",
            "customer": self.customer,
            "name": {"zh": f"海风 {place} 号店", "en": f"Sea Breeze branch {place}"},
            "address": {
                "line": {"zh": f"浦东新区张江路{place}号", "en": f"{place} Zhangjiang Rd, Pudong"},
                "city": {"zh": "上海市", "en": "Shanghai"},
            },
            "zone": ZONE.key,
        }
        site = written(intake.write("POST", "sites", {"fields": site_fields}), "site")
        contact_fields = {
            "site": site,
            "customer": self.customer,
            "name": {"zh": "王店长", "en": "Manager Wang"},
            "phone": f"1390000{1000 + place}",
            "primary": True,
        }
        contact = written(intake.write("POST", "contacts", {"fields": contact_fields}), "contact")
        serial = serial or f"SL-{self.run}-{place:03}"
        asset_fields = {
            "site": site,
            "customer": self.customer,
            "equipment": "RF",
            "model": "SL-1200",
            "serial": serial,
        }
        asset = written(intake.write("POST", "assets", {"fields": asset_fields}), "asset")
        request = {
            "site": site,
            "asset": asset,
            "contact": contact,
            "kind": "fault",
            "channel": "phone",
            "symptom": symptom[1],
            "asked": symptom[1],
            "read_back": True,
            "severity": "ordinary",
        }
        made = intake.write("POST", "work-orders", request, key=key)
        job = Job(written(made, "work_order"), site, contact, asset, serial)
        self.jobs.append(job)
        return job

    def assign(self, job: Job, phone: Handset, *, checklists: list[str] | None = None, **more: Any) -> str:
        """A visit of the phone's technician, dispatched; returns its id."""
        form = self.dispatcher().order(job.order)
        body = {"technician": phone.user, "window": self.window(3), "checklists": checklists, **more}
        made = self.dispatcher().write("POST", f"work-orders/{job.order}/visits", body, base=form.base)
        job.visits[phone.user] = written(made, "visit")
        return job.visits[phone.user]

    def fault(self, phone: Handset, en: str, zh: str, **more: Any) -> Job:
        """A job that is assigned at once."""
        job = self.job((en, zh))
        self.assign(job, phone, **more)
        return job

    def at_desk(self, job: Job) -> Form:
        """The order as the dispatcher sees it now."""
        return self.dispatcher().order(job.order)

    def items(self, job: Job) -> list[str]:
        """Kinds of the open inbox items of an order."""
        return sorted(one["kind"] for one in self.at_desk(job).where("inbox_item", state="open"))

    def settle_item(self, role: str, form: Form, kind: str, choose: str) -> None:
        """Decide the open inbox item of a kind."""
        (item,) = form.where("inbox_item", kind=kind, state="open")
        self.desk(role).write("POST", f"inbox/{item['id']}/decision", {"choose": choose}, base=form.base)

    def light(self, phone: Handset) -> str:
        """Ready for no signal, by the phone's own count against the server's: green or red."""
        return "green" if phone.phone.readiness().is_green else "red"

    def compare(self, phone: Handset) -> tuple[int, list[str]]:
        """How many orders of this performance the phone holds, and records that the desk sees otherwise."""
        held = [job for job in self.jobs if phone.holds(job.aggregate)]
        other = []
        for job in held:
            for entity, records in self.at_desk(job).records.items():
                for one in records:
                    seen = phone.phone.get(entity, one["id"])
                    if seen is None or (seen.fields, seen.deleted) != (
                        _told(one, seen.fields),
                        one["deleted"],
                    ):
                        other.append(f"{entity} {one['id']}")
        return len(held), other

    def try_upload(self, phone: Handset) -> str:
        """Send files until a cut; what the phone says of it, empty when nothing stopped it."""
        try:
            phone.phone.upload()
        except Unreachable as problem:
            return str(problem)
        return ""

    def decide(self, role: str, form: Form, conflict: Json, choose: str) -> str:
        """Decide a conflict about the standing value that the form shows; the reason where that came to nothing."""
        standing = {name: conflict["standing"][name] for name in ("device", "seq")}
        body = {"choose": choose, "standing": standing}
        answer = self.desk(role).write("POST", f"conflicts/{conflict['id']}/decision", body, base=form.base)
        return str(answer["results"][0].get("reason", ""))


def _told(at_desk: Json, on_phone: Json) -> Json:
    """What the desk says of a record; null stands for `received` while no phone was heard since the dispatch."""
    fields: Json = at_desk["fields"]
    if fields.get("exec_state", "") is None and on_phone.get("exec_state") == "received":
        return {**fields, "exec_state": "received"}
    return fields
