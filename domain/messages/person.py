"""Whom a message is for: the contact, the language, and the ways to reach them in their order."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sync.record import Record

PHONE, EMAIL, WECHAT, SMS = "phone", "email", "wechat", "sms"


class Route(msgspec.Struct, frozen=True):
    """One way to reach somebody: a number that takes text messages, or an address in a channel."""

    kind: str
    """`sms`, `email` or `wechat`."""
    address: str


class Person(msgspec.Struct, frozen=True):
    """Who is spoken to."""

    name: str
    language: str
    routes: tuple[Route, ...]


def person(
    order: Record, customer: Record | None, contacts: Sequence[Record], visit: Record | None
) -> Person | None:
    """The contact whose details were verified for the order, else the first one, else any; None without contacts.

    A number that the technician found on site goes before the master's.
    """
    spoken = (customer.fields.get("language") if customer else None) or "zh"
    verified = order.fields.get("verified_contact")
    live = sorted(
        (one for one in contacts if not one.deleted),
        key=lambda one: (one.id != verified, not one.fields.get("primary"), one.id),
    )
    if not live:
        return None
    contact = live[0]
    return Person(_in(contact.fields.get("name"), spoken), spoken, tuple(_routes(contact, visit)))


def _routes(contact: Record, visit: Record | None) -> list[Route]:
    fields = contact.fields
    channel, address = fields.get("channel") or SMS, fields.get("address_of_channel")
    routes = []
    if address and channel in (EMAIL, WECHAT):
        routes.append(Route(channel, address))
    number = fields.get("phone")
    found = visit.fields.get("phone_on_site") if visit is not None else None
    if found and found["contact"] == contact.id:
        number = found["phone"]
    if channel == SMS and address:
        number = address
    if number:
        routes.append(Route(SMS, number))
    return routes


def _in(text: dict[str, str] | None, language: str) -> str:
    text = text or {}
    return text.get(language) or text.get("zh") or text.get("en") or ""


def name_of(record: Record | None, language: str) -> str:
    """A person's or thing's name in the language, else in the other one; empty when there is none."""
    return _in(record.fields.get("name"), language) if record is not None else ""
