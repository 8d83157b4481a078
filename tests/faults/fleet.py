"""Phones at work: the real client, each in a thread of its own, with a ledger of all that it was told."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from doorstep_client import HttpTransport, Phone, Unreachable
from doorstep_client.outbox import Entry, entries
from doorstep_client.transport import Answer
from sync.outcome import Result
from sync.wire import SyncReply
from tests.faults.company import PART, SHELF, Job

SILENCE_SECONDS = 15.0
AGAIN_SECONDS = 0.05
MOST_WAITING = 12
"""Work that a phone takes on while it hears nothing: a fault leaves a backlog, not a flood."""
CALM_SECONDS = 60.0

_reply = msgspec.json.Decoder(SyncReply)


@dataclass
class Told:
    """What one phone was told, as it came off the wire: from then on the server may not lose it."""

    acknowledged: dict[tuple[str, int], Result] = field(default_factory=dict)
    moments: list[float] = field(default_factory=list)
    """When news of results came, by the monotonic clock."""
    asked_again: list[str] = field(default_factory=list)
    """Acknowledged work that the server asked for again: it had lost it."""
    epoch: str = ""


class Listening:
    """A transport that notes each complete answer before the phone takes it in. Each call may go to another server."""

    def __init__(self, choose: Callable[[], str], told: Told) -> None:
        self._choose = choose
        self._told = told
        self._ways: dict[str, HttpTransport] = {}

    def send(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        url = self._choose()
        if url not in self._ways:
            self._ways[url] = HttpTransport(url, connect_seconds=2, silence_seconds=SILENCE_SECONDS)
        answer = self._ways[url].send(method, address, headers, body)
        if address == "/v1/sync" and answer.status == 200:
            self._note(_reply.decode(answer.body))
        return answer

    def close(self) -> None:
        for way in self._ways.values():
            way.close()

    def _note(self, reply: SyncReply) -> None:
        told = self._told
        if reply.push is None or reply.push.quarantined is not None:
            return
        if reply.epoch != told.epoch:
            # A restored server may ask again for everything: that is what an epoch is for.
            told.acknowledged.clear()
            told.epoch = reply.epoch
        for result in reply.push.results:
            key = (result.id, result.seq)
            if key not in told.acknowledged:
                told.acknowledged[key] = result
                told.moments.append(time.monotonic())
        lost_from = reply.push.need_from
        if lost_from is not None and any(seq >= lost_from for _, seq in told.acknowledged):
            told.asked_again.append(f"need_from {lost_from}")


class Technician:
    """One phone and the work that is done on it."""

    def __init__(self, job: Job, folder: Path, choose: Callable[[], str], seed: int) -> None:
        self.job = job
        self.told = Told()
        self.path = folder / f"{job.technician}.db"
        self._choose = choose
        self._dice = random.Random(seed)
        self.notes = 0
        self.parts = 0

    def open(self) -> Phone:
        """The phone, for the thread that asks."""
        return Phone(self.path, Listening(self._choose, self.told))

    def enrol(self) -> None:
        """Become a device, and fetch the job."""
        with self.open() as phone:
            phone.enrol(self.job.code, self.job.technician, "test")
            phone.sync()

    def work(self, phone: Phone) -> None:
        """A few things, as they come: facts that are only added, and fields of one's own."""
        for _ in range(self._dice.randint(1, 3)):
            match self._dice.randrange(4):
                case 0 | 1:
                    self.note(phone)
                case 2:
                    self.use_part(phone)
                case _:
                    cause = {"cause": f"第 {self.notes} 次检查"}
                    phone.author("visit", self.job.visit, self.job.home, cause)

    def note(self, phone: Phone, text: str = "") -> str:
        """One more note; the operation's id."""
        self.notes += 1
        fields = {"visit": self.job.visit, "text": text or f"皮带磨损 {self.notes}"}
        return phone.author("note", None, self.job.home, fields, "create").operation.id

    def use_part(self, phone: Phone) -> str:
        """Parts from the shelf that all share: a second effect would show in its balance."""
        quantity = self._dice.randint(1, 5)
        self.parts += quantity
        fields = {
            "part": PART,
            "quantity": quantity,
            "kind": "use",
            "from_location": SHELF,
            "visit": self.job.visit,
        }
        return phone.author("stock_move", None, self.job.home, fields, "create").operation.id

    def photo(self, phone: Phone, content: bytes, kind: str = "photo") -> str:
        """A photo: its row is authored, its file queued; the media record's id."""
        sha256 = hashlib.sha256(content).hexdigest()
        file = self.path.with_name(f"{sha256}.jpg")
        file.write_bytes(content)
        fields = {"visit": self.job.visit, "kind": kind, "sha256": sha256, "size_bytes": len(content)}
        fields["content_type"] = "image/jpeg"
        media = phone.author("media", None, self.job.home, fields, "create").operation.record
        phone.attach(media, file, "original", "image/jpeg")
        return media

    def entries(self) -> list[Entry]:
        """Everything that the phone holds of its own work."""
        with self.open() as phone:
            return entries(phone.store)


class Fleet:
    """All phones, working until they are told to stop. A phone that cannot reach the server tries again at once."""

    def __init__(self, technicians: list[Technician]) -> None:
        self.technicians = technicians
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.broken: list[BaseException] = []

    def start(self) -> None:
        """Begin, or go on."""
        self._stop.clear()
        self._threads = [
            threading.Thread(target=self._live, args=(one,), name=one.job.technician, daemon=True)
            for one in self.technicians
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every phone finish its exchange."""
        self._stop.set()
        for thread in self._threads:
            thread.join(CALM_SECONDS)
            assert not thread.is_alive(), f"{thread.name} never came back"
        if self.broken:
            raise self.broken[0]

    def settle(self) -> None:
        """Signal for good: every phone exchanges until nothing is left. Raises Unreachable when that never comes."""
        for technician in self.technicians:
            with technician.open() as phone:
                deadline = time.monotonic() + CALM_SECONDS
                while True:
                    try:
                        phone.sync()
                        if not phone.outbox():
                            break
                    except Unreachable:
                        if time.monotonic() > deadline:
                            raise
                        time.sleep(0.05)

    def acknowledged(self) -> int:
        """How many operations were ever acknowledged."""
        return sum(len(one.told.acknowledged) for one in self.technicians)

    def heard_after(self, moment: float) -> list[float]:
        """For each phone, when it first heard of results after a moment; a phone that has not is left out."""
        found = []
        for one in self.technicians:
            later = next((at for at in list(one.told.moments) if at > moment), None)
            if later is not None:
                found.append(later)
        return found

    def _live(self, technician: Technician) -> None:
        try:
            with technician.open() as phone:
                while not self._stop.is_set():
                    if len(phone.outbox()) < MOST_WAITING:
                        technician.work(phone)
                    try:
                        phone.sync()
                    except Unreachable:
                        self._stop.wait(AGAIN_SECONDS)
        except BaseException as problem:
            self.broken.append(problem)
