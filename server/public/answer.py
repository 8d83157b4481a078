"""A customer's answer by a link: what it is about is read, and the word is given to the door as the customer's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from domain import place
from domain.clocks.wall_time import UnknownZone
from domain.commands.draft import update
from domain.free_slots import DEFAULT, Span, away, free_slots, worked
from domain.instant import as_instant
from domain.messages.link_state import LinkState, link_state
from mobile_api.clock import Clock, instant
from scheduler.tick import DOOR
from server.db.connection import Database
from server.db.queries.booked import booked
from server.public.link import Links
from sync.engine import Draft, Engine
from sync.push import Refused
from sync.record import Record
from sync.store import Ask, DeviceRow, Key, WriteTransaction

Answer = Literal["yes", "another_time", "call_me"]
_SHORTEST, _USUAL = timedelta(minutes=30), timedelta(hours=2)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a link is about."""

    state: LinkState
    notification: Record
    visit: Record | None
    order: Record | None
    site: Record | None
    technician: Record | None


class Answers:
    """Reads and answers. All methods may block."""

    def __init__(self, engine: Engine, database: Database, links: Links, clock: Clock, zone: str) -> None:
        """`zone` is the wall time of a site whose own is not known."""
        self._engine = engine
        self._database = database
        self._links = links
        self._clock = clock
        self._zone = zone

    def asked(self, token: str) -> Asked | None:
        """What the token is about, as it stands now; None for one that was never given out for a question."""
        id = self._links.read(token)
        return self._load(id) if id is not None else None

    def open(self, asked: Asked) -> None:
        """Its link was opened: noted once."""
        if asked.notification.fields.get("opened_at") is None:
            now = instant(self._clock())
            opened = update(asked.notification, state={"event": "open"}, opened_at=now)
            self._write(DOOR, f"opened-{asked.notification.id}", asked.notification, opened.set)

    def slots(self, asked: Asked) -> list[Span]:
        """Other times that the same technician can really offer, none where no shift is known."""
        visit = asked.visit
        if visit is None:
            return []
        technician = visit.fields["technician"]
        shifts = self._kind(place.self_of(technician), "shift")
        now = datetime.fromisoformat(instant(self._clock()))
        until = now + timedelta(days=DEFAULT.days + 1)
        taken = booked(self._database, technician, as_instant(now), as_instant(until), visit.id)
        busy = [(datetime.fromisoformat(one), datetime.fromisoformat(two)) for one, two in taken]
        stands = self._stands(visit)
        try:
            return free_slots(
                worked(shifts), [*busy, *away(shifts), stands], _length(visit, stands), now, self.zone(asked)
            )
        except UnknownZone:
            return []

    def zone(self, asked: Asked) -> str:
        """The site's own time zone."""
        return str(asked.site.fields["zone"]) if asked.site is not None else self._zone

    def answer(self, asked: Asked, answer: Answer, slot: Span | None) -> bool:
        """Enter the customer's word, once: False where it could not be taken any more."""
        visit = asked.visit
        assert visit is not None
        said: dict[str, object] = {
            "at": instant(self._clock()),
            "answer": answer,
            "starts_at": asked.notification.fields["about_at"],
            "evidence": f"notification/{asked.notification.id}",
        }
        if slot is not None:
            said["wished"] = {"starts_at": as_instant(slot[0]), "ends_at": as_instant(slot[1])}
        customer = asked.order.fields["customer"] if asked.order is not None else "unknown"
        door = DeviceRow(id=f"customer-{customer}", user=f"customer-{customer}", roles=("customer",))
        return self._write(door, f"answer-{asked.notification.id}", visit, {"customer_answer": said})

    def _write(self, door: DeviceRow, id: str, record: Record, fields: dict[str, object]) -> bool:
        """The operation's id is the link's: whatever is sent again under it changes nothing."""
        draft = Draft(id=id, entity=record.entity, record=record.id, aggregate=record.aggregate, set=fields)
        try:
            self._engine.write(door, [draft])
        except Refused:
            return False
        return True

    def _load(self, id: str) -> Asked | None:
        def load(tx: WriteTransaction) -> Asked | None:
            notification = _one(tx, "notification", id)
            if notification is None:
                return None
            visit = _one(tx, "visit", notification.fields.get("visit"))
            order = _one(tx, "work_order", notification.fields["work_order"])
            state = link_state(notification, visit, instant(self._clock()))
            if state is None:
                return None
            return Asked(
                state=state,
                notification=notification,
                visit=visit,
                order=order,
                site=_one(tx, "site", order.fields["site"]) if order is not None else None,
                technician=_one(tx, "technician", visit.fields["technician"]) if visit is not None else None,
            )

        return self._engine.store.transact(load)

    def _kind(self, aggregate: str, entity: str) -> list[Record]:
        def load(tx: WriteTransaction) -> list[Record]:
            return list(tx.load(Ask(kinds=[(aggregate, entity)])).records.values())

        return self._engine.store.transact(load)

    def _stands(self, visit: Record) -> Span:
        stands = visit.fields.get("appointment") or visit.fields["window"]
        return datetime.fromisoformat(stands["starts_at"]), datetime.fromisoformat(stands["ends_at"])


def _one(tx: WriteTransaction, entity: str, id: str | None) -> Record | None:
    key: Key = (entity, id or "")
    return tx.load(Ask(records=[key])).records.get(key) if id else None


def _length(visit: Record, stands: Span) -> timedelta:
    minutes = visit.fields.get("expected_minutes")
    length = timedelta(minutes=minutes) if minutes else stands[1] - stands[0]
    return min(max(length, _SHORTEST), _USUAL * 4)
