"""Rows of one work order and its visits, as history and the open days both write them.

- work_orders: id, number, kind (fault | installation | maintenance | training | consultation | complaint |
  return_exchange), channel, customer, site, asset, contact, outlet, requested_at, acknowledged_at, triaged_at, agent,
  dispatcher, severity (urgent | ordinary), priority 1..3, title (what lists show), symptom (what was said),
  read_back, article, fault_code, cause {key, zh, en},
  warranty {component_class, covered, until}, state (new | triaged | scheduled | in_progress | waiting |
  work_done | closed | cancelled | reopened), waiting_for (parts | expert | customer | None),
  outcome (solved | unsolved | None), unsolved_reason, charge {lines, covered_fen, due_fen}, checklists,
  about_work_order (complaints), closed_at, report_delivered_at, cancel_reason
- visits: id, work_order, sequence, technician, dispatch_state, exec_state, confirmation, window_start, window_end,
  planned_minutes, assigned_at, acknowledged_at, contacted_at, asked_at, confirmed_at, travel_started_at, arrived_at,
  started_at, pauses [{from_at, to_at, reason}], work_done_at, signed_at, done_at, incomplete_reason, findings,
  options, option_chosen, sign_off {outcome, signer, reason}, ends_at (planned or true end of the booked slot),
  moved {id, at, window_start, window_end, reason} (the window that it had first), returned_at and dispatch_reason
  (declined or withdrawn)

Both also have `before`: where somebody in the field and somebody at a desk changed the same thing of late
(`server.demo.content.clashes`), the fields as they were before that; and visits `made_later`, which came about so.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from random import Random

from server.demo.content.identity import stable_id
from server.demo.content.load import Content, Record
from server.demo.content.moments import day_of, minute_from, text
from server.demo.content.repair import Repair, solution_options

CHANNELS = ("phone", "wechat", "web", "app", "email", "api"), (46, 26, 10, 10, 4, 4)
CHECKLISTS = {
    "fault": ["departure_carry", "refrigeration_diagnosis", "full_test", "clean_demonstrate"],
    "installation": ["departure_carry", "pre_start_inspection", "full_test", "clean_demonstrate"],
    "maintenance": ["departure_carry", "purifier_maintenance", "full_test", "clean_demonstrate"],
    "training": ["training_exam"],
    "complaint": ["complaint_visit"],
    "consultation": [],
    "return_exchange": [],
}
REFUSED = {"zh": "对收费有异议，拒绝签字", "en": "Disputes the fee and declines to sign"}
ABSENT = {"zh": "现场负责人已离开", "en": "The person in charge has left"}


@dataclass(frozen=True)
class Place:
    """An asset with everything an order needs to know about where it stands."""

    asset: Record
    site: Record
    customer: Record
    contact: Record
    contract: Record | None
    equipment: Record


def places(content: Content, base: dict[str, list[Record]]) -> list[Place]:
    """One place per asset, in the assets' order."""
    by_id = {row["id"]: row for name in ("sites", "customers", "contacts", "contracts") for row in base[name]}
    return [
        Place(
            asset,
            by_id[asset["site"]],
            by_id[asset["customer"]],
            by_id[by_id[asset["site"]]["contacts"][0]],
            by_id.get(asset["contract"]),
            content.equipment_by_code[asset["equipment"]],
        )
        for asset in base["assets"]
    ]


def travel_minutes(content: Content, place: Place, random: Random) -> int:
    """City driving from the outlet: 12 minutes and 2.2 per kilometre, give or take; at most 75."""
    outlet = next(row for row in content.outlets if row["code"] == place.site["outlet"])
    north = (place.site["lat_e6"] - outlet["lat_e6"]) * 111 // 1000
    east = (place.site["lon_e6"] - outlet["lon_e6"]) * 95 // 1000
    return min(75, 12 + isqrt(north * north + east * east) * 22 // 10000 + random.randint(-3, 8))


def checklists_for(kind: str, equipment: Record, content: Content) -> list[str]:
    fits = {row["code"]: row["equipment"] for row in content.checklists}
    return [code for code in CHECKLISTS[kind] if equipment["code"] in fits[code]]


def order_row(
    content: Content,
    place: Place,
    key: object,
    kind: str,
    requested: int,
    random: Random,
    repair: Repair | None = None,
) -> Record:
    """An order as intake leaves it: state "new", nothing decided yet."""
    agents = [row["login"] for row in content.staff if row["role"] == "intake"]
    urgent = kind == "fault" and random.random() < (
        0.35 if "medical_7x24" in place.site["special_needs"] else 0.15
    )
    vip = place.customer["tier"] == "vip"
    return {
        "id": stable_id("work_order", key),
        "number": None,
        "kind": kind,
        "channel": random.choices(*CHANNELS)[0],
        "customer": place.customer["id"],
        "site": place.site["id"],
        "asset": place.asset["id"],
        "contact": place.contact["id"],
        "outlet": place.site["outlet"],
        "requested_at": text(requested),
        "acknowledged_at": None,
        "triaged_at": None,
        "agent": random.choice(agents),
        "dispatcher": None,
        "severity": "urgent" if urgent else "ordinary",
        "priority": 1 if urgent or vip else 2 if kind == "fault" else 3,
        "title": None,
        "symptom": None,
        "read_back": True,
        "article": repair.article["code"] if repair else None,
        "fault_code": repair.article["fault_code"] if repair else None,
        "cause": None,
        "warranty": None,
        "state": "new",
        "waiting_for": None,
        "outcome": None,
        "unsolved_reason": None,
        "charge": None,
        "checklists": checklists_for(kind, place.equipment, content),
        "about_work_order": None,
        "closed_at": None,
        "report_delivered_at": None,
        "cancel_reason": None,
        "before": None,
    }


def visit_row(
    order: Record, sequence: int, technician: str, window: int, planned: int, slot_end: int
) -> Record:
    """A planned visit: two-hour window from `window` (minute), nothing has happened."""
    return {
        "id": stable_id("visit", order["id"], sequence),
        "work_order": order["id"],
        "sequence": sequence,
        "technician": technician,
        "dispatch_state": "planned",
        "exec_state": None,
        "confirmation": "unasked",
        "window_start": text(window),
        "window_end": text(window + 120),
        "planned_minutes": planned,
        "assigned_at": None,
        "acknowledged_at": None,
        "contacted_at": None,
        "asked_at": None,
        "confirmed_at": None,
        "travel_started_at": None,
        "arrived_at": None,
        "started_at": None,
        "pauses": [],
        "work_done_at": None,
        "signed_at": None,
        "done_at": None,
        "incomplete_reason": None,
        "findings": None,
        "options": [],
        "option_chosen": None,
        "sign_off": None,
        "ends_at": text(slot_end),
        "moved": None,
        "returned_at": None,
        "dispatch_reason": None,
        "before": None,
        "made_later": False,
    }


def name_causes(order: Record, repair: Repair) -> None:
    order["article"], order["fault_code"] = repair.article["code"], repair.article["fault_code"]
    order["cause"] = {"key": repair.cause["key"], **repair.cause["name"]}


def offer_options(content: Content, place: Place, visit: Record, repair: Repair, random: Random) -> None:
    """Options on the visit, the customer's choice among those that repair for good."""
    visit["options"] = solution_options(content, repair, place.equipment["labour_fen"])
    wanted = "compatible" if any(part["source"] == "third_party" for part, _ in repair.pieces) else "original"
    codes = [option["code"] for option in visit["options"]]
    visit["option_chosen"] = wanted if wanted in codes else codes[0]


def sign_off(place: Place, random: Random) -> Record:
    """Signed by the contact, or one of the two honest alternatives with its reason."""
    outcome = random.choices(("signed", "absent", "refused"), (960, 28, 12))[0]
    reason = {"signed": None, "absent": ABSENT, "refused": REFUSED}[outcome]
    return {
        "outcome": outcome,
        "signer": place.contact["name"] if outcome == "signed" else None,
        "reason": reason,
    }


def number_orders(orders: list[Record]) -> None:
    """Numbers WOyyyymmdd-nnnn by request day, in order of request."""
    counts: dict[str, int] = {}
    for order in sorted(orders, key=lambda row: (row["requested_at"], row["id"])):
        day = day_of_text(order["requested_at"])
        counts[day] = counts.get(day, 0) + 1
        order["number"] = f"WO{day}-{counts[day]:04d}"


def day_of_text(wire: str) -> str:
    """yyyymmdd of the company's day in which the instant lies."""
    return f"{day_of(minute_from(wire)):%Y%m%d}"
