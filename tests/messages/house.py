"""The company of the domain's tests, with a tick, a sender and a channel on a clock that the test moves."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from domain.commands.draft import create, update
from scheduler.instants import later
from scheduler.jobs import JOBS
from scheduler.memory_queue import MemoryQueue
from scheduler.messages.channel import Channel, Letter, Rejected, Unreachable
from scheduler.messages.compose import Composer
from scheduler.messages.sender import Sender, Sent
from scheduler.tick import Tick, Ticked
from sync.record import Record
from tests.domain.world import World

START = "2026-03-02T09:00:00.000Z"
T_90, T_75, T_60 = "2026-03-02T07:30:00.000Z", "2026-03-02T07:45:00.000Z", "2026-03-02T08:00:00.000Z"


class Post:
    """A channel that keeps what it is given, once per key; it can be told to be away, to refuse, or to hang."""

    def __init__(self, name: str = "post") -> None:
        self.name = name
        self.calls: list[Letter] = []
        self.letters: dict[str, Letter] = {}
        self.fault: Exception | None = None
        self.hangs = threading.Event()
        self.hangs.set()

    def send(self, letter: Letter) -> str:
        """Take it."""
        self.calls.append(letter)
        self.hangs.wait(5)
        if self.fault is not None:
            raise self.fault
        self.letters.setdefault(letter.key, letter)
        return f"ref-{len(self.letters)}"

    @property
    def kinds(self) -> list[str]:
        """What was said, in order."""
        return [one.kind for one in self.letters.values()]


class House(World):
    """A visit at nine in Shanghai's afternoon (17:00), unconfirmed; the clock stands three days before."""

    def __init__(self, starts_at: str = START) -> None:
        super().__init__()
        self.clock = "2026-02-27T08:00:00.000Z"
        self.engine._now = lambda: self.clock
        self.queue = MemoryQueue(self.store, lambda: self.clock)
        self.post = Post()
        self.routes: dict[str, Channel] = {"sms": self.post, "email": self.post, "wechat": self.post}
        self.tick = Tick(self.engine, self.queue, JOBS)
        self.deadline_seconds = 5.0
        self.assign()
        if starts_at != START:
            self.move(starts_at)

    def sender(self) -> Sender:
        """As it is wired in the product."""
        composer = Composer(self.store, lambda id: f"https://service.example/c/{id}")
        return Sender(
            self.engine, self.queue, composer, self.routes, lambda: self.clock, deadline_seconds=self.deadline_seconds
        )  # fmt: skip

    def at(self, instant: str) -> tuple[Ticked, Sent]:
        """The clock is put there, and everything that is due is done."""
        self.clock = instant
        return self.tick(), self.sender()()

    def pass_by(self, instants: Sequence[str]) -> None:
        """One after the other."""
        for instant in instants:
            self.at(instant)

    def wait(self, seconds: float) -> Sent:
        """Time goes on, and the sender looks again."""
        self.clock = later(self.clock, seconds)
        return self.sender()()

    def change(self, **fields: Any) -> None:
        """The dispatcher changes the visit."""
        self.dispatcher.give([update(self["visit", "VA"], **fields)])

    def move(self, starts_at: str) -> None:
        """To another time, for two hours."""
        self.change(window={"starts_at": starts_at, "ends_at": later(starts_at, 7200)})

    def confirm(self) -> None:
        """The technician taps."""
        self.a.give([update(self["visit", "VA"], technician_confirmed={"at": self.clock, "how": "tap"})])

    def messages(self) -> list[Record]:
        """All notifications, in the order in which they were asked for."""
        return sorted(
            self.of("work_order/W1", "notification"), key=lambda one: (one.fields["asked_at"], one.id)
        )

    def states(self) -> list[tuple[str, str]]:
        """(kind, state) of each."""
        return [(one.fields["kind"], one.fields["state"]) for one in self.messages()]

    def worded(self, fields: Mapping[str, Any]) -> None:
        """The office words a message."""
        self.supervisor.give([create("message_template", "MT1", "company/messages", **fields)])


__all__ = ["START", "T_60", "T_75", "T_90", "House", "Post", "Rejected", "Unreachable"]
