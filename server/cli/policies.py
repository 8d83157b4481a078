"""`doorstep policies`: print who owns which field, and what stands when two people changed it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from domain.declaration import SCHEMA
from domain.policies_print import as_json, as_markdown, as_text
from server.cli.stop import Stop

NAME = "policies"
MEANING = "print who owns which field, and which value stands when two people changed it"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The form, or a file to compare with."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the declaration, as clients get it")
    form.add_argument("--markdown", action="store_true", help="docs/merge-policies.md, as it should read")
    form.add_argument("--check", type=Path, metavar="FILE", help="compare with FILE, print nothing")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Print, or compare. Needs no settings and no database."""
    if given.check is not None:
        if _read(given.check) != as_markdown(SCHEMA):
            raise Stop(
                f"{given.check} is out of date: run .venv/bin/doorstep policies --markdown > {given.check}"
            )
        return 0
    if given.json:
        sys.stdout.write(as_json(SCHEMA).decode())
    else:
        sys.stdout.write(as_markdown(SCHEMA) if given.markdown else as_text(SCHEMA))
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
