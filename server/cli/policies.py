"""`doorstep policies`: print who owns which field, and what stands when two people changed it."""

from __future__ import annotations

import argparse

from domain.declaration import SCHEMA
from domain.policies_print import as_json, as_markdown, as_text
from server.cli.printed import Printed

NAME = "policies"
MEANING = "print who owns which field, and which value stands when two people changed it"

_PRINTED = Printed(NAME, lambda: as_text(SCHEMA), lambda: as_json(SCHEMA), lambda: as_markdown(SCHEMA))


def arguments(parser: argparse.ArgumentParser) -> None:
    """The form, or a file to compare with."""
    _PRINTED.arguments(parser, "docs/merge-policies.md")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Print, or compare."""
    return _PRINTED.run(given)
