"""A year of closed work orders that agree with one another: people, shifts, parts, warranty, clocks and opinions.

`closed_year` returns these lists (orders and visits as in `order`, stock moves as in `stock`):

- ratings: id, work_order, visit, stars 1..5, recommend 0..10, comment (zh), at, supervisor_acted_at (under 3 only)
- complaints: id, work_order (its own), about_work_order, category, root_cause (person | process | tool), opened_at,
  answered_at, closed_at, owner, resolution
- follow_ups: id, work_order, day (3 | 7), called_at, by, solved
- expert_cases: id, work_order, visit, expert (None: nobody yet), requested_at, answered_at, verdict, urgent (if so)
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from server.demo.content.closing import Closing
from server.demo.content.load import Content, Record
from server.demo.content.moments import DAY, day_of, midnight, minute_from, minute_of, plus_days, text
from server.demo.content.office import call_off, hand_over, move, take_back
from server.demo.content.order import (
    Place,
    name_causes,
    number_orders,
    order_row,
    places,
    travel_minutes,
    visit_row,
)
from server.demo.content.repair import Repair, choose_repair, complaint_words, warranty_verdict
from server.demo.content.roster import Roster
from server.demo.content.stock import Use, stock_moves

ORDERS = 2500
DAYS = 365
KINDS = ("fault", "maintenance", "training", "return_exchange"), (740, 220, 22, 18)
WORDS = {
    "installation": {
        "zh": "新机到货，请安排安装调试",
        "en": "New unit delivered, please install and commission",
    },
    "maintenance": {"zh": "按计划保养", "en": "Planned maintenance"},
    "training": {"zh": "新员工需要操作培训", "en": "New staff need operator training"},
    "return_exchange": {"zh": "外观件有瑕疵，要求换货", "en": "Cosmetic defect, asks for an exchange"},
    "complaint": {
        "zh": "对上次服务不满意，要求上门处理",
        "en": "Unhappy with the last visit, asks for a new one",
    },
}
CALLED_OFF, PASSED_ON, MOVED = 0.03, 0.03, 0.06
"""Of all visits without another misfortune."""
MONTHS = (80, 62, 78, 80, 90, 102, 116, 116, 96, 84, 80, 84)
UNSOLVED = ("customer_declined_cost", "model_discontinued", "site_conditions")


def closed_year(
    content: Content, base: dict[str, list[Record]], now: datetime, seed: int = 365, count: int = ORDERS
) -> dict[str, list[Record]]:
    """About `count` orders, all closed before the company's day of `now` began; the same arguments, the same rows."""
    return _Year(content, base, now, Random(seed), Random(seed + 1)).run(count)


class _Year:
    def __init__(
        self,
        content: Content,
        base: dict[str, list[Record]],
        now: datetime,
        random: Random,
        office: Random,
    ) -> None:
        """`office` is for what an office does to plans, so that it leaves the year's demand as it is."""
        self.content, self.random, self.office = content, random, office
        self.today = day_of(minute_of(now))
        self.first, self.end = midnight(plus_days(self.today, -DAYS)), midnight(self.today)
        self.roster = Roster(content, self.today)
        self.places = places(content, base)
        self.closing = Closing(content, random, self.end)
        self.uses: list[Use] = []
        self.orders: list[Record] = []
        self.visits: list[Record] = []

    def run(self, count: int) -> dict[str, list[Record]]:
        for place in sorted(self.places, key=lambda row: (row.asset["installed_on"], row.asset["id"])):
            if plus_days(self.today, -DAYS).isoformat() <= place.asset["installed_on"]:
                self._installation(place)
        attempts = 0
        while len(self.orders) < count and attempts < 3 * count:
            attempts += 1
            self._demand(attempts)
        number_orders(self.orders)
        self.orders.sort(key=lambda row: row["number"])
        self.visits.sort(key=lambda row: (row["window_start"], row["id"]))
        return {
            "work_orders": self.orders,
            "visits": self.visits,
            "stock_moves": stock_moves(self.content, self.uses, self.first),
            **self.closing.rows,
        }

    # what is asked for

    def _installation(self, place: Place) -> None:
        """On the very day from which the warranty counts; a day already full leaves no order."""
        day = midnight(day_of(minute_from(place.asset["installed_on"] + "T04:00:00Z")))
        minutes = place.equipment["minutes"]["installation"] * self.random.randint(80, 112) // 100
        travel = travel_minutes(self.content, place, self.random)
        found = self.roster.find(place.site["outlet"], place.equipment, day, travel + minutes + 20, 1)
        if found:
            requested = day - self.random.randint(2, 9) * DAY + self.random.randint(500, 1000)
            order = order_row(
                self.content,
                place,
                f"installation-{place.asset['id']}",
                "installation",
                requested,
                self.random,
            )
            self._open(order, place, requested, None)
            visit = self._visit(order, place, 1, found[0], found[1], travel, minutes)
            self._close(order, place, visit, None, repeated=False)

    def _demand(self, attempt: int) -> None:
        day = self._season_day()
        month = plus_days(self.today, day - DAYS).month
        place = self._place(month, plus_days(self.today, day - DAYS).isoformat())
        requested = (
            self.first
            + day * DAY
            + self.random.choices(
                (
                    self.random.randint(450, 700),
                    self.random.randint(700, 1020),
                    self.random.randint(1020, 1260),
                ),
                (5, 5, 2),
            )[0]
        )
        kind = self.random.choices(*KINDS)[0]
        repair = choose_repair(self.content, place.asset, self.random) if kind == "fault" else None
        self._serve(place, f"demand-{attempt}", kind, requested, repair, None)

    def _season_day(self) -> int:
        """More requests in summer, fewer on Saturdays and Sundays."""
        while True:
            day = self.random.randrange(DAYS - 1)
            on = plus_days(self.today, day - DAYS)
            weight = MONTHS[on.month - 1] * (100 if on.weekday() < 5 else 55)
            if self.random.randrange(max(MONTHS) * 100) < weight:
                return day

    def _place(self, month: int, on: str) -> Place:
        """An asset already in use on that day, by its equipment's season."""
        while True:
            place = self.random.choice(self.places)
            if (
                place.asset["commissioned_on"] < on
                and self.random.randrange(21) < place.equipment["monthly_weight"][month - 1]
            ):
                return place

    # how it is served

    def _serve(
        self, place: Place, key: str, kind: str, requested: int, repair: Repair | None, about: Record | None
    ) -> None:
        order = order_row(self.content, place, key, kind, requested, self.random, repair)
        order["about_work_order"] = about["id"] if about else None
        minutes = self._work_minutes(place, kind)
        travel = travel_minutes(self.content, place, self.random)
        wait = 150 if order["severity"] == "urgent" else 480 + self.random.choice((0, 0, 0, 1, 1, 2)) * DAY
        failure = self._first_visit_failure(repair) if kind == "fault" else None
        first = self.roster.find(
            place.site["outlet"], place.equipment, requested + wait, travel + minutes + 20, 6
        )
        if first is None or first[1] + travel + minutes + 20 > self.end - (9 * DAY if failure else 0):
            return
        self._open(order, place, requested, repair)
        planned = None
        if not failure and about is None:
            planned = self._changed_plan(order, place, first, travel, minutes)
            if order["state"] == "cancelled":
                self.orders.append(order)
                return
        visit = self._visit(order, place, 2 if planned else 1, first[0], first[1], travel, minutes)
        if not failure and not planned and self.office.random() < MOVED:
            self._move(visit)
        if failure:
            visit = self._return_visit(order, place, visit, failure, travel, minutes)
        self._close(order, place, visit, repair, repeated=bool(failure))

    def _changed_plan(
        self, order: Record, place: Place, first: tuple[Record, int], travel: int, minutes: int
    ) -> Record | None:
        """Now and then a visit that did not take place: called off with its order, or given to somebody else."""
        fate, window = self.office.random(), first[1] + travel
        assigned = minute_from(order["triaged_at"]) + self.office.randint(2, 20)
        changed = assigned + self.office.randint(20, 90)
        if fate >= CALLED_OFF + PASSED_ON or changed > window - 240:
            return None
        technician, is_off = first[0], fate < CALLED_OFF
        if not is_off:
            on = day_of(window)
            others = self.roster.candidates(place.site["outlet"], place.equipment, on)
            others = [row for row in others if row["login"] != technician["login"]]
            if not others:
                return None
            technician = self.office.choice(others)
        end = first[1] + travel + minutes + 20
        visit = visit_row(order, 1, technician["login"], window // 30 * 30, minutes, end)
        hand_over(visit, assigned)
        if is_off:
            call_off(order, visit, changed, self.office)
        else:
            take_back(visit, changed, self.office)
        self.visits.append(visit)
        return visit

    def _move(self, visit: Record) -> None:
        """Between the technician's taking it and the customer's being asked about the time."""
        taken, asked = minute_from(visit["contacted_at"]), minute_from(visit["asked_at"])
        if asked - taken > 60:
            move(visit, self.office.randint(taken + 10, asked - 10), self.office)

    def _work_minutes(self, place: Place, kind: str) -> int:
        usual = {"training": 120, "return_exchange": 45, "complaint": 60} | place.equipment["minutes"]
        return int(usual[kind]) * self.random.randint(70, 140) // 100

    def _first_visit_failure(self, repair: Repair | None) -> str | None:
        """Roughly one first visit in six does not end the matter, mostly for a part that must be ordered."""
        if repair is not None and repair.needs_order and self.random.random() < 0.26:
            return "waiting_part"
        return self.random.choices((None, "needs_expert", "no_access"), (920, 55, 25))[0]

    def _return_visit(
        self, order: Record, place: Place, visit: Record, failure: str, travel: int, minutes: int
    ) -> Record:
        """Ends the first visit without result and books the second, with the same technician where possible."""
        ended = minute_from(visit["ends_at"])
        self.closing.leave_incomplete(order, visit, failure)
        earliest = midnight(day_of(ended)) + self.random.choice((1, 1, 2, 3)) * DAY
        arguments = (place.site["outlet"], place.equipment, earliest, travel + minutes + 20, 4)
        again = self.roster.find(*arguments, only=visit["technician"]) or self.roster.find(*arguments)
        if again is None:
            raise ValueError(
                f"no technician can return for {order['id']}: the roster of {place.site['outlet']} is too thin"
            )
        return self._visit(order, place, visit["sequence"] + 1, again[0], again[1], travel, minutes)

    def _open(self, order: Record, place: Place, requested: int, repair: Repair | None) -> None:
        """Intake and triage: minutes scale with the urgency; one order in fifty is answered late."""
        fast = order["severity"] == "urgent"
        late = not fast and self.random.random() < 0.02
        answered = requested + (
            self.random.randint(125, 190) if late else self.random.randint(1, 10 if fast else 60)
        )
        order["acknowledged_at"] = text(answered)
        order["triaged_at"] = text(answered + self.random.randint(2, 15 if fast else 50))
        local = [
            row
            for row in self.content.staff
            if row["role"] == "dispatcher" and row["outlet"] in (order["outlet"], None)
        ]
        order["dispatcher"] = self.random.choice(local)["login"]
        order["symptom"] = complaint_words(repair.article, self.random) if repair else WORDS[order["kind"]]
        order["title"] = repair.article["title"] if repair else WORDS[order["kind"]]

    def _visit(
        self,
        order: Record,
        place: Place,
        sequence: int,
        technician: Record,
        start: int,
        travel: int,
        minutes: int,
    ) -> Record:
        """Books the slot and writes the true course of the visit up to the end of the work."""
        end = start + travel + minutes + 20
        self.roster.book(technician["login"], (start, end))
        arrived = start + travel
        late = (
            self.random.randint(130, 170)
            if self.random.random() < 0.05 and order["severity"] == "ordinary"
            else 0
        )
        visit = visit_row(order, sequence, technician["login"], (arrived - late) // 30 * 30, minutes, end)
        self.closing.lead_up(order, visit, self.visits)
        visit.update(
            exec_state="working",
            dispatch_state="dispatched",
            travel_started_at=text(start),
            arrived_at=text(arrived),
            started_at=text(arrived + self.random.randint(3, 8)),
        )
        self.closing.maybe_pause(visit, minutes)
        self.visits.append(visit)
        return visit

    # how it ends

    def _close(
        self, order: Record, place: Place, visit: Record, repair: Repair | None, *, repeated: bool
    ) -> None:
        unsolved = repair is not None and self.random.random() < 0.012
        pieces = [] if repair is None or unsolved else repair.pieces
        if repair is not None:
            name_causes(order, repair)
        day = day_of(minute_from(visit["ends_at"]))
        order["warranty"] = warranty_verdict(place.asset, repair, day) if order["kind"] == "fault" else None
        self.closing.finish(order, place, visit, repair, pieces)
        if unsolved:
            order.update(outcome="unsolved", unsolved_reason=self.random.choice(UNSOLVED))
        worked = minute_from(visit["work_done_at"]) - 10
        self.uses += [
            Use(worked, visit["technician"], part["code"], quantity, order["id"], visit["id"])
            for part, quantity in pieces
        ]
        self.orders.append(order)
        rating = self.closing.opinion(order, place, visit, repeated=repeated or unsolved)
        if rating and rating["stars"] <= 2 and order["kind"] != "complaint" and self.random.random() < 0.6:
            self._complain(order, place, minute_from(rating["at"]))

    def _complain(self, order: Record, place: Place, rated: int) -> None:
        opened, before = rated + self.random.randint(20, 600), len(self.orders)
        if opened > self.end - 4 * DAY:
            return
        self._serve(place, f"complaint-{order['id']}", "complaint", opened, None, order)
        if len(self.orders) > before:
            self.closing.complaint(self.orders[-1], order, opened)
