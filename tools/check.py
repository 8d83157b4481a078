"""Run every check that is not a test, all of them even when one fails, and say which failed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent

CHECKS = {
    "style": ["ruff", "check", "."],
    "layout": ["ruff", "format", "--check", "--quiet", "."],
    "types": ["mypy"],
    "imports": ["lint-imports"],
    "settings page": ["python", "-m", "server.settings", "--check", "docs/settings.md"],
    "merge policies page": ["doorstep", "policies", "--check", "docs/merge-policies.md"],
    "clock rules page": ["doorstep", "clocks", "--check", "docs/clock-rules.md"],
    "OpenAPI and vectors": ["python", "-m", "openapi.export", "--check"],
}


def main() -> None:
    """Exit 1 when a check failed, after all have run."""
    failed = [name for name, command in CHECKS.items() if not _passes(name, command)]
    if failed:
        sys.exit(f"check: failed: {', '.join(failed)}")
    print("check: all passed")


def _passes(name: str, command: list[str]) -> bool:
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
    )
    passed = done.returncode == 0
    print(f"check: {name}: {'passed' if passed else 'FAILED'}", flush=True)
    if not passed:
        print(done.stdout, flush=True)
    return passed


if __name__ == "__main__":
    main()
