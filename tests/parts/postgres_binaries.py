"""Where this machine keeps PostgreSQL's own programs, and as whom they may run."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST_VERSION = 15
DEBIAN_FOLDERS = Path("/usr/lib/postgresql")
UNPRIVILEGED_USERS = ("postgres", "nobody")


class PostgresMissing(Exception):
    """PostgreSQL cannot be started here; the message says why and what would help."""


@dataclass(frozen=True)
class PostgresBinaries:
    """The programs that start a cluster. `run_as` is None when the own user is unprivileged already."""

    initdb: Path
    postgres: Path
    version: int
    run_as: str | None


def find_postgres() -> PostgresBinaries:
    """Return the newest PostgreSQL of at least version 15; raises PostgresMissing."""
    found = [(version, folder) for folder in _folders() if (version := _version(folder)) is not None]
    if not found:
        raise PostgresMissing(
            f"no initdb on PATH or under {DEBIAN_FOLDERS} (on Debian: apt-get install postgresql)"
        )
    version, folder = max(found)
    if version < OLDEST_VERSION:
        raise PostgresMissing(f"PostgreSQL {version} in {folder} is older than {OLDEST_VERSION}")
    return PostgresBinaries(folder / "initdb", folder / "postgres", version, _run_as())


def _folders() -> list[Path]:
    folders = [initdb.parent for initdb in DEBIAN_FOLDERS.glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    return folders


def _version(folder: Path) -> int | None:
    server = folder / "postgres"
    if not server.exists():
        return None
    answer = subprocess.run([server, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"\d+", answer)
    return int(number.group()) if number else None


def _run_as() -> str | None:
    # PostgreSQL refuses to run as root; any existing user without rights will do.
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED_USERS:
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise PostgresMissing(f"running as root, and none of the users {', '.join(UNPRIVILEGED_USERS)} exists")
