"""Find PostgreSQL for the tests, or on Debian as root install it; say plainly when it cannot be had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.parts.postgres_binaries import PostgresMissing, find_postgres

# Debian would start a cluster of its own on port 5432; the tests start theirs, so none is wanted.
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/doorstep-tests.conf")


def main() -> None:
    """Exit 1 only when PostgreSQL is missing although DOORSTEP_REQUIRE_POSTGRES=1 asks for it."""
    try:
        _found()
    except PostgresMissing as missing:
        if _can_install():
            _install()
            _found()
        elif os.environ.get("DOORSTEP_REQUIRE_POSTGRES") == "1":
            sys.exit(f"test: PostgreSQL is required and cannot be had here: {missing}")
        else:
            print(f"test: PostgreSQL cannot be had here: {missing}")
            print("test: its tests will be skipped; all others run, on SQLite", flush=True)


def _found() -> None:
    binaries = find_postgres()
    print(f"test: PostgreSQL {binaries.version} will be started from {binaries.postgres.parent}", flush=True)


def _can_install() -> bool:
    return os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def _install() -> None:
    print("test: PostgreSQL is missing; installing Debian's package postgresql with apt-get", flush=True)
    NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
    NO_CLUSTER.write_text("create_main_cluster = false\n")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "postgresql"]):
        subprocess.run(["apt-get", "-qq", *command], env=quiet, stdin=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main()
