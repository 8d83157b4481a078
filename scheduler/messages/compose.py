"""A notification becomes letters: who is told, in which words, over which ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from domain import place
from domain.messages.kinds import fields_of
from domain.messages.person import Person, name_of, person
from domain.messages.still_wanted import still_wanted
from domain.messages.template import UnknownName, Unreadable, render
from domain.messages.times import time_in_words
from domain.messages.words import BUILT_IN, Template, Words, template
from scheduler.messages.channel import Letter
from sync.record import Record
from sync.store import Ask, Key, Store, WriteTransaction

LinkOf = Callable[[str], str]
"""A notification's id → the address that its link leads to."""
MESSAGES = place.COMPANY["message_template"]


class Withdrawn(Exception):
    """What it was about has moved or ended: it is not sent."""


class NobodyToTell(Exception):
    """Nobody at the site can be reached; the message is a code."""


class Composer:
    """Reads what a message is about, at the moment of sending, and finds its words."""

    def __init__(self, store: Store, link_of: LinkOf) -> None:
        self._store = store
        self._link_of = link_of

    def letters(self, notification: Record) -> Sequence[Letter]:
        """One letter for each way to reach the person, the best first. Raises Withdrawn, NobodyToTell."""
        about = self._about(notification)
        visit = about.visit
        if visit is not None and not still_wanted(notification, visit):
            raise Withdrawn(notification.id)
        who = person(about.order, about.customer, about.contacts, visit) if about.order is not None else None
        if who is None or not who.routes:
            raise NobodyToTell("no_address")
        said = template(notification.fields["kind"], who.language, about.templates)
        return self._in_words(notification, about, who, said)

    def _in_words(self, notification: Record, about: About, who: Person, said: Template) -> Sequence[Letter]:
        kind = notification.fields["kind"]
        values = self._values(notification, about, who)
        words = rendered(said.words, BUILT_IN[kind, who.language], values)
        return [
            Letter(
                key=notification.id,
                kind=kind,
                route=route.kind,
                address=route.address,
                language=who.language,
                subject=words.subject,
                body=words.body,
                values=values,
                sms_template=said.sms_template,
            )
            for route in who.routes
        ]

    def _values(self, notification: Record, about: About, who: Person) -> dict[str, str]:
        about_at = notification.fields.get("about_at")
        order = about.order
        every = {
            "contact": who.name,
            "order": (order.fields.get("number") or "") if order is not None else "",
            "technician": name_of(about.technician, who.language),
            "time": time_in_words(about_at, about.zone, who.language) if about_at and about.zone else "",
            "link": self._link_of(notification.id),
        }
        return {name: every[name] for name in fields_of(notification.fields["kind"])}

    def _about(self, notification: Record) -> About:
        """Everything that the message speaks of, in one transaction and two readings."""
        order_id, visit_id = notification.fields["work_order"], notification.fields.get("visit")

        def load(tx: WriteTransaction) -> About:
            keys = [("work_order", order_id), *([("visit", visit_id)] if visit_id else [])]
            first = tx.load(Ask(records=keys, kinds=[(MESSAGES, "message_template")])).records
            order, visit = first.get(("work_order", order_id)), first.get(("visit", visit_id or ""))
            site = order.fields["site"] if order is not None else ""
            further: list[Key] = [("site", site)]
            if order is not None:
                further.append(("customer", order.fields["customer"]))
            if visit is not None:
                further.append(("technician", visit.fields["technician"]))
            second = tx.load(Ask(records=further, kinds=[(place.site(site), "contact")])).records
            return _gathered(order, visit, first, second)

        return self._store.transact(load)


class About(msgspec.Struct, frozen=True, kw_only=True):
    """The records that a message speaks of; what is missing is None."""

    order: Record | None
    visit: Record | None
    customer: Record | None
    technician: Record | None
    contacts: Sequence[Record]
    templates: Sequence[Record]
    zone: str


def _gathered(
    order: Record | None, visit: Record | None, first: Mapping[Key, Record], second: Mapping[Key, Record]
) -> About:
    one_of = {entity: record for (entity, _), record in second.items()}
    site = one_of.get("site")
    return About(
        order=order,
        visit=visit,
        customer=one_of.get("customer"),
        technician=one_of.get("technician"),
        contacts=[record for (entity, _), record in second.items() if entity == "contact"],
        templates=[record for (entity, _), record in first.items() if entity == "message_template"],
        zone=str(site.fields["zone"]) if site is not None else "",
    )


def rendered(words: Words, otherwise: Words, values: Mapping[str, str]) -> Words:
    """The words with their facts. Words that cannot be filled in (written around the desk's check) are the built-in."""
    try:
        return Words(render(words.subject, values), render(words.body, values))
    except (UnknownName, Unreadable):
        return Words(render(otherwise.subject, values), render(otherwise.body, values))
