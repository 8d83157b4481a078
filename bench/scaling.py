"""`python -m bench.scaling`: one working day of 10,000, 100,000 and 1,000,000 technicians, fed with measured costs.

Minute by minute: what phones send and ask becomes processor seconds of server processes and of PostgreSQL, rows and
bytes; what a tier cannot do in its minute waits for the next. Told for each company: how many processes and databases
keep the busiest minute below `MOST_BUSY`, what saturates first with one of each, and what is stored in a year.
Arithmetic on measurements, not a measurement: see docs/SCALING.md for what it leaves out.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "RESULTS.json"
COMPANIES = (10_000, 100_000, 1_000_000)
MOST_BUSY = 0.6
"""A share of a core that a process may use in the busiest minute: beyond, waiting times grow quickly."""
DATABASE_CORES = 16
"""Of one PostgreSQL, before it is divided by aggregate."""
MINUTES = 24 * 60
PAGE = Path(__file__).parents[1] / "docs" / "SCALING.md"
_BEGIN, _END = "<!-- python -m bench.scaling -->", "<!-- end -->"


@dataclass(frozen=True)
class Costs:
    """Seconds of processor time for one of each."""

    poll: float
    poll_in_postgres: float
    operation: float
    operation_in_postgres: float
    record_pulled: float


@dataclass(frozen=True)
class Day:
    """What one technician's phone does on a working day."""

    polls: int = 600
    """Every minute of signal in ten hours; streams at desks are not counted."""
    operations: int = 150
    records_pulled: int = 400
    media: int = 12
    media_bytes: int = 60_000_000
    stored_bytes_per_operation: int = 3_000
    """Record, receipt, audit entry, read model and their indexes."""
    batch: int = 20
    """Operations in one exchange, on average."""


@dataclass(frozen=True)
class Load:
    """What arrives in one minute."""

    polls: float
    operations: float
    records: float
    media: float


@dataclass(frozen=True)
class Told:
    """One company's answer."""

    technicians: int
    busiest_server_cores: float
    busiest_postgres_cores: float
    processes: int
    databases: int
    saturates_first: str
    minutes_behind: int
    """With half of those processes: how long after the storm the last waiting work is done."""
    polls_per_second: float
    operations_per_second: float
    commits_per_second: float
    media_per_second: float
    media_gbit_per_second: float
    media_tb_per_year: float
    database_tb_per_year: float


def main() -> int:
    """Print the table, or with --json the numbers; 1 when there are no measurements."""
    if not RESULTS.exists():
        print("scaling: RESULTS.json is missing; `make bench` writes it", file=sys.stderr)
        return 1
    costs = measured(json.loads(RESULTS.read_text()))
    told = [simulate(technicians, costs) for technicians in COMPANIES]
    if "--json" in sys.argv[1:]:
        print(json.dumps([vars(one) for one in told], indent=1))
    else:
        print(table(told, costs))
    return 0


def write_into(page: Path) -> None:
    """Put the table for the last results between the page's two marks. Raises KeyError when a cost was not measured."""
    costs = measured(json.loads(RESULTS.read_text()))
    before, _, rest = page.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    told = table([simulate(technicians, costs) for technicians in COMPANIES], costs)
    page.write_text(f"{before}{_BEGIN}\n\n{told}\n\n{_END}{after}")


def measured(results: Mapping[str, Any]) -> Costs:
    """The costs of a run of `python -m bench`; each is the median round's."""
    figures = {one["name"]: one for one in results["figures"]}
    pushes = figures["push of eight phones on one PostgreSQL"]["facts"]["one process"]
    polls = figures["poll with nothing new on one PostgreSQL"]["facts"]["one process"]
    return Costs(
        poll=polls["server_microseconds"] / 1e6,
        poll_in_postgres=polls["postgres_microseconds"] / 1e6,
        operation=pushes["server_microseconds"] / 1e6,
        operation_in_postgres=pushes["postgres_microseconds"] / 1e6,
        record_pulled=1 / _per_cpu_second(figures["first pull"]),
    )


def simulate(technicians: int, costs: Costs, day: Day | None = None) -> Told:
    """A day of so many technicians."""
    day = day or Day()
    minutes = list(arrivals(technicians, day))
    server = [_server_seconds(one, costs) for one in minutes]
    postgres = [_postgres_seconds(one, costs) for one in minutes]
    processes = max(1, math.ceil(max(server) / 60 / MOST_BUSY))
    databases = max(1, math.ceil(max(postgres) / 60 / MOST_BUSY / DATABASE_CORES))
    busiest = minutes[server.index(max(server))]
    year = 250 * technicians
    return Told(
        technicians=technicians,
        busiest_server_cores=max(server) / 60,
        busiest_postgres_cores=max(postgres) / 60,
        processes=processes,
        databases=databases,
        saturates_first="one server process"
        if max(server) >= max(postgres) / DATABASE_CORES
        else "PostgreSQL",
        minutes_behind=_behind(server, max(1, processes // 2) * 60),
        polls_per_second=busiest.polls / 60,
        operations_per_second=busiest.operations / 60,
        commits_per_second=busiest.operations / day.batch / 60,
        media_per_second=busiest.media / 60,
        media_gbit_per_second=busiest.media * day.media_bytes / day.media * 8 / 60 / 1e9,
        media_tb_per_year=year * day.media_bytes / 1e12,
        database_tb_per_year=year * day.operations * day.stored_bytes_per_operation / 1e12,
    )


def arrivals(technicians: int, day: Day) -> Iterator[Load]:
    """Minute by minute: phones wake between 7 and 8 and get the day's jobs, work until 18 h, and at 12:00 a network
    that was away for an hour returns for a fifth of them at once."""
    for minute in range(MINUTES):
        hour = minute / 60
        working = 8 <= hour < 18
        away = 0.2 if 11 <= hour < 12 else 0.0
        share = (1 - away) / 600 if working else 0.0
        back = 0.2 * 60 / 600 / 2 if 12 <= hour < 12 + 2 / 60 else 0.0
        morning = 1 / 60 if 7 <= hour < 8 else 0.0
        yield Load(
            polls=technicians * day.polls * share,
            operations=technicians * day.operations * (share + back),
            records=technicians * day.records_pulled * (0.5 * morning + 0.5 * (share + back)),
            media=technicians * day.media * (share + back),
        )


def _server_seconds(load: Load, costs: Costs) -> float:
    return load.polls * costs.poll + load.operations * costs.operation + load.records * costs.record_pulled


def _postgres_seconds(load: Load, costs: Costs) -> float:
    """Records are taken to cost the database what they cost the server, which joins and sends them."""
    return (
        load.polls * costs.poll_in_postgres
        + load.operations * costs.operation_in_postgres
        + load.records * costs.record_pulled
    )


def _behind(seconds: Sequence[float], capacity: float) -> int:
    """Minutes in which work of an earlier one was waiting."""
    waiting, behind = 0.0, 0
    for one in seconds:
        waiting = max(0.0, waiting + one - capacity)
        behind += waiting > 0
    return behind


def table(told: Sequence[Told], costs: Costs) -> str:
    """Markdown, one column a company."""
    rows = {
        "server processes (cores) at most 60 % busy": lambda one: f"{one.processes:,}",
        "PostgreSQL clusters of 16 cores": lambda one: f"{one.databases:,}",
        "busiest minute: server cores / PostgreSQL cores": lambda one: (
            f"{one.busiest_server_cores:,.1f} / {one.busiest_postgres_cores:,.1f}"
        ),
        "saturates first": lambda one: one.saturates_first,
        "with half the processes: minutes behind": lambda one: f"{one.minutes_behind:,}",
        "polls / operations / commits a second": lambda one: (
            f"{one.polls_per_second:,.0f} / {one.operations_per_second:,.0f} / {one.commits_per_second:,.0f}"
        ),
        "media a second, Gbit/s": lambda one: (
            f"{one.media_per_second:,.0f}, {one.media_gbit_per_second:,.1f}"
        ),
        "media a year, TB": lambda one: f"{one.media_tb_per_year:,.0f}",
        "database a year, TB": lambda one: f"{one.database_tb_per_year:,.1f}",
    }
    lines = [
        f"Costs in µs: poll {costs.poll * 1e6:.0f} (and {costs.poll_in_postgres * 1e6:.0f} in PostgreSQL), "
        f"operation {costs.operation * 1e6:.0f} "
        f"(and {costs.operation_in_postgres * 1e6:.0f} in PostgreSQL), record pulled {costs.record_pulled * 1e6:.1f}.",
        "",
        "| technicians | " + " | ".join(f"{one.technicians:,}" for one in told) + " |",
        "|---|" + "---|" * len(told),
        *(f"| {name} | " + " | ".join(tell(one) for one in told) + " |" for name, tell in rows.items()),
    ]
    return "\n".join(lines)


def _per_cpu_second(figure: Mapping[str, Any]) -> float:
    ours = next(side for side in figure["sides"] if side["kind"] == "ours")
    ordered = sorted(ours["per_cpu_second"])
    return float(ordered[len(ordered) // 2])


if __name__ == "__main__":
    sys.exit(main())
