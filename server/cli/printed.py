"""Pages that are printed from declarations: as text, as JSON, as the page in docs/, or compared with it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from server.cli.stop import Stop


@dataclass(frozen=True, slots=True)
class Printed:
    """One declaration in its three forms; `name` is the subcommand's."""

    name: str
    text: Callable[[], str]
    json: Callable[[], bytes]
    markdown: Callable[[], str]

    def arguments(self, parser: argparse.ArgumentParser, page: str) -> None:
        """The form, or a file to compare with; `page` is where the page lies."""
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="the declaration, for programs")
        form.add_argument("--markdown", action="store_true", help=f"{page}, as it should read")
        form.add_argument("--check", type=Path, metavar="FILE", help="compare with FILE, print nothing")

    def run(self, given: argparse.Namespace) -> int:
        """Print, or compare. Needs no settings and no database."""
        if given.check is not None:
            if _read(given.check) != self.markdown():
                told = f"run .venv/bin/doorstep {self.name} --markdown > {given.check}"
                raise Stop(f"{given.check} is out of date: {told}")
            return 0
        if given.json:
            sys.stdout.write(self.json().decode())
        else:
            sys.stdout.write(self.markdown() if given.markdown else self.text())
        return 0


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Stop(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Stop(f"{file} is not UTF-8, and so is not the page that `--markdown` prints.") from None
