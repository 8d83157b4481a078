"""The three figures: what is asked of ours and of the reference, round by round, in turns."""

from __future__ import annotations

import json
import pickle
import shutil
import sqlite3
import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.company import BATCH, NEW_PHONE, NEW_USER, Company, Phone
from bench.load import Load, ask, post, run
from bench.noise import MOST_CORES, Noise
from bench.reference_push import record
from bench.serve import OURS, Server, serving
from domain.declaration import VERSION
from sync.wire import PROTOCOL

CONNECTIONS = 8


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    batches_per_phone: int
    """In each round."""
    pull_records: int
    poll_seconds: float


@dataclass
class Side:
    """One side's rounds."""

    per_second: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    generator_busy: list[float] = field(default_factory=list)
    per_cpu_second: list[float] = field(default_factory=list)
    """How much was done in a second of the server's own work: waiting for the disk and for others left out."""
    peak_mib: float = 0.0

    @property
    def median(self) -> float:
        """The median round."""
        return statistics.median(self.per_second)

    def note(self, load: Load, count: float, server: Server) -> None:
        """A round is over in which so many things were done."""
        self.per_cpu_second.append(count / server.cpu_seconds())
        self.per_second.append(count / load.seconds)
        self.p99_ms.append(load.percentile(0.99) * 1000)
        self.generator_busy.append(load.busy)
        self.peak_mib = max(self.peak_mib, server.memory_mib())


@dataclass
class Figure:
    """Ours beside the reference."""

    name: str
    unit: str
    bar: float
    """The least share of the reference that the product promises."""
    ours: Side = field(default_factory=Side)
    reference: Side = field(default_factory=Side)
    others_cores: list[float] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Ours as a share of the reference, by the medians."""
        return self.ours.median / self.reference.median

    @property
    def cpu_ratio(self) -> float:
        """The same by the servers' own work alone: steadier where others use the machine."""
        return statistics.median(self.ours.per_cpu_second) / statistics.median(self.reference.per_cpu_second)

    @property
    def clean(self) -> bool:
        """Whether nobody else was working meanwhile."""
        return max(self.others_cores) <= MOST_CORES

    def told(self) -> dict[str, Any]:
        """Everything as JSON."""
        return {
            **asdict(self), "ratio": self.ratio, "cpu_ratio": self.cpu_ratio, "clean": self.clean,
            "median_ours": self.ours.median, "median_reference": self.reference.median,
        }  # fmt: skip

    def turn(self, ours: Server, reference: Server, do: Callable[[Server, Side], None]) -> None:
        """One round of each; which goes first alternates."""
        sides = [(ours, self.ours), (reference, self.reference)]
        for server, side in sides if len(self.others_cores) % 4 == 0 else reversed(sides):
            noise = Noise([ours.process.pid, reference.process.pid])
            server.forget()
            do(server, side)
            self.others_cores.append(noise.cores())


def push(folder: Path, size: Size) -> tuple[Figure, list[Phone]]:
    """Batches of 100 operations from eight phones at once."""
    figure = Figure("push in batches of 100", "operations/s", 0.40)
    company = Company(f"sqlite:///{folder / 'push.db'}")
    company.furnish(CONNECTIONS, 40)
    warm, rounds = 2, size.rounds * size.batches_per_phone
    batches = {
        phone.device: [company.batch(phone, number) for number in range(warm + rounds)]
        for phone in company.phones
    }
    tokens = {phone.device: company.token(phone.device, phone.user) for phone in company.phones}
    epoch = company.epoch
    company.close()
    _settle(folder / "push.db")
    for copy in ("recording.db", "push_reference.db"):
        shutil.copyfile(folder / "push.db", folder / copy)
    order = [(device, one) for device, all_of_it in batches.items() for one in all_of_it]
    written = record(folder / "recording.db", epoch, order)
    (folder / "written").write_bytes(pickle.dumps(written))
    figure.facts = _written_facts(written, batches)
    with ExitStack() as stack:
        ours = stack.enter_context(serving(OURS, folder, "push.db"))
        reference = stack.enter_context(serving("reference_push", folder, "push_reference.db", "written"))
        place = {device: turn * (warm + rounds) for turn, device in enumerate(batches)}

        def requests(server: Server, device: str, first: int, last: int) -> list[bytes]:
            if server is ours:
                return [_push_request(one, epoch, tokens[device]) for one in batches[device][first:last]]
            return [
                post(f"/{place[device] + number}", b"[" + b",".join(batches[device][number]) + b"]")
                for number in range(first, last)
            ]

        def send(server: Server, first: int, last: int) -> Load:
            return run(server.port, [requests(server, device, first, last) for device in batches])

        for server in (ours, reference):
            send(server, 0, warm)
        for turn in range(size.rounds):
            first = warm + turn * size.batches_per_phone

            def do(server: Server, side: Side, first: int = first) -> None:
                load = send(server, first, first + size.batches_per_phone)
                side.note(load, load.requests * BATCH, server)

            figure.turn(ours, reference, do)
    figure.facts |= _kept(folder / "push.db", folder / "push_reference.db")
    return figure, company.phones


def pull(folder: Path, size: Size) -> Figure:
    """A phone that has nothing pulls everything that it may see, uncompressed."""
    figure = Figure("first pull", "records/s", 0.40)
    company = Company(f"sqlite:///{folder / 'pull.db'}")
    company.new_phone(size.pull_records, 40)
    token, epoch = company.token(NEW_PHONE, NEW_USER), company.epoch
    company.close()
    _settle(folder / "pull.db")
    with ExitStack() as stack:
        ours = stack.enter_context(serving(OURS, folder, "pull.db"))
        reference = stack.enter_context(serving("reference_pull", folder, "pull.db"))
        scripts = {
            ours.port: _pull_script(ours, token, epoch, figure),
            reference.port: _reference_pull_script(reference, folder / "pull.db", size.pull_records),
        }
        figure.facts["requests"] = {
            "ours": len(scripts[ours.port]),
            "reference": len(scripts[reference.port]),
        }

        def do(server: Server, side: Side) -> None:
            load = run(server.port, [scripts[server.port]])
            side.note(load, size.pull_records, server)
            figure.facts.setdefault("bytes", {})["ours" if server is ours else "reference"] = load.bytes_in

        for _ in range(size.rounds):
            figure.turn(ours, reference, do)
    return figure


def poll(folder: Path, size: Size, phones: Sequence[Phone]) -> Figure:
    """Eight phones ask again and again, and nothing is new."""
    figure = Figure("poll with nothing new", "requests/s", 0.50)
    company = Company(f"sqlite:///{folder / 'push.db'}")
    tokens = [company.token(phone.device, phone.user) for phone in phones]
    epoch = company.epoch
    company.close()
    with ExitStack() as stack:
        ours = stack.enter_context(serving(OURS, folder, "push.db"))
        reference = stack.enter_context(serving("reference_poll", folder, "push.db"))
        nothing = stack.enter_context(serving("reference_nothing", folder))
        requests = []
        for token in tokens:
            said = json.loads(
                ask(ours.port, post("/v1/sync", _exchange(epoch, pull={"manifest": {}}), token))
            )
            digest = said["pull"]["digest"]
            outbox = {"pending": 0, "last_seq": phones[0].seq}
            requests.append(post("/v1/sync", _exchange(epoch, pull={"digest": digest}, outbox=outbox), token))
        answer = json.loads(ask(ours.port, requests[0]))
        if not answer["pull"].get("unchanged"):
            raise RuntimeError(f"something is new: {answer}")
        figure.facts["answer_bytes"] = len(ask(ours.port, requests[0]))

        def do(server: Server, side: Side) -> None:
            load = run(server.port, [_again(one) for one in requests], seconds=size.poll_seconds)
            side.note(load, load.requests, server)

        ceiling = Side()
        for server in (ours, reference):
            run(server.port, [_again(one) for one in requests], seconds=size.poll_seconds / 4)
        for _ in range(size.rounds):
            figure.turn(ours, reference, do)
            do(nothing, ceiling)
        figure.facts["ceiling_requests_per_second"] = ceiling.median
    return figure


def _exchange(epoch: str, **members: Any) -> bytes:
    return json.dumps({"protocol": PROTOCOL, "schema": VERSION, "epoch": epoch, **members}).encode()


def _push_request(operations: list[bytes], epoch: str, token: str) -> bytes:
    outbox = {"pending": len(operations), "last_seq": json.loads(operations[-1])["seq"]}
    body = _exchange(epoch, outbox=outbox)[:-1] + b',"push":{"ops":[' + b",".join(operations) + b"]}}"
    return post("/v1/sync", body, token)


def _again(request: bytes) -> Any:
    while True:
        yield request


def _pull_script(server: Server, token: str, epoch: str, figure: Figure) -> list[bytes]:
    """The phone's requests, learned by pulling once: each tells what the answers before it brought."""
    manifest: dict[str, int] = {}
    script, records, body_bytes = [], 0, 0
    while True:
        script.append(post("/v1/sync", _exchange(epoch, pull={"manifest": manifest}), token))
        said = json.loads(ask(server.port, script[-1]))["pull"]
        for one in said["aggregates"]:
            records += len(one["records"])
            manifest[one["id"]] = one["ver"]
            if not body_bytes:
                body_bytes = len(json.dumps(one["records"][0], ensure_ascii=False).encode())
        if not said["more"]:
            figure.facts |= {"records": records, "aggregates": len(manifest), "record_bytes": body_bytes}
            return script


def _reference_pull_script(server: Server, database: Path, wanted: int) -> list[bytes]:
    script, after, records = [], "", 0
    while records < wanted:
        script.append(post(f"/{after}", b""))
        found = json.loads(ask(server.port, script[-1]))["records"]
        records += len(found)
        after = found[-1]["aggregate"]
    if records != wanted:
        raise RuntimeError(f"the reference sends {records} records instead of {wanted}")
    return script


def _settle(database: Path) -> None:
    raw = sqlite3.connect(database)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def _written_facts(written: list[Any], batches: dict[str, list[list[bytes]]]) -> dict[str, Any]:
    """What one operation sends and what one batch writes, on average."""
    tables: dict[str, float] = {}
    for batch in written:
        for statement, rows in batch:
            words = statement.split()
            table = (
                words[words.index("INTO") + 1] if "INTO" in words else words[1 if words[0] == "UPDATE" else 2]
            )
            tables[table] = tables.get(table, 0) + len(rows) / len(written)
    operations = [one for all_of_it in batches.values() for batch in all_of_it for one in batch]
    bodies = [len(row[-1]) for batch in written for s, rows in batch if "INTO record " in s for row in rows]
    return {
        "operation_bytes": round(statistics.mean(map(len, operations))),
        "record_bytes": round(statistics.mean(bodies)),
        "rows_per_batch": {table: round(rows, 1) for table, rows in sorted(tables.items())},
    }


def _kept(ours: Path, reference: Path) -> dict[str, Any]:
    """Rows at the end on either side, and what became of the operations: the same work was done."""
    counts = {}
    for name, file in (("ours", ours), ("reference", reference)):
        raw = sqlite3.connect(file)
        counts[name] = {
            table: raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("record", "operation", "audit")
        }
        statuses = dict(
            raw.execute("SELECT status, count(*) FROM operation WHERE device LIKE 'phone-%' GROUP BY 1")
        )
        raw.close()
    if counts["ours"] != counts["reference"]:
        raise RuntimeError(f"the reference did not write the same rows: {counts}")
    return {"rows": counts["ours"], "statuses": statuses}
