"""When a customer is asked to confirm a visit, reminded of the question, and told of what happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from domain.clocks.confirmation import Step, schedule
from domain.clocks.wall_time import UnknownZone
from domain.instant import as_instant
from domain.messages.kinds import ASK
from domain.remind_visit import to_confirm
from domain.visit_standing import is_standing
from sync.record import Record
from sync.reminder import Forgotten, Reminder
from sync.rules import View

ASK_EVENING, ASK_CUSTOMER, REMIND_CUSTOMER = "ask_evening_before", "ask_customer", "remind_customer"
TELL_CONFIRMED, TELL_ON_THE_WAY, TELL_DONE = "tell_confirmed", "tell_on_the_way", "tell_done"
SEND = "send_message"

_ASKING = {"ask_evening_before": ASK_EVENING, "ask": ASK_CUSTOMER}
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
NEVER = "9999-12-31T00:00:00.000Z"
"""What is told of a state is past when the state is: the job looks."""
FINISHED = ("work_done", "signed_off", "done")


def remind_customer(before: Record | None, after: Record, view: View) -> Iterator[Reminder | Forgotten]:
    """What a visit's change asks for. Another start is asked about anew; what is settled is asked no more."""
    starts_at = to_confirm(after)
    if starts_at != to_confirm(before):
        yield from _asking(after, starts_at, view)
    confirmed = confirmed_at(after)
    if confirmed is not None and confirmed != confirmed_at(before):
        yield _at_once(after, TELL_CONFIRMED, as_instant(datetime.fromisoformat(confirmed)))
    state, was = after.fields["exec_state"], before.fields["exec_state"] if before is not None else None
    if state == was or not is_standing(after):
        return
    if state == "traveling":
        yield _at_once(after, TELL_ON_THE_WAY)
    if state in FINISHED and was not in FINISHED:
        yield _at_once(after, TELL_DONE)


def remind_message(before: Record | None, after: Record, view: View) -> Iterator[Reminder | Forgotten]:
    """A new message is to be sent; one that asks is to be reminded of, if that time still lies ahead."""
    if before is not None:
        return
    yield Reminder(
        subject=f"{after.entity}/{after.id}",
        kind=SEND,
        revision=after.ver,
        past_at=as_instant(datetime.fromisoformat(after.fields["expires_at"])),
    )
    visit = view.record("visit", after.fields["visit"]) if after.fields["kind"] == ASK else None
    starts_at = to_confirm(visit)
    if visit is None or starts_at is None or starts_at != after.fields.get("about_at"):
        return
    asked_at = datetime.fromisoformat(after.fields["asked_at"])
    for step in customer_steps(starts_at, zone_of(visit, view)):
        if step.kind == "remind" and step.at > asked_at:
            yield _asked(visit, REMIND_CUSTOMER, after.ver, step.at, starts_at)


def customer_steps(starts_at: str, zone: str) -> list[Step]:
    """When the customer is asked and reminded, as if everything lay ahead; none where the zone is not known."""
    try:
        steps = schedule(datetime.fromisoformat(starts_at), _LONG_AGO, zone).steps
    except UnknownZone:
        return []
    return [step for step in steps if step.to == "customer"]


def zone_of(visit: Record, view: View) -> str:
    """The site's time zone; empty when the site is not known here."""
    order = view.record("work_order", visit.fields["work_order"])
    site = view.record("site", order.fields["site"]) if order is not None else None
    return str(site.fields["zone"]) if site is not None else ""


def _asking(visit: Record, starts_at: str | None, view: View) -> Iterator[Reminder | Forgotten]:
    """The evening's question ends where the day's begins. The reminder waits until something was asked."""
    steps = customer_steps(starts_at, zone_of(visit, view)) if starts_at is not None else []
    asking = [step for step in steps if step.kind in _ASKING]
    for place, step in enumerate(asking):
        assert starts_at is not None
        until = as_instant(asking[place + 1].at) if place + 1 < len(asking) else starts_at
        yield _asked(visit, _ASKING[step.kind], visit.ver, step.at, until)
    wanted = {_ASKING[step.kind] for step in asking}
    for kind in (ASK_EVENING, ASK_CUSTOMER, REMIND_CUSTOMER):
        if kind not in wanted:
            yield Forgotten(subject=f"{visit.entity}/{visit.id}", kind=kind, revision=visit.ver)


def _asked(visit: Record, kind: str, revision: int, at: datetime, past_at: str) -> Reminder:
    return Reminder(
        subject=f"{visit.entity}/{visit.id}",
        kind=kind,
        revision=revision,
        due_at=as_instant(at),
        past_at=as_instant(datetime.fromisoformat(past_at)),
    )


def _at_once(visit: Record, kind: str, past_at: str = NEVER) -> Reminder:
    return Reminder(subject=f"{visit.entity}/{visit.id}", kind=kind, revision=visit.ver, past_at=past_at)


def confirmed_at(visit: Record | None) -> str | None:
    """The start that is confirmed, while somebody goes there."""
    if visit is None or visit.deleted or not is_standing(visit):
        return None
    if visit.fields["confirmation"] != "confirmed":
        return None
    stands = visit.fields.get("appointment") or visit.fields.get("window")
    return str(stands["starts_at"]) if stands else None
