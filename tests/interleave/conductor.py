"""Lets one connection run one statement at a time, in the order that a seed says."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import psycopg

BLOCKED = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid = ANY(%s)"
LONGEST_STATEMENT_SECONDS = 20
LOOK_AGAIN_SECONDS = 0.001


class Conductor:
    """Every actor is a thread that asks before each statement. A statement that waits for a lock counts as taken."""

    def __init__(self, seed: int, url: str) -> None:
        self._random = random.Random(seed)
        self._turn = threading.Condition()
        self._waiting: dict[str, str] = {}
        self._granted: str | None = None
        self._running: set[str] = set()
        self._speeds: dict[str, int] = {}
        self._pids: dict[str, int] = {}
        self._watch = psycopg.connect(url, autocommit=True)
        self.trace: list[str] = []
        self.failures: list[BaseException] = []

    def perform(self, actors: dict[str, Callable[[], None]]) -> None:
        """Run all actors to their end; `trace` then tells the order of their statements."""
        threads = [threading.Thread(target=self._act, args=item, name=item[0]) for item in actors.items()]
        self._running = set(actors)
        self._speeds = {name: self._random.choice((1, 3, 9)) for name in actors}
        for thread in threads:
            thread.start()
        while self._step():
            pass
        for thread in threads:
            thread.join(LONGEST_STATEMENT_SECONDS)
        self._watch.close()
        if self.failures:
            raise self.failures[0]

    def before_statement(self, pid: int, text: str) -> None:
        """Called in an actor's thread; returns when the statement may run. Other threads pass."""
        name = threading.current_thread().name
        with self._turn:
            if name not in self._running:
                return
            self._pids[name] = pid
            self._waiting[name] = text
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._granted == name, LONGEST_STATEMENT_SECONDS)
            self._granted = None
            self._waiting.pop(name, None)
            self._turn.notify_all()

    def _act(self, name: str, act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as failure:
            self.failures.append(failure)
        with self._turn:
            self._running.discard(name)
            self._turn.notify_all()

    def _step(self) -> bool:
        """Wait until everybody asks, has ended or is blocked; then let one of those who ask go on."""
        with self._turn:
            for _ in range(int(LONGEST_STATEMENT_SECONDS / LOOK_AGAIN_SECONDS)):
                if self._settled():
                    break
                self._turn.wait(LOOK_AGAIN_SECONDS)
            if not self._running:
                return False
            if self._waiting:
                names = sorted(self._waiting)
                (name,) = self._random.choices(names, [self._speeds[name] for name in names])
                self.trace.append(f"{name}: {' '.join(self._waiting[name].split())[:60]}")
                self._granted = name
                self._turn.notify_all()
                self._turn.wait_for(lambda: self._granted is None, LONGEST_STATEMENT_SECONDS)
        return True

    def _settled(self) -> bool:
        busy = self._running - set(self._waiting)
        if not busy:
            return True
        if not busy <= set(self._pids):
            return False
        if not self._waiting:
            return False
        pids = [self._pids[name] for name in busy]
        blocked = {row[0] for row in self._watch.execute(BLOCKED, (pids,)).fetchall()}
        return blocked >= set(pids)


def gated(conductor: Conductor) -> type[psycopg.Connection[Any]]:
    """A connection class whose connections ask the conductor before each statement."""

    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            conductor.before_statement(self.connection.info.backend_pid, _text(query))
            return super().execute(query, params, **more)

    class ServerCursor(psycopg.ServerCursor[Any]):
        def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            conductor.before_statement(self.connection.info.backend_pid, _text(query))
            return super().execute(query, params, **more)

    class Connection(psycopg.Connection[Any]):
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more)
            self.cursor_factory = Cursor
            self.server_cursor_factory = ServerCursor

    return Connection


def _text(query: Any) -> str:
    return query.decode() if isinstance(query, bytes) else str(query)
