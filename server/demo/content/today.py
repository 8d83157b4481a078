"""The open days around `now`: work orders in every state, today's to next week's, each visit in its true stage.

`open_days` returns work_orders and visits (as in `order`), stock_moves (as in `stock`, to be added to the year's),
expert_cases, follow_ups, ratings and complaints (as in `history`), shifts of the surrounding week (as in
`roster`), clashes (as in `clashes`) and phones (as in `phones`). At hours when nobody works, those who do
have an overtime shift.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from server.demo.content.clashes import Clashes
from server.demo.content.closing import Closing
from server.demo.content.history import WORDS
from server.demo.content.load import Content, Record
from server.demo.content.moments import DAY, day_of, midnight, minute_from, minute_of, plus_days, text
from server.demo.content.office import call_off, hand_over, move, take_back
from server.demo.content.order import (
    Place,
    name_causes,
    number_orders,
    order_row,
    places,
    visit_row,
)
from server.demo.content.phones import phones
from server.demo.content.repair import Repair, choose_repair, complaint_words, warranty_verdict
from server.demo.content.roster import Roster
from server.demo.content.stock import Use, balances, consumption, move_row

# stage of the visit → how many orders; the stages of one line share a way of finding their slot
WITHOUT_VISIT = {"new": 5, "triaged": 7, "cancelled": 3}
UNDER_WAY = {
    "traveling": 3,
    "on_site": 4,
    "working": 6,
    "overrunning": 2,
    "paused": 2,
    "work_done": 1,
    "signed_off": 2,
}
WITHIN_THE_HOUR = {"asked": 1, "confirmed": 2, "no_reply": 1, "change_requested": 1}
LATER = {
    "planned": 4,
    "received": 4,
    "accepted": 6,
    "moved": 4,
    "declined": 2,
    "withdrawn": 4,
    "cancelled_visit": 4,
}
TOMORROW = {"planned": 5, "received": 3, "accepted": 7, "moved": 3}
THIS_WEEK = {2: 7, 3: 5, 4: 4, 5: 3, 6: 2, 7: 2}
"""Days from now → how many visits are planned for then already."""
ENDED = {
    "done": 9,
    "no_access": 1,
    "waiting_part": 3,
    "needs_expert": 3,
    "waiting_customer": 2,
    "reopened": 2,
}
MINUTES_SINCE_START = {
    "traveling": 15,
    "on_site": 40,
    "working": 75,
    "overrunning": 185,
    "paused": 90,
    "work_done": 110,
    "signed_off": 118,
}


def open_days(
    content: Content,
    base: dict[str, list[Record]],
    year: dict[str, list[Record]],
    now: datetime,
    seed: int = 7,
) -> dict[str, list[Record]]:
    """Open and just-ended orders that fit the closed year before them; the same arguments give the same rows."""
    return _Today(content, base, year, minute_of(now), Random(seed)).run()


class _Today:
    def __init__(
        self,
        content: Content,
        base: dict[str, list[Record]],
        year: dict[str, list[Record]],
        now: int,
        random: Random,
    ) -> None:
        self.content, self.now, self.random = content, now, random
        self.day = day_of(now)
        self.roster = Roster(content, self.day)
        for visit in year["visits"]:
            if visit["travel_started_at"] and minute_from(visit["ends_at"]) > now - 10 * DAY:
                slot = minute_from(visit["travel_started_at"]), minute_from(visit["ends_at"])
                self.roster.book(visit["technician"], slot)
        self.places = [
            row for row in places(content, base) if row.asset["commissioned_on"] < self.day.isoformat()
        ]
        self.masters = {row["id"]: row for name in ("sites", "contacts", "assets") for row in base[name]}
        self.used_assets: set[str] = set()
        self.held = balances(year["stock_moves"])
        self.closing = Closing(content, random, now)
        self.orders: list[Record] = []
        self.visits: list[Record] = []
        self.moves: list[Record] = []

    def run(self) -> dict[str, list[Record]]:
        plan: tuple[tuple[dict[Any, int], Callable[[Any], None]], ...] = (
            (UNDER_WAY, self._under_way),
            (WITHIN_THE_HOUR, self._within_the_hour),
            (ENDED, self._ended),
            (LATER, self._later),
            (TOMORROW, self._tomorrow),
            (THIS_WEEK, self._this_week),
            (WITHOUT_VISIT, self._without_visit),
        )
        for stages, make in plan:
            for stage, count in stages.items():
                for _ in range(count):
                    make(stage)
        self._gone_dark()
        clashes = Clashes(
            self.content, self.roster, self.masters, self.orders, self.visits, self.random, self.now
        ).all()
        number_orders(self.orders)
        self.orders.sort(key=lambda row: row["number"])
        self.moves.sort(key=lambda row: row["at"])
        shifts = self.roster.shift_rows(plus_days(self.day, -1), 11)
        return {
            "work_orders": self.orders,
            "visits": self.visits,
            "stock_moves": self.moves,
            "shifts": shifts,
            "clashes": clashes,
            "phones": phones(self.content, self.visits, clashes, self.now, self.random),
            **self.closing.rows,
        }

    # one order

    def _place(self, technician: Record | None = None) -> Place:
        """An asset without an open order, one that the technician may repair when one is given."""
        while True:
            place = self.random.choice(self.places)
            fits = technician is None or (
                place.site["outlet"] == technician["outlet"]
                and self.roster.qualified(technician, place.equipment, self.day)
            )
            if fits and place.asset["id"] not in self.used_assets:
                self.used_assets.add(place.asset["id"])
                return place

    def _order(self, place: Place, requested: int, repair: Repair) -> Record:
        """A fault, or now and then a planned maintenance, as intake wrote it down."""
        kind = "maintenance" if self.random.random() < 0.2 else "fault"
        order = order_row(
            self.content, place, f"open-{len(self.orders)}-{self.now}", kind, requested, self.random, repair
        )
        order.update(symptom=complaint_words(repair.article, self.random), title=repair.article["title"])
        if kind == "maintenance":
            order.update(symptom=WORDS[kind], title=WORDS[kind], article=None, fault_code=None)
        self.orders.append(order)
        return order

    def _at_a_waking_hour(self, minute: int) -> int:
        """The same moment, or the evening before when hardly anybody calls."""
        midnight_before = midnight(day_of(minute))
        if minute - midnight_before < 450:
            return midnight_before - self.random.randint(180, 420)
        return min(minute, midnight_before + 1260 - self.random.randint(5, 90))

    def _triage(self, order: Record, place: Place, repair: Repair) -> None:
        requested = minute_from(order["requested_at"])
        order.update(
            acknowledged_at=text(requested + self.random.randint(1, 8)),
            triaged_at=text(requested + self.random.randint(10, 18)),
            state="triaged",
            warranty=warranty_verdict(place.asset, repair, self.day) if order["kind"] == "fault" else None,
        )
        local = [
            row
            for row in self.content.staff
            if row["role"] == "dispatcher" and row["outlet"] in (order["outlet"], None)
        ]
        order["dispatcher"] = self.random.choice(local)["login"]

    def _without_visit(self, stage: str) -> None:
        place = self._place()
        repair = choose_repair(self.content, place.asset, self.random)
        order = self._order(
            place, self.now - self.random.randint(3, 50) - (0 if stage == "new" else 60), repair
        )
        if stage == "new":
            return
        self._triage(order, place, repair)
        if stage == "cancelled":
            call_off(order, None, self.now - self.random.randint(2, 30), self.random)

    def _scheduled(
        self,
        place: Place,
        repair: Repair,
        technician: Record,
        slot: tuple[int, int],
        travel: int,
        requested: int,
    ) -> tuple[Record, Record]:
        order = self._order(place, self._at_a_waking_hour(requested), repair)
        self._triage(order, place, repair)
        order["state"] = "scheduled"
        return order, self._visit(order, technician, slot, travel)

    def _visit(self, order: Record, technician: Record, slot: tuple[int, int], travel: int) -> Record:
        """A visit in the given slot (travel start to end), booked; its window opens five minutes before arrival."""
        self.roster.book(technician["login"], slot)
        sequence = 1 + sum(row["work_order"] == order["id"] for row in self.visits)
        window = (slot[0] + travel - 5) // 5 * 5
        visit = visit_row(
            order, sequence, technician["login"], window, slot[1] - slot[0] - travel - 20, slot[1]
        )
        self.visits.append(visit)
        return visit

    # finding a slot

    def _someone(self, slot: tuple[int, int]) -> Record:
        """A technician free in the slot, on shift if possible; otherwise one is given overtime."""
        everyone = self.random.sample(self.content.technicians, len(self.content.technicians))
        free = [row for row in everyone if self.roster.free(row["login"], slot)]
        if not free:
            raise ValueError("more visits under way than technicians: lower the counts of the open days")
        working = [row for row in free if self.roster.on_shift(row, slot)]
        if not working:
            self.roster.overtime[free[0]["login"]].append((slot[0] - 30, slot[1] + 60))
        return (working or free)[0]

    def _under_way(self, stage: str) -> None:
        start = self.now - MINUTES_SINCE_START[stage] - self.random.randint(0, 8)
        slot = start, self.now + {"work_done": 12, "signed_off": 5}.get(stage, self.random.randint(35, 70))
        technician = self._someone(slot)
        place = self._place(technician)
        repair = self._feasible_repair(place, technician)
        travel = 25
        requested = start - self.random.randint(240, 1500)
        order, visit = self._scheduled(place, repair, technician, slot, travel, requested)
        self._confirm(order, visit)
        order["state"] = "work_done" if stage in ("work_done", "signed_off") else "in_progress"
        state = "working" if stage == "overrunning" else stage
        visit.update(dispatch_state="dispatched", exec_state=state, travel_started_at=text(start))
        if stage != "traveling":
            visit["arrived_at"] = text(start + travel)
        if stage not in ("traveling", "on_site"):
            self._work(order, place, visit, repair, technician)
        if stage == "paused":
            visit["pauses"] = [
                {"from_at": text(self.now - 12), "to_at": None, "reason": "fetch_part", "note": "回车取配件"}
            ]
        if stage in ("work_done", "signed_off"):
            visit["work_done_at"] = text(self.now - 6)
        if stage == "signed_off":
            signer = {"outcome": "signed", "signer": place.contact["name"], "reason": None}
            visit.update(signed_at=text(self.now - 2), sign_off=signer)

    def _gone_dark(self) -> None:
        """Whoever is long in a cellar has not taken up what the office sent meanwhile."""
        for dark in (row for row in self.visits if row["exec_state"] == "working"):
            started = minute_from(dark["started_at"])
            for row in self.visits:
                taken = row["exec_state"] == "accepted" and row["technician"] == dark["technician"]
                if taken and not row["confirmed_at"] and minute_from(row["contacted_at"]) > started:
                    row.update(exec_state="received", acknowledged_at=None, contacted_at=None)
                declined = row["exec_state"] == "declined" and row["technician"] == dark["technician"]
                if declined and minute_from(row["returned_at"]) > started:
                    row["returned_at"] = text(max(minute_from(row["assigned_at"]) + 15, started))

    def _confirm(self, order: Record, visit: Record) -> None:
        self.closing.lead_up(order, visit, [])

    def _work(self, order: Record, place: Place, visit: Record, repair: Repair, technician: Record) -> None:
        started = minute_from(visit["arrived_at"]) + 4
        visit["started_at"] = text(started)
        if order["kind"] == "fault":
            name_causes(order, repair)
            self._consume(order, visit, technician, repair, started + 20)

    def _feasible_repair(self, place: Place, technician: Record) -> Repair:
        """A repair whose parts the van or the outlet's store still holds."""
        while True:
            repair = choose_repair(self.content, place.asset, self.random)
            store = f"WH-{technician['outlet']}"
            if all(
                self.held[technician["van"], part["code"]] >= quantity
                or self.held[store, part["code"]] >= quantity
                for part, quantity in repair.pieces
            ):
                return repair

    def _consume(self, order: Record, visit: Record, technician: Record, repair: Repair, minute: int) -> None:
        for part, quantity in repair.pieces:
            use = Use(minute, technician["login"], part["code"], quantity, order["id"], visit["id"])
            source = technician["van"], part["code"]
            if self.held[source] < quantity:
                store = f"WH-{technician['outlet']}"
                fetched = minute_from(visit["travel_started_at"]) - 10
                self.moves.append(
                    move_row(fetched, "transfer", part["code"], quantity, store, technician["van"], use)
                )
                self.held[store, part["code"]] -= quantity
                self.held[source] += quantity
            self.moves.append(consumption(use, technician["van"]))
            self.held[source] -= quantity

    def _within_the_hour(self, stage: str) -> None:
        """Visits whose confirmation is being asked: before the hour, and one past it without a reply."""
        window = (self.now + (50 if stage == "no_reply" else 75)) // 5 * 5
        slot = window - 20, window + 110
        technician = self._someone(slot)
        place = self._place(technician)
        repair = choose_repair(self.content, place.asset, self.random)
        _, visit = self._scheduled(
            place, repair, technician, slot, 25, self.now - self.random.randint(300, 1500)
        )
        asked = minute_from(visit["window_start"]) - 90
        hand_over(visit, self.now - 130)
        visit.update(confirmation=stage, asked_at=text(asked))
        if stage == "confirmed":
            visit["confirmed_at"] = text(self.now - 1)

    def _later(self, stage: str) -> None:
        self._ahead(stage, self.now + 150)

    def _tomorrow(self, stage: str) -> None:
        self._ahead(stage, midnight(plus_days(self.day, 1)) + 450)

    def _this_week(self, days: int) -> None:
        stage = self.random.choice(("planned", "received", "accepted"))
        self._ahead(stage, midnight(plus_days(self.day, days)) + self.random.randint(450, 780))

    def _ahead(self, stage: str, earliest: int) -> None:
        """A visit in the first free regular shift from `earliest` on."""
        place, found, travel = self._place(), None, 25
        while not (found := self.roster.find(place.site["outlet"], place.equipment, earliest, 130, 2)):
            place = self._place()
        technician, start = found
        repair = choose_repair(self.content, place.asset, self.random)
        requested = self.now - self.random.randint(90, 1500)
        order, visit = self._scheduled(place, repair, technician, (start, start + 130), travel, requested)
        assigned = minute_from(order["triaged_at"]) + 5
        if stage == "planned":
            return
        hand_over(visit, assigned)
        if stage in ("received", "declined", "withdrawn"):
            visit.update(
                exec_state="declined" if stage == "declined" else "received",
                acknowledged_at=None,
                contacted_at=None,
            )
        changed = self.random.randint(assigned + 15, self.now)
        if stage == "declined":
            order["state"] = "triaged"
            visit["returned_at"] = text(changed)
        if stage == "moved":
            move(visit, changed, self.random)
        if stage == "cancelled_visit":
            call_off(order, visit, changed, self.random)
        if stage == "withdrawn":
            take_back(visit, changed, self.random)
            self._pass_on(order, place, visit, start + 60, changed)

    def _pass_on(self, order: Record, place: Place, visit: Record, earliest: int, minute: int) -> None:
        again = self.roster.find(place.site["outlet"], place.equipment, earliest, 130, 3)
        if again and again[0]["login"] != visit["technician"]:
            second = self._visit(order, again[0], (again[1], again[1] + 130), 25)
            hand_over(second, minute)
            second.update(exec_state="received", acknowledged_at=None, contacted_at=None)

    # what has ended

    def _ended(self, stage: str) -> None:
        """A visit behind us: today's where the shifts allow it, yesterday's or overtime otherwise."""
        minutes, travel = self.random.randint(95, 140), 25
        back = 3 * DAY if stage == "reopened" else 0
        slot = self._past_slot(minutes, back)
        technician = self._someone(slot)
        place = self._place(technician)
        repair = self._feasible_repair(place, technician)
        order, visit = self._scheduled(
            place, repair, technician, slot, travel, slot[0] - self.random.randint(240, 1500)
        )
        order["kind"] = "fault"
        order["article"], order["fault_code"] = repair.article["code"], repair.article["fault_code"]
        order.update(symptom=complaint_words(repair.article, self.random), title=repair.article["title"])
        order["warranty"] = warranty_verdict(place.asset, repair, self.day)
        self._confirm(order, visit)
        visit.update(
            dispatch_state="dispatched", travel_started_at=text(slot[0]), arrived_at=text(slot[0] + travel)
        )
        if stage in ("done", "reopened"):
            self._finish(order, place, visit, repair, technician, stage)
        else:
            self._leave(order, visit, stage)

    def _past_slot(self, minutes: int, back: int) -> tuple[int, int]:
        """Ended up to 7 hours ago (22 if need be), `back` minutes earlier still, in a shift if there is one."""
        for attempt in range(120):
            end = self.now - back - self.random.randint(10, 420 if attempt < 60 else 1300)
            slot = end - minutes, end
            everyone = self.content.technicians
            if any(
                self.roster.on_shift(row, slot) and self.roster.free(row["login"], slot) for row in everyone
            ):
                return slot
        return slot

    def _finish(
        self, order: Record, place: Place, visit: Record, repair: Repair, technician: Record, stage: str
    ) -> None:
        self._work(order, place, visit, repair, technician)
        self.closing.finish(order, place, visit, repair, repair.pieces)
        if minute_from(order["report_delivered_at"]) > self.now:
            order["report_delivered_at"] = None
        if minute_from(order["closed_at"]) > self.now:
            order.update(state="work_done", closed_at=None, outcome=None)
        if stage == "reopened":
            order.update(state="reopened", closed_at=None, outcome=None)

    def _leave(self, order: Record, visit: Record, stage: str) -> None:
        if stage != "no_access":
            visit["started_at"] = text(minute_from(visit["arrived_at"]) + 4)
        self.closing.leave_incomplete(order, visit, stage)
        order["state"] = "waiting"
        order["waiting_for"] = {"waiting_part": "parts", "needs_expert": "expert"}.get(stage, "customer")
        if stage == "needs_expert":
            self._leave_open(self.closing.rows["expert_cases"])

    def _leave_open(self, cases: list[Record]) -> None:
        """The last question has no answer yet; of two such, one has its expert, one is urgent and has none."""
        unanswered = sum(case["answered_at"] is None for case in cases)
        cases[-1].update(answered_at=None, verdict=None)
        if unanswered % 2 == 0:
            cases[-1].update(expert=None, urgent=True)
