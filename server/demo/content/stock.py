"""Stock moves behind a year of repairs: openings, four-weekly replenishment, parts fetched for a job, consumption.

A move: id, at, part, quantity (whole pieces > 0), kind (opening | receipt | transfer | consumption), from_location
(None: outside), to_location (None: used up), work_order, visit, actor (login or None). In order of `at` no balance
is ever negative, and at the end every shelf holds its minimum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from server.demo.content.identity import stable_id
from server.demo.content.load import Content, Record
from server.demo.content.moments import DAY, day_of, midnight, text
from server.demo.content.repair import BY_ORDER_FROM_FEN

PERIOD_DAYS = 28
CENTRAL = "WH-MAIN"


@dataclass(frozen=True)
class Use:
    """One consumption to be supplied: at which minute, from whose van, what, how many, for which visit."""

    minute: int
    technician: str
    part: str
    quantity: int
    work_order: str
    visit: str


def stock_moves(content: Content, uses: list[Use], first_minute: int) -> list[Record]:
    """All moves from `first_minute` (a midnight) on that the uses need, sorted by time."""
    ledger = _Ledger(content, first_minute)
    ledger.supply(uses)
    return ledger.sorted()


def balances(moves: Iterable[Record]) -> Counter[tuple[str, str]]:
    """(location, part) → pieces after all `moves`."""
    held: Counter[tuple[str, str]] = Counter()
    for move in moves:
        if move["from_location"]:
            held[move["from_location"], move["part"]] -= move["quantity"]
        if move["to_location"]:
            held[move["to_location"], move["part"]] += move["quantity"]
    return held


def consumption(use: Use, van: str) -> Record:
    return move_row(use.minute, "consumption", use.part, use.quantity, van, None, use)


def fetched_for_job(use: Use, store: str, van: str) -> Record:
    """The transfer from the outlet's store to the van before the day's first shift."""
    return move_row(midnight(day_of(use.minute)) + 410, "transfer", use.part, use.quantity, store, van, use)


def move_row(
    minute: int,
    kind: str,
    part: str,
    quantity: int,
    source: str | None,
    target: str | None,
    use: Use | None = None,
) -> Record:
    job = (use.work_order, use.visit, use.technician) if use else (None, None, None)
    return {
        "id": stable_id("stock_move", minute, kind, part, source, target, job[1]),
        "at": text(minute),
        "kind": kind,
        "part": part,
        "quantity": quantity,
        "from_location": source,
        "to_location": target,
        "work_order": job[0],
        "visit": job[1],
        "actor": job[2] if kind == "consumption" else None,
    }


def van_minimum(content: Content, technician: Record) -> dict[str, int]:
    """Small parts of the equipment this technician may repair: two of each supply, one of the others."""
    skills = {row["code"] for row in technician["skills"]}
    served = {row["code"] for row in content.equipment if set(row["required_skills"]) <= skills}
    return {
        part["code"]: 2 if part["warranty"] == "consumable" else 1
        for part in content.parts
        if part["equipment"] in served
        and part["price_fen"] < BY_ORDER_FROM_FEN
        and part["source"] == "original"
    }


def store_minimum(part: Record) -> int:
    """An outlet's shelf: fewer of the dear ones; exactly one of the dearest."""
    return 12 if part["price_fen"] < 5000 else 4 if part["price_fen"] < BY_ORDER_FROM_FEN else 1


class _Ledger:
    """Collects moves; demand flows van → outlet's store → central warehouse → supplier."""

    def __init__(self, content: Content, first_minute: int) -> None:
        self.content, self.first = content, first_minute
        self.moves: list[tuple[int, int, Record]] = []
        self.store_demand: Counter[tuple[int, str, str]] = Counter()

    def sorted(self) -> list[Record]:
        return [move for _, _, move in sorted(self.moves, key=lambda entry: entry[:2])]

    def _add(self, minute: int, move: Record) -> None:
        self.moves.append((minute, len(self.moves), move))

    def _put(self, minute: int, kind: str, part: str, quantity: int, source: str | None, target: str) -> None:
        self._add(minute, move_row(minute, kind, part, quantity, source, target))

    def _period(self, minute: int) -> int:
        return (minute - self.first) // (PERIOD_DAYS * DAY)

    def _period_start(self, period: int) -> int:
        return self.first + period * PERIOD_DAYS * DAY

    def supply(self, uses: list[Use]) -> None:
        self._openings()
        van_demand: Counter[tuple[int, str, str]] = Counter()
        for use in uses:
            technician = self.content.technician_by_login[use.technician]
            store, period = f"WH-{technician['outlet']}", self._period(use.minute)
            if self.content.part_by_code[use.part]["price_fen"] >= BY_ORDER_FROM_FEN:
                move = fetched_for_job(use, store, technician["van"])
                self._add(midnight(day_of(use.minute)) + 410, move)
                self.store_demand[period, store, use.part] += use.quantity
            else:
                van_demand[period, technician["login"], use.part] += use.quantity
            self._add(use.minute, consumption(use, technician["van"]))
        self._replenish_vans(van_demand)
        self._replenish_stores()

    def _openings(self) -> None:
        for technician in self.content.technicians:
            for part, quantity in van_minimum(self.content, technician).items():
                self._put(self.first, "opening", part, quantity, None, technician["van"])
        for row in self.content.parts:
            for outlet in self.content.outlets:
                self._put(
                    self.first, "opening", row["code"], store_minimum(row), None, f"WH-{outlet['code']}"
                )
            self._put(self.first, "opening", row["code"], store_minimum(row) * 3, None, CENTRAL)

    def _replenish_vans(self, demand: Counter[tuple[int, str, str]]) -> None:
        for (period, login, part), quantity in demand.items():
            technician = self.content.technician_by_login[login]
            store = f"WH-{technician['outlet']}"
            self._put(self._period_start(period) + 400, "transfer", part, quantity, store, technician["van"])
            self.store_demand[period, store, part] += quantity

    def _replenish_stores(self) -> None:
        central: Counter[tuple[int, str]] = Counter()
        for (period, store, part), quantity in self.store_demand.items():
            self._put(self._period_start(period) + 360, "transfer", part, quantity, CENTRAL, store)
            central[period, part] += quantity
        for (period, part), quantity in central.items():
            self._put(self._period_start(period) + 300, "receipt", part, quantity, None, CENTRAL)
