"""Peers in folders of their own under var/bench, exactly as locked, installed when they are first needed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / "var" / "bench"


class NotInstalled(Exception):
    """A peer cannot be had here; the message says what failed."""


def node_parts(name: str) -> Path:
    """The folder in which `npm ci` has installed what bench/peers/<name> locks, its own files beside."""
    if shutil.which("npm") is None:
        raise NotInstalled(
            "npm was not found; Node 20 or newer is needed (on Debian: apt-get install nodejs npm)"
        )
    folder = _folder(name)
    for file in (HERE / name).iterdir():
        shutil.copyfile(file, folder / file.name)
    if _changed(folder, HERE / name / "package-lock.json"):
        _run(["npm", "ci", "--prefix", str(folder), "--no-audit", "--no-fund", "--loglevel=error"])
        _remember(folder, HERE / name / "package-lock.json")
    return folder


def python_parts(name: str) -> Path:
    """The `bin` folder of a virtual environment that holds what bench/peers/<name>/requirements.txt locks."""
    folder, lock = _folder(name), HERE / name / "requirements.txt"
    if _changed(folder, lock):
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        _run([*pip, "--no-deps", "--require-hashes", "--requirement", str(lock)])
        _remember(folder, lock)
    return folder / "bin"


def _folder(name: str) -> Path:
    folder = INSTALLED / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _changed(folder: Path, lock: Path) -> bool:
    stamp = folder / ".locked"
    return not stamp.exists() or stamp.read_text() != _checksum(lock)


def _remember(folder: Path, lock: Path) -> None:
    (folder / ".locked").write_text(_checksum(lock))


def _checksum(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _run(command: list[str]) -> None:
    print(f"bench: {' '.join(Path(part).name for part in command[:3])} …", file=sys.stderr, flush=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(f"{command[0]} failed: {(done.stderr or done.stdout)[-600:]}")
