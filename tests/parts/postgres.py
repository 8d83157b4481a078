"""A real, throw-away PostgreSQL cluster: made in a second, gone when the test process ends."""

from __future__ import annotations

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.parts.free_port import LOOPBACK, free_port
from tests.parts.postgres_binaries import PostgresBinaries, find_postgres

START_SECONDS = 30.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.02
PORT_ATTEMPTS = 5
OWNER = "doorstep"
FOLDER_PREFIX = "doorstep-postgres-"


@dataclass
class Postgres:
    """A running cluster on a loopback port and a socket in `folder`; anyone on this machine may connect."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _templates: set[str] = field(default_factory=set)

    def url(self, database: str) -> str:
        """Return the address of a database in this cluster, as DOORSTEP_DATABASE_URL takes it."""
        return f"postgresql://{OWNER}@{LOOPBACK}:{self.port}/{database}"

    def fresh_database(self, template: str = "template1") -> str:
        """Create a database nobody has used, as a copy of `template`, and return its URL (about 15 ms)."""
        name = f"fresh_{next(self._numbers)}"
        # FILE_COPY beat WAL_LOG by a third when fsync is off (13 against 18 ms for 40 tables).
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(name)

    def template(self, name: str, build: Callable[[str], None]) -> str:
        """Let `build(url)` fill a database once, and return its name for `fresh_database`.

        `build` closes its connections: a database in use cannot be copied.
        """
        if name not in self._templates:
            self._execute(f"CREATE DATABASE {name}")
            build(self.url(name))
            self._templates.add(name)
        return name

    def drop_database(self, url: str) -> None:
        """Drop a database by its URL, cutting whoever is still connected; repeating is safe."""
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def end(self, way: signal.Signals) -> None:
        """End the server in the middle: SIGINT is its "fast" way, SIGQUIT its "immediate" one, which is a crash."""
        self.process.send_signal(way)
        self.process.wait(STOP_SECONDS)

    def begin_again(self) -> None:
        """Start the ended server on the folder and port that it had; returns when it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.process.args,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,
                **_identity(find_postgres()),
            )
        if not _answers(self):
            raise RuntimeError(f"PostgreSQL did not come back: {(self.folder / 'log').read_text()[-2000:]}")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_postgres(*, fsync: bool = False, synchronous_commit: bool = False) -> Iterator[Postgres]:
    """Start a cluster of one's own, and stop and remove it afterwards; raises PostgresMissing.

    With `fsync` and `synchronous_commit` a commit is on the disk before it returns, as in production;
    without them, as ordinary tests want it, it survives a kill of the server but no power cut.
    """
    binaries = find_postgres()
    _remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-"))
    try:
        _initialise(binaries, folder)
        cluster = _start(binaries, folder, _settings(fsync, synchronous_commit))
        try:
            yield cluster
        finally:
            _stop(cluster.process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settings(fsync: bool, synchronous_commit: bool) -> dict[str, str]:
    return {
        "fsync": "on" if fsync else "off",
        "full_page_writes": "on" if fsync else "off",
        "synchronous_commit": "on" if synchronous_commit else "off",
        "listen_addresses": LOOPBACK,
        "max_connections": "100",
        "shared_buffers": "64MB",
        "timezone": "UTC",
        "lc_messages": "C",
    }


def _initialise(binaries: PostgresBinaries, folder: Path) -> None:
    if binaries.run_as:
        os.chown(folder, pwd.getpwnam(binaries.run_as).pw_uid, -1)
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    done = subprocess.run(
        [str(binaries.initdb), "-D", str(folder / "data"), "-U", OWNER, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        **_identity(binaries),
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr}")


def _start(binaries: PostgresBinaries, folder: Path, settings: dict[str, str]) -> Postgres:
    # The port is free when asked for and may be taken when bound, so a refused start is tried again.
    for _ in range(PORT_ATTEMPTS):
        port = free_port()
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [
                    binaries.postgres,
                    "-D",
                    folder / "data",
                    "-k",
                    folder,
                    "-p",
                    str(port),
                    *_options(settings),
                ],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,
                **_identity(binaries),
            )
        cluster = Postgres(folder, port, process)
        if _answers(cluster):
            return cluster
        _stop(process)
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text(errors='replace')[-2000:]}")


def _options(settings: dict[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _answers(cluster: Postgres) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and cluster.process.poll() is None:
        try:
            # Over our own socket, so that a stranger who took the port cannot answer in our place.
            with psycopg.connect(host=str(cluster.folder), port=cluster.port, user=OWNER, dbname="postgres"):
                return True
        except psycopg.OperationalError:
            time.sleep(POLL_SECONDS)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)  # "fast": ends sessions, rolls back, shuts down
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(STOP_SECONDS)


def _identity(binaries: PostgresBinaries) -> dict[str, Any]:
    if binaries.run_as is None:
        return {}
    person = pwd.getpwnam(binaries.run_as)
    return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}


def _die_with_parent() -> None:
    # A test process that is killed outright cannot stop its cluster; on Linux the kernel does it instead.
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGQUIT)


def _remove_abandoned() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        owner_pid = folder.name.removeprefix(FOLDER_PREFIX).partition("-")[0]
        if owner_pid.isdigit() and not Path(f"/proc/{owner_pid}").exists() and Path("/proc").exists():
            shutil.rmtree(folder, ignore_errors=True)
