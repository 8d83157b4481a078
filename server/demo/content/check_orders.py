"""Checks over work orders, visits, stock and opinions, the closed year and the open days taken together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from server.demo.content.load import Record
from server.demo.content.moments import day_of, minute_from
from server.demo.content.roster import Roster
from server.demo.content.warranty import verdict
from server.demo.content.world import World

COURSE = ("assigned_at", "acknowledged_at", "contacted_at")
ON_SITE = ("travel_started_at", "arrived_at", "started_at", "work_done_at", "signed_at", "done_at")
REQUEST = ("requested_at", "acknowledged_at", "triaged_at", "closed_at")
STATES = {
    "new",
    "triaged",
    "scheduled",
    "in_progress",
    "waiting",
    "work_done",
    "closed",
    "cancelled",
    "reopened",
}
EXEC_STATES = {
    None,
    "received",
    "accepted",
    "declined",
    "traveling",
    "on_site",
    "working",
    "paused",
    "work_done",
    "signed_off",
    "done",
    "incomplete",
    "no_access",
}


def standing(world: World) -> list[Record]:
    """Visits that take, took or will take a technician's time."""
    return [
        row
        for row in world.both("visits")
        if row["dispatch_state"] in ("planned", "dispatched") and row["exec_state"] != "declined"
    ]


def slot(visit: Record) -> tuple[int, int]:
    """From the start of travel (if still ahead: the opening of the window) to the end of the booked slot."""
    return minute_from(visit["travel_started_at"] or visit["window_start"]), minute_from(visit["ends_at"])


def order_references(world: World) -> Iterator[str]:
    for order in world.both("work_orders"):
        asset, site, contact = (world.by_id.get(order[name], {}) for name in ("asset", "site", "contact"))
        if (
            asset.get("site") != order["site"]
            or site.get("customer") != order["customer"]
            or contact.get("site") != order["site"]
        ):
            yield f"order {order['number']}: asset, site, customer and contact do not belong together"
        if site.get("outlet") != order["outlet"]:
            yield f"order {order['number']}: served by another outlet than its site's"
    for name in ("visits", "ratings", "complaints", "follow_ups", "expert_cases"):
        for row in world.both(name):
            if row["work_order"] not in world.by_id:
                yield f"{name} {row['id']}: its order is missing"


def technicians_right(world: World) -> Iterator[str]:
    """Outlet, skills, certificates valid on the day."""
    roster = Roster(world.content, world.today)
    for visit in standing(world):
        order = world.by_id[visit["work_order"]]
        technician = world.content.technician_by_login[visit["technician"]]
        equipment = world.content.equipment_by_code[world.by_id[order["asset"]]["equipment"]]
        on = day_of(minute_from(visit["window_start"]))
        if technician["outlet"] != order["outlet"] or not roster.qualified(technician, equipment, on):
            yield f"visit {visit['id']}: {visit['technician']} may not work on {equipment['code']} on {on}"


def visits_in_shift(world: World) -> Iterator[str]:
    roster = Roster(world.content, world.today)
    for row in world.open["shifts"]:
        if row["kind"] == "overtime":
            roster.overtime[row["technician"]].append(
                (minute_from(row["starts_at"]), minute_from(row["ends_at"]))
            )
    for visit in standing(world):
        if not roster.on_shift(world.content.technician_by_login[visit["technician"]], slot(visit)):
            yield f"visit {visit['id']}: outside the shift of {visit['technician']}"


def visits_apart(world: World) -> Iterator[str]:
    """Nobody is in two places at once."""
    taken: dict[str, list[tuple[int, int, str]]] = {}
    for visit in standing(world):
        taken.setdefault(visit["technician"], []).append((*slot(visit), visit["id"]))
    for login, slots in taken.items():
        slots.sort()
        for before, after in pairwise(slots):
            if after[0] < before[1]:
                yield f"{login}: visits {before[2]} and {after[2]} overlap"


def dates_in_order(world: World) -> Iterator[str]:
    now = int(world.now.timestamp()) // 60
    for order in world.both("work_orders"):
        yield from _ascending(f"order {order['number']}", [order[name] for name in REQUEST], now)
    for visit in world.both("visits"):
        order = world.by_id[visit["work_order"]]
        start = [order["requested_at"]] + [visit[name] for name in COURSE]
        course = [visit[name] for name in ON_SITE]
        yield from _ascending(f"visit {visit['id']}", start + course, now)
        yield from _ascending(
            f"visit {visit['id']} confirmation", [visit["asked_at"], visit["confirmed_at"], *course[1:]], now
        )
        if visit["done_at"] and order["closed_at"] and visit["done_at"] > order["closed_at"]:
            yield f"visit {visit['id']}: ended after its order was closed"


def _ascending(name: str, moments: list[str | None], now: int) -> Iterator[str]:
    known = [minute_from(moment) for moment in moments if moment]
    if known != sorted(known):
        yield f"{name}: moments out of order"
    if known and max(known) > now:
        yield f"{name}: a fact in the future"


def parts_used_fit(world: World) -> Iterator[str]:
    """What was used fits the asset, belongs to the cause that was found, left the van of who used it, while there."""
    articles = {row["code"]: row for row in world.content.articles}
    for move in world.both("stock_moves"):
        if move["kind"] != "consumption":
            continue
        order, visit = world.by_id[move["work_order"]], world.by_id[move["visit"]]
        part, asset = world.content.part_by_code[move["part"]], world.by_id[order["asset"]]
        causes = {row["key"]: row["part_groups"] for row in articles[order["article"]]["causes"]}
        if asset["model"] not in part["models"] or part["group"] not in causes[order["cause"]["key"]]:
            yield f"order {order['number']}: part {part['code']} fits neither the model nor the cause"
        van = world.content.technician_by_login[visit["technician"]]["van"]
        if move["from_location"] != van or not visit["started_at"] <= move["at"] <= (
            visit["done_at"] or visit["ends_at"]
        ):
            yield f"order {order['number']}: part {part['code']} was not used on the visit"


def stock_balanced(world: World) -> Iterator[str]:
    held: Counter[tuple[str, str]] = Counter()
    locations = {row["code"] for row in world.content.stock_locations}
    for move in sorted(world.both("stock_moves"), key=lambda row: str(row["at"])):
        ends = [move[name] for name in ("from_location", "to_location") if move[name]]
        if (
            not ends
            or not set(ends) <= locations
            or type(move["quantity"]) is not int
            or move["quantity"] < 1
        ):
            yield f"move {move['id']}: from nowhere to nowhere, or not of whole pieces"
        if move["from_location"]:
            held[move["from_location"], move["part"]] -= move["quantity"]
            if held[move["from_location"], move["part"]] < 0:
                yield f"{move['from_location']}: {move['part']} falls below zero at {move['at']}"
        if move["to_location"]:
            held[move["to_location"], move["part"]] += move["quantity"]


def charges_right(world: World) -> Iterator[str]:
    """List prices, sums that add up, parts free exactly while covered, every part used on the bill."""
    used: dict[str, Counter[str]] = {}
    for move in world.both("stock_moves"):
        if move["kind"] == "consumption":
            used.setdefault(move["work_order"], Counter())[move["part"]] += move["quantity"]
    for order in (row for row in world.both("work_orders") if row["charge"]):
        charge, asset = order["charge"], world.by_id[order["asset"]]
        parts = [line for line in charge["lines"] if line["code"] in world.content.part_by_code]
        if Counter({line["code"]: line["quantity"] for line in parts}) != used.get(order["id"], Counter()):
            yield f"order {order['number']}: the bill's parts are not those used"
        if charge["covered_fen"] + charge["due_fen"] != sum(
            row["quantity"] * row["unit_price_fen"] for row in charge["lines"]
        ):
            yield f"order {order['number']}: the bill does not add up"
        last = max(row["ends_at"] for row in world.visits_of(order["id"]))
        for line in parts:
            part = world.content.part_by_code[line["code"]]
            covered = verdict(asset, part["warranty"], day_of(minute_from(last)))["covered"]
            if line["unit_price_fen"] != part["price_fen"] or (
                (covered or part["warranty"] != "consumable") and covered != line["covered"]
            ):
                yield f"order {order['number']}: {part['code']} is priced or covered against the rules"


def warranty_follows(world: World) -> Iterator[str]:
    for order in world.year["work_orders"]:
        found = order["warranty"]
        if found is None:
            continue
        last = max(row["ends_at"] for row in world.visits_of(order["id"]))
        wanted = verdict(world.by_id[order["asset"]], found["component_class"], day_of(minute_from(last)))
        if found != wanted:
            yield f"order {order['number']}: warranty verdict does not follow the install date"


def year_closed(world: World) -> Iterator[str]:
    for order in world.year["work_orders"]:
        visits = world.visits_of(order["id"])
        if order["state"] == "cancelled":
            if not order["cancel_reason"] or any(row["dispatch_state"] != "cancelled" for row in visits):
                yield f"order {order['number']}: cancelled without a reason, or with a visit that stands"
            continue
        done = [row for row in visits if row["exec_state"] == "done" and row["sign_off"]]
        if order["state"] != "closed" or len(done) != 1 or not order["report_delivered_at"]:
            yield f"order {order['number']}: closed without exactly one finished, signed, reported visit"
        if (order["outcome"] == "unsolved") != bool(order["unsolved_reason"]):
            yield f"order {order['number']}: outcome and reason disagree"


def rates_believable(world: World) -> Iterator[str]:
    served = [row for row in world.year["work_orders"] if row["state"] != "cancelled"]
    faults = [row for row in served if row["kind"] == "fault"]
    again = {row["work_order"] for row in world.year["visits"] if row["incomplete_reason"]}
    first = 100 * sum(row["id"] not in again and row["outcome"] == "solved" for row in faults) // len(faults)
    solved = 100 * sum(row["outcome"] == "solved" for row in faults) // len(faults)
    stars = [row["stars"] for row in world.year["ratings"]]
    if not 81 <= first <= 87 or solved < 98:
        yield f"first-time fix {first} %, solved {solved} %"
    if not 4.1 <= sum(stars) / len(stars) <= 4.7 or set(stars) != {1, 2, 3, 4, 5}:
        yield "ratings are not those of a real company"
    low = {row["work_order"] for row in world.year["ratings"] if row["stars"] <= 2}
    if not world.year["complaints"] or any(
        row["about_work_order"] not in low for row in world.year["complaints"]
    ):
        yield "complaints do not come from unhappy customers"


def every_state_open(world: World) -> Iterator[str]:
    orders, visits = world.open["work_orders"], world.open["visits"]
    if not 100 <= len(orders) <= 150:
        yield f"{len(orders)} open orders"
    yield from (f"no open order is {state}" for state in STATES - {row["state"] for row in orders})
    yield from (f"no visit is {state}" for state in EXEC_STATES - {row["exec_state"] for row in visits})
    waiting = {row["waiting_for"] for row in orders if row["state"] == "waiting"}
    yield from (f"nothing waits for {what}" for what in {"parts", "expert", "customer"} - waiting)


ORDER_CHECKS = (
    order_references,
    technicians_right,
    visits_in_shift,
    visits_apart,
    dates_in_order,
    parts_used_fit,
    stock_balanced,
    charges_right,
    warranty_follows,
    year_closed,
    rates_believable,
    every_state_open,
)
