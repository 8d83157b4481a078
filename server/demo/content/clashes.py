"""Where the field and the office changed the same thing of late: what a dispatcher finds in the inbox.

`Clashes.all` returns rows with id, kind, order, at (when the technician wrote it down), office_at, and by kind:

- address_both: site, technician, address, office_address; phone_both: contact, technician, phone, office_phone.
  Both sides corrected the same details; the later word stands until somebody decides.
- agreed_otherwise: visit, technician, office_start, office_end. The office moved a visit for which the technician had
  agreed the time that stands with the customer.
- two_on_one_job: visit, technician, other, reason. The office gave a dark technician's job to somebody else, and the
  technician turns out to be there.
- two_plans: visit, other, dispatcher, other_dispatcher. Two dispatchers each sent somebody, neither knowing; at is the
  first one's.
- done_after_cancellation: visit, technician. The office cancelled; the technician was there before the phone knew.
- correction_address: visit, technician, address; correction_phone: visit, technician, contact, phone. Found on site,
  waiting for approval.
- parked_field, parked_reference: visit, technician. Work that the server cannot place yet, as it came.

The rows of orders and visits tell how things stand afterwards; their `before` what stood when it began.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from server.demo.content.identity import stable_id
from server.demo.content.load import Content, Record
from server.demo.content.moments import DAY, minute_from, text
from server.demo.content.office import call_off
from server.demo.content.order import visit_row
from server.demo.content.roster import Roster

VISIT_MINUTES = 130
LOST_TOUCH = "现场无信号，联系不上，为保证时效改派"
GATES = ("2", "3", "5")


@dataclass
class Clashes:
    """Picks orders and visits among the open ones, and changes their rows to how they stand afterwards."""

    content: Content
    roster: Roster
    by_id: dict[str, Record]
    """Sites, contacts and assets."""
    orders: list[Record]
    visits: list[Record]
    random: Random
    now: int

    def all(self) -> list[Record]:
        """One of each kind, two of some."""
        working = iter([row for row in self._in("working") if minute_from(row["started_at"]) > self.now - 70])
        there = iter(self._in("on_site"))
        return [
            self._address("address_both", next(working)),
            self._phone("phone_both", next(working)),
            self._agreed(),
            self._two_on_one_job(there),
            self._two_plans(),
            self._cancelled(next(there)),
            self._address("correction_address", next(working)),
            self._phone("correction_phone", next(working)),
            self._plain("parked_field", next(working)),
            self._plain("parked_reference", next(working)),
        ]

    def _in(self, state: str) -> list[Record]:
        return [row for row in self.visits if row["exec_state"] == state]

    def _order(self, visit: Record) -> Record:
        return next(row for row in self.orders if row["id"] == visit["work_order"])

    def _row(self, kind: str, visit: Record, at: int, office_at: int | None, **more: Any) -> Record:
        return {
            "id": stable_id("clash", kind, visit["id"]),
            "kind": kind,
            "order": visit["work_order"],
            "visit": visit["id"],
            "technician": visit["technician"],
            "at": text(at),
            "office_at": text(office_at) if office_at is not None else None,
            **more,
        }

    def _plain(self, kind: str, visit: Record) -> Record:
        return self._row(kind, visit, self._while_working(visit), None)

    def _while_working(self, visit: Record) -> int:
        """A few minutes after the work began; whatever else comes from that phone was there before."""
        return minute_from(visit["started_at"]) + self.random.randint(20, 30)

    # the same details corrected on both sides, or on site alone

    def _address(self, kind: str, visit: Record) -> Record:
        site = self.by_id[self._order(visit)["site"]]
        seen, told = self.random.sample(GATES, 2)
        at = self._while_working(visit)
        more = {"site": site["id"], "address": _by_gate(site, seen)}
        if kind == "correction_address":
            return self._row(kind, visit, at, None, **more)
        return self._row(kind, visit, at, at - 7, **more, office_address=_by_gate(site, told))

    def _phone(self, kind: str, visit: Record) -> Record:
        contact = self._order(visit)["contact"]
        at = self._while_working(visit)
        more = {"contact": contact, "phone": self._number()}
        if kind == "correction_phone":
            return self._row(kind, visit, at, None, **more)
        return self._row(kind, visit, at, at - 5, **more, office_phone=self._number())

    def _number(self) -> str:
        return f"1390000{self.random.randint(9000, 9999)}"

    # plans

    def _agreed(self) -> Record:
        """Agreed by the technician first, moved by the office without knowing it, told by the phone last."""
        visit = next(
            row
            for row in self._in("accepted")
            if row["dispatch_state"] == "dispatched"
            and minute_from(row["window_start"]) > self.now + DAY // 2
            and not row["moved"]
        )
        start, end = minute_from(visit["window_start"]), minute_from(visit["window_end"])
        visit["before"] = {
            "window_start": text(start - 150),
            "window_end": text(end - 150),
            "confirmation": "unasked",
        }
        visit["confirmation"] = "confirmed"
        at = max(minute_from(visit["contacted_at"]) + 3, self.now - 65)
        office_at = max(at + 6, self.now - 40)
        window = {"office_start": text(start + DAY), "office_end": text(end + DAY)}
        return self._row("agreed_otherwise", visit, at, office_at, **window)

    def _two_on_one_job(self, there: Iterator[Record]) -> Record:
        for visit in there:
            order = self._order(visit)
            office_at = minute_from(visit["arrived_at"]) - 6
            other = self._another(order, [visit["technician"]], 2)
            if other is None:
                continue
            visit["before"] = _not_heard_yet(visit)
            visit.update(dispatch_state="withdrawn", returned_at=text(office_at), dispatch_reason=LOST_TOUCH)
            other.update(assigned_at=text(office_at))
            at = minute_from(visit["arrived_at"])
            return self._row("two_on_one_job", visit, at, office_at, other=other["id"])
        raise ValueError("nobody is free to take over a job: lower the counts of the open days")

    def _two_plans(self) -> Record:
        for order in self.orders:
            if order["state"] != "triaged" or any(row["work_order"] == order["id"] for row in self.visits):
                continue
            first = self._another(order, [], 1)
            second = first and self._another(order, [first["technician"]], 1)
            if first is None:
                continue
            if second is None:
                self.visits.remove(first)
                self.roster.booked[first["technician"]].pop()
                continue
            at = self.now - 14
            first["assigned_at"], second["assigned_at"] = text(at), text(at + 2)
            order["state"] = "scheduled"
            dispatchers = [row["login"] for row in self.content.staff if row["role"] == "dispatcher"]
            also = next(login for login in reversed(dispatchers) if login != order["dispatcher"])
            row = self._row("two_plans", first, at, at + 2, other=second["id"])
            return row | {"dispatcher": order["dispatcher"], "other_dispatcher": also}
        raise ValueError("no order can be planned twice: lower the counts of the open days")

    def _cancelled(self, visit: Record) -> Record:
        order, at = self._order(visit), minute_from(visit["arrived_at"])
        order["before"] = {"state": "scheduled", "closed_at": None, "cancel_reason": None}
        visit["before"] = _not_heard_yet(visit)
        call_off(order, visit, at - 9, self.random)
        return self._row("done_after_cancellation", visit, at, at - 9)

    def _another(self, order: Record, without: list[str], sequence: int) -> Record | None:
        """A visit of somebody who is free soon, booked; it comes about by the clash itself."""
        asset = self.by_id[order["asset"]]
        equipment = self.content.equipment_by_code[asset["equipment"]]
        outlet, earliest = order["outlet"], self.now + 25
        for row in self.content.technicians:
            if row["login"] in without:
                continue
            found = self.roster.find(outlet, equipment, earliest, VISIT_MINUTES, 3, only=row["login"])
            if found is None:
                continue
            start = found[1]
            self.roster.book(row["login"], (start, start + VISIT_MINUTES))
            window = (start + 20) // 5 * 5
            visit = visit_row(order, sequence, row["login"], window, 85, start + VISIT_MINUTES)
            visit["id"] = stable_id("visit", order["id"], "also", row["login"])
            visit.update(dispatch_state="dispatched", exec_state="received", made_later=True)
            self.visits.append(visit)
            return visit
        return None


def _not_heard_yet(visit: Record) -> Record:
    """What the office knew of a visit while its phone was silent."""
    names = ("travel_started_at", "arrived_at", "returned_at", "dispatch_reason")
    return dict.fromkeys(names) | {"dispatch_state": "dispatched", "exec_state": "accepted"}


def _by_gate(site: Record, number: str) -> Record:
    return {
        "zh": f"{site['address']['zh']}（{number}号门进）",
        "en": f"{site['address']['en']} (enter by gate {number})",
    }
