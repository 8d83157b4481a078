"""Checks over what makes the company look lived in: plans that changed, clashes to decide, phones heard, titles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from server.demo.content.history import WORDS
from server.demo.content.moments import DAY, minute_from, minute_of
from server.demo.content.phones import SILENT_MINUTES, known_until
from server.demo.content.world import World

CLASHES = {
    "address_both",
    "phone_both",
    "agreed_otherwise",
    "two_on_one_job",
    "two_plans",
    "done_after_cancellation",
    "correction_address",
    "correction_phone",
    "parked_field",
    "parked_reference",
}
CHANGED_TODAY = {"cancelled": 4, "withdrawn": 4, "moved": 6}
CHANGED_IN_A_YEAR = {"cancelled": 30, "withdrawn": 25, "moved": 60}
DAYS_AHEAD = range(2, 6)
UNDER_WAY = ("traveling", "on_site", "working", "paused")


def titles_same_fault(world: World) -> Iterator[str]:
    """A list says the same in both languages: the article's own title; what was said is that article's symptoms."""
    articles = {row["code"]: row for row in world.content.articles}
    spoken = [row["title"] for row in world.content.articles] + list(WORDS.values())
    for order in world.both("work_orders"):
        article = articles.get(order["article"])
        if order["title"] not in ([article["title"]] if article else spoken):
            yield f"order {order['number']}: its title {order['title']} is not that of its fault"
        if article and not set(order["symptom"]["zh"].split("，")) <= set(article["symptoms"]):
            yield f"order {order['number']}: {order['symptom']['zh']} is no symptom of {article['code']}"


def plans_changed(world: World) -> Iterator[str]:
    """Visits are called off, passed on and moved, each for a reason and before it began."""
    for rows, least in ((world.open, CHANGED_TODAY), (world.year, CHANGED_IN_A_YEAR)):
        found = Counter(row["dispatch_state"] for row in rows["visits"])
        found["moved"] = sum(row["moved"] is not None for row in rows["visits"])
        yield from (
            f"only {found[what]} visits {what}" for what, count in least.items() if found[what] < count
        )
    for visit in world.both("visits"):
        order, moved = world.by_id[visit["work_order"]], visit["moved"]
        if visit["dispatch_state"] == "withdrawn" and not (visit["dispatch_reason"] and visit["returned_at"]):
            yield f"visit {visit['id']}: withdrawn without a reason and a time"
        if visit["dispatch_state"] == "cancelled" and not order["cancel_reason"]:
            yield f"visit {visit['id']}: cancelled without a reason"
        if moved and not (
            moved["reason"]
            and moved["window_start"] < visit["window_start"]
            and (visit["contacted_at"] or "") < moved["at"] < (visit["travel_started_at"] or "~")
        ):
            yield f"visit {visit['id']}: moved without a reason, or at an impossible time"


def plans_ahead(world: World) -> Iterator[str]:
    """The week ahead is planned already, thinner by the day."""
    first = minute_of(world.now)
    ahead = {
        (minute_from(row["window_start"]) - first) // DAY
        for row in world.open["visits"]
        if row["dispatch_state"] in ("planned", "dispatched")
    }
    yield from (f"nothing is planned in {day} days" for day in DAYS_AHEAD if day not in ahead)


def clashes_there(world: World) -> Iterator[str]:
    """One of each kind at least; what the field noted and what the office did lie behind us, in the company's day."""
    clashes = world.open["clashes"]
    yield from sorted(CLASHES - {row["kind"] for row in clashes})
    for row in clashes:
        order, times = world.by_id[row["order"]], [row["at"], row["office_at"]]
        if order["requested_at"] > min(filter(None, times)) or minute_from(
            max(filter(None, times))
        ) > minute_of(world.now):
            yield f"clash {row['kind']}: before its order, or in the future"
        if row["technician"] != world.by_id[row["visit"]]["technician"]:
            yield f"clash {row['kind']}: of somebody else's visit"
    made = {row["id"] for row in world.open["visits"] if row["made_later"]}
    told = {row[name] for row in clashes for name in ("visit", "other") if name in row}
    yield from (f"visit {id}: nothing makes it" for id in sorted(made - told))


def phones_heard(world: World) -> Iterator[str]:
    """Each phone was heard at or after what is known from it; some are silent while at work, some hold work."""
    now, rows = minute_of(world.now), world.open["phones"]
    at_work = {row["technician"] for row in world.open["visits"] if row["exec_state"] in UNDER_WAY}
    for row in rows:
        known = known_until(row["technician"], world.open["visits"], world.open["clashes"], now)
        if not known <= minute_from(row["heard_at"]) + 1 <= now + 1:
            yield f"phone of {row['technician']}: heard before what is known from it, or in the future"
        if row["enrolled_at"] >= row["heard_at"] or (row["upload_bytes"] > 0) != (row["uploads"] > 0):
            yield f"phone of {row['technician']}: heard before it was enrolled, or clips without bytes"
    if at_work - {row["technician"] for row in rows}:
        yield "somebody works without a phone"
    silent = [row for row in rows if now - minute_from(row["heard_at"]) > SILENT_MINUTES]
    if not any(row["technician"] in at_work and row["pending"] for row in silent):
        yield "no phone is silent while its technician is at work"
    if sum(row["uploads"] > 0 for row in rows) < 3 or len(silent) > len(rows) // 3:
        yield "too few phones hold work, or too many are silent"


LATELY_CHECKS = (
    titles_same_fault,
    plans_changed,
    plans_ahead,
    clashes_there,
    phones_heard,
)
