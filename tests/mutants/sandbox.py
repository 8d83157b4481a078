"""A copy of the repository in which one thing is broken at a time."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path

from tests.mutants.mutation import ROOT, Mutation, file_of

LIMIT_SECONDS = 120
MOST_TOLD = 260
"""Characters of what a failing test says."""
_FAILED = re.compile(r"^FAILED \S+::(\S+)(?: - (.*))?", re.MULTILINE)
_OPTIONS = ["-x", "-q", "-rf", "--tb=no", "-p", "no:cacheprovider", "-p", "pytest_timeout"]


@dataclass(frozen=True)
class Verdict:
    """What the tests said."""

    word: str
    """red, green, or: broken (no test could run), timeout."""
    detail: str
    seconds: float


class Sandbox:
    """One copy, used by one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in _files():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)

    def run(self, mutation: Mutation) -> Verdict:
        """Put the fault in, run its test, take the fault out."""
        with self._broken(mutation):
            return self.test(mutation.invariant, mutation.selection)

    def test(self, invariant: int, selection: str) -> Verdict:
        """Run some tests of one invariant."""
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", str(file_of(invariant)), "-k", selection, *_OPTIONS],
            cwd=self._folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate()
            return Verdict("timeout", f"no end after {LIMIT_SECONDS} s", time.monotonic() - started)
        return _verdict(process.returncode, said, time.monotonic() - started)

    def is_itself(self) -> bool:
        """Whether the packages that tests import here are the copy's."""
        code = "import sync, domain, media, mobile_api, server, doorstep_client as phone\n"
        code += (
            "print(*(one.__file__ for one in (sync, domain, media, mobile_api, server, phone)), sep='\\n')"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=self._folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return all(Path(line).is_relative_to(self._folder) for line in done.stdout.split())

    @contextmanager
    def _broken(self, mutation: Mutation) -> Iterator[None]:
        path = self._folder / mutation.file
        sound = path.read_text(encoding="utf-8")
        _write(path, mutation.applied(sound))
        try:
            yield
        finally:
            _write(path, sound)

    def _environment(self) -> dict[str, str]:
        paths = [str(self._folder), str(self._folder / "clients" / "python")]
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "COLUMNS": "400",
        }


def _write(path: Path, text: str) -> None:
    """Compiled code goes too: it is told from its source by a time in whole seconds and a size."""
    path.write_text(text, encoding="utf-8")
    Path(cache_from_source(str(path))).unlink(missing_ok=True)


def _files() -> list[str]:
    """What git knows or would take, as it stands in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [name for name in listed.stdout.split("\0") if name]
    return [name for name in names if (ROOT / name).is_file()]


def _verdict(code: int, said: str, seconds: float) -> Verdict:
    failed = _FAILED.search(said)
    last = said.strip().splitlines()[-1] if said.strip() else f"exit code {code}"
    if code == 0 and " passed" in last:
        return Verdict("green", last, seconds)
    if code == 1 and failed:
        return Verdict("red", f"{failed[1]}: {failed[2] or ''}"[:MOST_TOLD], seconds)
    return Verdict("broken", last, seconds)
