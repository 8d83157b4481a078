"""Who may work where and when: shifts, skills, certificates valid on the day, and slots already booked."""

from __future__ import annotations

from datetime import date

from server.demo.content.identity import stable_id
from server.demo.content.load import Content, Record
from server.demo.content.moments import day_of, midnight, plus_days, text

Slot = tuple[int, int]


class Roster:
    """Grows by `book`; minutes are those of `moments`. Extra shifts (overtime) count like regular ones."""

    def __init__(self, content: Content, today: date) -> None:
        self.content, self.today = content, today
        self.patterns = {row["code"]: {day["day"]: day for day in row["weekdays"]} for row in content.shifts}
        self.booked: dict[str, list[Slot]] = {row["login"]: [] for row in content.technicians}
        self.overtime: dict[str, list[Slot]] = {row["login"]: [] for row in content.technicians}
        self._equipped: dict[tuple[str, str], list[Record]] = {}

    def shift(self, technician: Record, day: date) -> Slot | None:
        """The regular shift that begins on that day, or None."""
        hours = self.patterns[technician["shift_pattern"]].get(day.weekday())
        if hours is None:
            return None
        start = midnight(day)
        return start + hours["start_minute"], start + hours["end_minute"]

    def on_shift(self, technician: Record, slot: Slot) -> bool:
        """Whether the whole slot lies in one regular or extra shift."""
        regular = [self.shift(technician, plus_days(day_of(slot[0]), back)) for back in (0, -1)]
        shifts = [found for found in regular if found] + self.overtime[technician["login"]]
        return any(start <= slot[0] and slot[1] <= end for start, end in shifts)

    def qualified(self, technician: Record, equipment: Record, on: date) -> bool:
        """Skills held, and every required certificate valid on that day."""
        offset = (on - self.today).days
        skills = {row["code"] for row in technician["skills"]}
        valid = {
            row["code"]
            for row in technician["certificates"]
            if row["issued_in_days"] <= offset <= row["expires_in_days"]
        }
        return skills >= set(equipment["required_skills"]) and valid >= set(
            equipment["required_certificates"]
        )

    def candidates(self, outlet: str, equipment: Record, on: date) -> list[Record]:
        key = outlet, equipment["code"]
        if key not in self._equipped:
            wanted = set(equipment["required_skills"])
            self._equipped[key] = [
                row
                for row in self.content.technicians
                if row["outlet"] == outlet and wanted <= {skill["code"] for skill in row["skills"]}
            ]
        return [row for row in self._equipped[key] if self.qualified(row, equipment, on)]

    def free(self, login: str, slot: Slot) -> bool:
        return all(slot[1] <= start or end <= slot[0] for start, end in self.booked[login])

    def book(self, login: str, slot: Slot) -> None:
        self.booked[login].append(slot)

    def find(
        self, outlet: str, equipment: Record, earliest: int, minutes: int, days: int, only: str | None = None
    ) -> tuple[Record, int] | None:
        """The first free stretch of that length from `earliest` on, least loaded technician first; not booked yet."""
        for ahead in range(days):
            day = plus_days(day_of(earliest), ahead)
            options = []
            for technician in self.candidates(outlet, equipment, day):
                start = self._opening(technician, day, earliest, minutes)
                if start is not None and only in (None, technician["login"]):
                    options.append(
                        (*self._load(technician["login"], day), start, technician["login"], technician)
                    )
            if options:
                best = min(options, key=lambda option: option[:4])
                return best[4], best[2]
        return None

    def _load(self, login: str, day: date) -> tuple[int, int]:
        """Visits that day, then visits ever: work spreads over the year too."""
        start, booked = midnight(day), self.booked[login]
        return sum(start <= slot[0] < start + 1440 for slot in booked), len(booked)

    def _opening(self, technician: Record, day: date, earliest: int, minutes: int) -> int | None:
        shift = self.shift(technician, day)
        if shift is None:
            return None
        start = max(shift[0], earliest)
        for taken in sorted(
            slot for slot in self.booked[technician["login"]] if slot[1] > shift[0] and slot[0] < shift[1]
        ):
            if start + minutes <= taken[0]:
                break
            start = max(start, taken[1] + 5)
        return start if start + minutes <= shift[1] else None

    def shift_rows(self, first: date, days: int) -> list[Record]:
        """Concrete shifts: id, technician (login), kind (pattern code | overtime), starts_at, ends_at."""
        rows = []
        for technician in self.content.technicians:
            regular = [self.shift(technician, plus_days(first, ahead)) for ahead in range(days)]
            kinds = [(technician["shift_pattern"], slot) for slot in regular if slot]
            for kind, slot in kinds + [("overtime", slot) for slot in self.overtime[technician["login"]]]:
                rows.append(
                    {
                        "id": stable_id("shift", technician["login"], slot[0]),
                        "technician": technician["login"],
                        "kind": kind,
                        "starts_at": text(slot[0]),
                        "ends_at": text(slot[1]),
                    }
                )
        return rows
