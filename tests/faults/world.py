"""One database, one fleet of phones, and server processes that are started, killed and started again."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.faults.company import found_company, variables
from tests.faults.fleet import Fleet, Technician
from tests.faults.promises import check_acknowledged, check_everything, hold
from tests.parts.free_port import free_port
from tests.parts.server_process import SERVE, ServerProcess, start_server

PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.005


def flawed(flaw: str) -> tuple[str, ...]:
    """The command of a server with a flaw in it (see `tests.faults.flawed_serve`)."""
    return (sys.executable, "-m", "tests.faults.flawed_serve", flaw)


class World:
    """Phones work in the background while a test hurts the servers; every recovery is measured."""

    def __init__(
        self,
        database_url: str,
        folder: Path,
        *,
        phones: int = 4,
        phones_in: Path | None = None,
        servers: int = 1,
        command: Sequence[str] = SERVE,
        seed: int = 0,
    ) -> None:
        self.database_url, self.folder = database_url, folder
        self.dice = random.Random(seed)
        self.recoveries: list[float] = []
        """Seconds from a kill until a phone had the result of new work again: the start of the server included."""
        self.all_back: list[float] = []
        """The same until every phone had."""
        self.starved: list[float] = []
        """Seconds of each recovery for which the new process was ready to run and had no core: others' doing."""
        self.kills = 0
        self._command = command
        self._variables = variables(database_url, folder)
        jobs = found_company(database_url, folder, phones)
        self._ports = [free_port() for _ in range(servers)]
        self.servers: list[ServerProcess] = [self._begin(port) for port in self._ports]
        self.road: str | None = None
        """Where the phones' signal goes instead, when a test lays a road between."""
        home = phones_in or folder
        self.fleet = Fleet([Technician(job, home, self._choose, number) for number, job in enumerate(jobs)])
        for technician in self.fleet.technicians:
            technician.enrol()

    def close(self) -> None:
        """End every server."""
        for server in self.servers:
            server.kill()

    def kill(self, number: int = 0) -> float:
        """SIGKILL to one server; the moment, by the monotonic clock."""
        self.servers[number].kill()
        self.kills += 1
        return time.monotonic()

    def begin_again(self, number: int = 0) -> None:
        """Start it again, on the port that it had."""
        self.servers[number] = self._begin(self._ports[number])

    def kill_and_begin_again(self, number: int = 0, *, look: bool = True) -> None:
        """One kill: look into the database while the server is dead, start it, and wait until phones are served again.

        With other servers alive, phones go on meanwhile, and nothing is measured.
        """
        alone = len(self.servers) == 1
        killed_at = self.kill(number)
        looked = 0.0
        if look:
            check_acknowledged(self.database_url, self.fleet)
            looked = time.monotonic() - killed_at
        self.begin_again(number)
        if alone:
            # Looking is the test's own time: a supervisor starts the next server at once.
            self.recovered(killed_at, looked)

    def recovered(self, since: float, less: float = 0.0) -> None:
        """Wait until every phone has had an answer to new work, and note how long that took."""
        phones = len(self.fleet.technicians)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(heard := self.fleet.heard_after(since)) < phones:
            hold(not self.fleet.broken, f"a phone broke: {self.fleet.broken[:1]}")
            hold(time.monotonic() < deadline, f"{len(heard)} of {phones} phones came back")
            time.sleep(POLL_SECONDS)
        self.recoveries.append(min(heard) - since - less)
        self.all_back.append(max(heard) - since - less)
        self.starved.append(sum(waited_for_a_core(one.process.pid) for one in self.servers))

    def load(self, seconds: float) -> None:
        """Let the phones work for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            hold(not self.fleet.broken, f"a phone broke: {self.fleet.broken[:1]}")
            time.sleep(min(0.02, max(0.0, until - time.monotonic())))

    def check(self) -> None:
        """Quiet, then every promise; the servers are ended for it, so that nothing is left in a process."""
        self.fleet.stop()
        self.fleet.settle()
        self.close()
        check_everything(self.database_url, self.fleet)

    def _begin(self, port: int) -> ServerProcess:
        return start_server(self.folder, self._variables, command=self._command, port=port)

    def _choose(self) -> str:
        return self.road or self.dice.choice(self.servers).base_url


def waited_for_a_core(pid: int) -> float:
    """Seconds that a process's first thread, which starts it, has waited in the run queue; 0 where nobody counts."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


@contextmanager
def world(database_url: str, folder: Path, **more: object) -> Iterator[World]:
    """A world whose phones are at work; its servers end with the block."""
    made = World(database_url, folder, **more)  # type: ignore[arg-type]
    try:
        made.fleet.start()
        yield made
    finally:
        made.close()
        made.fleet._stop.set()
