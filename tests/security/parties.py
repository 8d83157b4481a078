"""Two technicians who have nothing in common: Anna, whose day is full of everything, and Ben, who is curious."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from domain import place
from domain.commands.draft import Drafted, create
from server import first_loads
from sync.engine import Draft
from tests.security.handset import Handset, enrolled
from tests.security.held import SECRET, Held
from tests.server.company import DOOR
from tests.server.live import Live, etag, live_server
from tests.server.orders import WINDOW, id_of

ROLES = ("intake", "dispatcher", "expert", "storekeeper", "supervisor", "auditor", "admin")
PHOTO, LATE_PHOTO = b"annas photo" * 100, b"annas other photo" * 100


@dataclass
class Parties:
    """A running server with Anna's world in it."""

    live: Live
    desks: dict[str, httpx.Client]
    anna: Handset
    ben: Handset
    outsider: Handset
    """Enrolled, but no technician: holds nothing at all, the catalogue included."""
    held: Held
    bens: tuple[str, str]
    """Ben's own order and visit."""
    snapshot: str
    """Address of a first load, which Ben may read and the outsider may not."""
    named: set[str] = field(default_factory=set)
    """What of Anna's Ben has named in records of his own."""


@contextmanager
def parties(folder: Path) -> Iterator[Parties]:
    """Serve until the end of the block. The server does nothing by itself: whatever changes, somebody has sent."""
    with live_server(f"sqlite:///{folder / 'doorstep.db'}", folder) as live:
        for ticking in (live.service.ticker, live.service.rendering, live.service.messages.ticker):
            ticking.close()
        yield _made(live)


def _made(live: Live) -> Parties:
    desks = {role: live.sign_in(role) for role in ROLES}
    for login in ("anna", "ben", "outsider"):
        live.account(login, "technician")
    _write(live, [*_annas_places(), *_people()])
    anna, ben, outsider = (enrolled(live, desks["supervisor"], one) for one in ("anna", "ben", "outsider"))
    annas = _order(desks, "anna-site", "u-anna", f"{SECRET}-order")
    bens = _order(desks, "site-1", "u-ben", "drips")
    held = Held("u-anna", anna.device)
    _day(live, desks, anna, annas, held)
    held.operations = [*anna.sent]
    held.aggregates = [
        f"work_order/{annas[0]}",
        "site/anna-site",
        "customer/anna-customer",
        "self/u-anna",
        "stock/anna-van",
    ]
    for aggregate in held.aggregates:
        for record in live.service.reading.of_aggregate(aggregate)[1]:
            held.records[record.entity, record.id] = record
    return Parties(live, desks, anna, ben, outsider, held, bens, _snapshot(live))


def _annas_places() -> list[Drafted]:
    name, home = {"zh": f"{SECRET}-customer"}, place.site("anna-site")
    address = {"line": {"zh": f"{SECRET}-site"}}
    return [
        create("customer", "anna-customer", place.customer("anna-customer"), number="AC-1", name=name),
        create("site", "anna-site", home, number="AS-1", customer="anna-customer", address=address,
               access_notes={"zh": f"{SECRET}-site"}, zone="Asia/Shanghai"),
        create("contact", "anna-contact", home, site="anna-site", name={"zh": f"{SECRET}-site"}),
        create("asset", "anna-asset", home, site="anna-site", equipment="RF", serial=f"{SECRET}-site"),
        create("stock_location", "anna-van", place.stock("anna-van"), code="AV", kind="van",
               technician="u-anna", name={"zh": f"{SECRET}-stock"}),
        create("stock_location", "ben-van", place.stock("ben-van"), code="BV", kind="van", technician="u-ben"),
    ]  # fmt: skip


def _people() -> list[Drafted]:
    anna = create(
        "technician", "u-anna", place.self_of("u-anna"), number="TA", name={"zh": f"{SECRET}-self"},
        van="anna-van", active=True,
    )  # fmt: skip
    ben = create("technician", "u-ben", place.self_of("u-ben"), number="TB", name={"zh": "Ben"}, active=True)
    return [anna, ben]


def _order(desks: dict[str, httpx.Client], site: str, technician: str, symptom: str) -> tuple[str, str]:
    body = {"site": site, "kind": "fault", "channel": "phone", "symptom": symptom, "read_back": True}
    answer = desks["intake"].post("/v1/desk/work-orders", json=body)
    assert answer.status_code == 201, answer.text
    order = id_of(answer, "work_order")
    base = etag(desks["dispatcher"].get(f"/v1/desk/work-orders/{order}"))
    body = {"technician": technician, "window": WINDOW}
    answer = desks["dispatcher"].post(f"/v1/desk/work-orders/{order}/visits", json=body, headers=base)
    assert answer.status_code == 201, answer.text
    return order, id_of(answer, "visit")


def _day(live: Live, desks: dict[str, httpx.Client], anna: Handset, job: tuple[str, str], held: Held) -> None:
    """Taps, a note, photos on the way and stored, parked work, and a conflict."""
    order, visit = job
    at_order: dict[str, Any] = {"aggregate": f"work_order/{order}"}
    note = {"text": f"{SECRET}-order", "visit": visit}
    phone = {"entity": "contact", "record": "anna-contact", "aggregate": "site/anna-site"}
    clash = Draft(id="anna-clash", set={"phone": "13800000001"}, **phone)
    doubt = {"kind": "agreed_otherwise", "entity": "visit", "record": visit, "for_role": "dispatcher",
             "detail": {"words": f"{SECRET}-order"}}  # fmt: skip
    asked = Draft(
        id="anna-item", entity="inbox_item", record="anna-item", action="create", set=doubt, **at_order
    )
    live.service.engine.write(DOOR, [clash, asked])
    reply = anna.tell(
        anna.operation(**at_order, entity="visit", record=visit, set={"exec_state": {"event": "accept"}}),
        anna.operation(**at_order, entity="visit", record=visit, set={"exec_state": {"event": "travel"}}),
        anna.operation(**at_order, entity="note", record="anna-note", action="create", set=note),
        anna.operation(**phone, set={"phone": "13800000002"}),
        anna.operation(**at_order, entity="gadget", record="anna-gadget", set={"text": f"{SECRET}-order"}),
        *(_photo(anna, at_order, visit, id, content) for id, content in _PHOTOS.items()),
    )
    said = [one["status"] for one in reply["push"]["results"]]
    assert said == ["applied"] * 3 + ["conflict", "parked"] + ["applied"] * 2, reply["push"]
    for id, content in _PHOTOS.items():
        sha256 = hashlib.sha256(content).hexdigest()
        created = anna.begin_upload(id, sha256, len(content))
        assert created.status_code == 201, created.text
        part = content if id == "anna-photo" else content[:200]
        assert anna.append(created.headers["location"], 0, part).status_code == 204
        held.uploads[created.headers["location"]] = id
        held.media[id] = sha256, len(content)


_PHOTOS = {"anna-photo": PHOTO, "anna-late-photo": LATE_PHOTO}


def _photo(anna: Handset, at_order: dict[str, Any], visit: str, id: str, content: bytes) -> dict[str, Any]:
    fields = {"visit": visit, "kind": "photo", "content_type": "image/jpeg", "size_bytes": len(content)}
    fields["sha256"] = hashlib.sha256(content).hexdigest()
    return anna.operation(**at_order, entity="media", record=id, action="create", set=fields)


def _snapshot(live: Live) -> str:
    """A first load of the parts, although there are few."""
    parts = place.SHARDS["part"]
    kept, first_loads.FROM_RECORDS = first_loads.FROM_RECORDS, 1
    try:
        loads: Any = live.service.mobile.snapshots
        loads.refresh(parts)
        found: tuple[str, int] = loads.newest(parts)
    finally:
        first_loads.FROM_RECORDS = kept
    return found[0]


def _write(live: Live, drafts: list[Drafted]) -> None:
    made = [
        Draft(
            id=f"parties-{n}",
            entity=one.entity,
            record=one.record,
            aggregate=one.aggregate,
            set=one.set,
            action=one.action,
        )
        for n, one in enumerate(drafts)
    ]
    live.service.engine.write(DOOR, made)
