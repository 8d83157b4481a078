"""`python -m bench --soak MINUTES`: mixed load at half of what the server can do; memory and waiting times stay flat.

Second by second a fixed piece of work is done and the rest of the second is idle. The piece is half of what a second
holds at full speed, found before. Its mix: a phone sends ten operations, phones poll a hundred times, one pulls a
hundred records.
"""

from __future__ import annotations

import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.company import Company
from bench.figure import OURS
from bench.history import give, new_phone
from bench.load import ask, percentile, run
from bench.ours import Caller
from bench.processes import Running
from bench.report import facts
from bench.rows import Rows
from bench.serve import serving

_PHONES = 8
_JOBS_PER_MINUTE = 60
"""Of all phones together: each job then gets some hundred operations in all, as in life."""
_POLLS, _OPERATIONS, _RECORDS = 100, 10, 100
_FULL_SPEED_SECONDS = 10
_SHARE = 0.5
_FLAT = {"memory_mib": 1.1, "push_p99": 1.25, "poll_p99": 1.25, "pull_p99": 1.25}
"""What the last quarter may be of the second."""
_VISITOR, _VISITING = "phone-visitor", "technician-visitor"
_DATABASE = "soak.db"


@dataclass(frozen=True)
class Minute:
    """What was found in one minute; times in milliseconds."""

    memory_mib: float
    push_p99: float
    poll_p99: float
    pull_p99: float
    operations: int
    database_mib: float


class _Mix:
    """The three kinds of requests, without end."""

    def __init__(self, company: Company, ours: Running) -> None:
        self._company = company
        self._callers = [_caller(company, phone.device, phone.user) for phone in company.phones]
        self._batches = itertools.count()
        visitor = _caller(company, _VISITOR, _VISITING)
        self._pull = visitor.pull({})
        self._poll = visitor.poll(json.loads(ask(ours.port, self._pull))["pull"]["digest"])

    def push(self) -> bytes:
        """The next phone's next ten operations."""
        number, place = divmod(next(self._batches), _PHONES)
        return self._callers[place].push(self._company.batch(self._company.phones[place], number, 1))

    def pieces(self, count: int) -> list[list[bytes]]:
        """So many times the mix: pushes, polls and pulls on connections of their own."""
        polls = [[self._poll] * (count * _POLLS // _PHONES) for _ in range(_PHONES)]
        return [[self.push() for _ in range(count)], [self._pull] * count, *polls]


def soak(minutes: int, folder_of_results: Path) -> int:
    """Print a line a minute, write SOAK.md, and tell by 1 that something was not flat."""
    with tempfile.TemporaryDirectory(prefix="doorstep-soak-") as name, ExitStack() as stack:
        folder = Path(name)
        company = Company(f"sqlite:///{folder / _DATABASE}")
        stack.callback(company.close)
        company.furnish(_PHONES, max(2, minutes * _JOBS_PER_MINUTE // _PHONES))
        new_phone(company, _VISITOR, _VISITING)
        give(company, _VISITING, Rows().take(_RECORDS))
        ours = stack.enter_context(serving(OURS, folder, _DATABASE))
        mix = _Mix(company, ours)
        per_second = _full_speed(mix, ours)
        each = max(1, round(per_second * _SHARE))
        print(f"soak: {per_second:.0f} mixes a second at full speed; {each} from here on", flush=True)
        found = []
        for minute in _minutes(mix, ours, each, minutes, folder / _DATABASE):
            found.append(minute)
            print(f"soak: {len(found)} of {minutes}: {_line(minute)}", flush=True)
    verdicts = judged(found)
    (folder_of_results / "SOAK.md").write_text(_page(found, verdicts, each, minutes))
    (folder_of_results / "SOAK.json").write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n")
    print("\n".join(verdicts))
    return 1 if any("missed" in one for one in verdicts) else 0


def judged(found: Sequence[Minute]) -> list[str]:
    """The last quarter beside the second: the first fills the caches. Too few minutes are told as such."""
    if len(found) < 8:
        return [f"not judged: {len(found)} minutes are too few"]
    quarter = len(found) // 4
    before, after = found[quarter : 2 * quarter], found[-quarter:]
    said = []
    for name, most in _FLAT.items():
        first, last = (statistics.median(getattr(one, name) for one in part) for part in (before, after))
        word = "held" if last <= most * first else "**missed**"
        said.append(
            f"{word}: {name} {first:.1f} in the second quarter, {last:.1f} in the last (at most × {most})"
        )
    return said


def _full_speed(mix: _Mix, ours: Running) -> float:
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < _FULL_SPEED_SECONDS:
        run(ours.port, mix.pieces(10))
        done += 10
    return done / (time.perf_counter() - began)


def _minutes(mix: _Mix, ours: Running, each: int, minutes: int, database: Path) -> Iterator[Minute]:
    for _ in range(minutes):
        pushes: list[float] = []
        pulls: list[float] = []
        polls: list[float] = []
        ends = time.perf_counter() + 60
        while (began := time.perf_counter()) < ends:
            own, pull, *others = mix.pieces(each)
            # One after the other, so that each kind's times are its own; polls have eight connections.
            pushes += run(ours.port, [own[number::_PHONES] for number in range(_PHONES)]).latencies
            pulls += run(ours.port, [pull]).latencies
            polls += run(ours.port, others).latencies
            time.sleep(max(0.0, began + 1 - time.perf_counter()))
        size = sum(part.stat().st_size for part in database.parent.glob(f"{database.name}*"))
        yield Minute(
            memory_mib=round(ours.peak_mib("VmRSS"), 1),
            push_p99=round(percentile(pushes, 0.99) * 1000, 2),
            poll_p99=round(percentile(polls, 0.99) * 1000, 2),
            pull_p99=round(percentile(pulls, 0.99) * 1000, 2),
            operations=len(pushes) * _OPERATIONS,
            database_mib=round(size / 2**20, 1),
        )


def _caller(company: Company, device: str, user: str) -> Caller:
    return Caller(company.epoch, company.token(device, user))


def _line(minute: Minute) -> str:
    return (
        f"{minute.memory_mib:.0f} MiB, p99 push {minute.push_p99} ms, poll {minute.poll_p99} ms, "
        f"pull {minute.pull_p99} ms, {minute.operations:,} operations, database {minute.database_mib:,.0f} MiB"
    )


def _page(found: Sequence[Minute], verdicts: Sequence[str], each: int, minutes: int) -> str:
    step = max(1, len(found) // 20)
    lines = [
        "# Soak",
        "",
        f"`python -m bench --soak {minutes}`: {each} mixes a second, each {_OPERATIONS} operations, ",
    ]
    lines[-1] += f"{_POLLS} polls and a pull of {_RECORDS} records; half of full speed."
    lines += [
        "",
        *(f"- {one}" for one in verdicts),
        "",
        "| minute | memory MiB | push p99 ms | poll | pull | database MiB |",
    ]
    lines += ["|---|---|---|---|---|---|"]
    for number, one in list(enumerate(found, start=1))[::step]:
        lines.append(
            f"| {number} | {one.memory_mib:.0f} | {one.push_p99} | {one.poll_p99} | {one.pull_p99} | "
            f"{one.database_mib:,.0f} |"
        )
    about = facts(f"python -m bench --soak {minutes}")
    return "\n".join([*lines, "", *(f"- {name}: {value}" for name, value in about.items())]) + "\n"
