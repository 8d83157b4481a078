"""The table in docs/settings.md, printed from the declarations of the settings and compared with the file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from server.settings import Variable, variable_name, variables

INTRODUCTION = """\
# Settings

Doorstep reads its settings from these environment variables alone, once, when it starts. An empty one counts
as not set. A wrong value, or a `DOORSTEP_` variable that is not in this table, stops the start with one
sentence that names it. Sizes are bytes, or carry KiB, MiB, GiB or TiB.

This page is generated: change `server/settings.py`, then write it anew with
`.venv/bin/python -m server.settings > docs/settings.md`.

| variable | meaning | unit | allowed | default | example |
|---|---|---|---|---|---|
"""


def settings_table() -> str:
    """Return docs/settings.md as it should read."""
    return INTRODUCTION + "".join(_row(name, known) for name, known in variables().items())


def _row(name: str, known: Variable) -> str:
    default = "must be set" if known.default is None else f"`{known.default}`" if known.default else "none"
    allowed = known.kind.form.replace("|", "\\|")
    cells = [f"`{variable_name(name)}`", known.meaning, known.unit, allowed, default, f"`{known.example}`"]
    return f"| {' | '.join(cells)} |\n"


def main() -> None:
    """Print the table, or with `--check FILE` exit 1 when the file differs."""
    parser = argparse.ArgumentParser(prog="python -m server.settings", description=__doc__)
    parser.add_argument("--check", type=Path, metavar="FILE", help="compare with FILE, print nothing")
    checked: Path | None = parser.parse_args().check
    if checked is None:
        sys.stdout.write(settings_table())
    elif not checked.exists() or checked.read_text(encoding="utf-8") != settings_table():
        sys.exit(f"{checked} is out of date: run .venv/bin/python -m server.settings > {checked}")
