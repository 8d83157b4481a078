"""`doorstep clocks`: print the rules of the service clocks."""

from __future__ import annotations

import argparse

from domain.clocks.defaults import BOOK
from domain.clocks.rules_print import as_json, as_markdown, as_text
from server.cli.printed import Printed

NAME = "clocks"
MEANING = "print the service clocks: what each limits, from when to when"

_PRINTED = Printed(NAME, lambda: as_text(BOOK), lambda: as_json(BOOK), lambda: as_markdown(BOOK))


def arguments(parser: argparse.ArgumentParser) -> None:
    """The form, or a file to compare with."""
    _PRINTED.arguments(parser, "docs/clock-rules.md")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Print, or compare."""
    return _PRINTED.run(given)
