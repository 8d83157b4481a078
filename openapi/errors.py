"""`errors.md`: every problem and every reason that a client can meet, in both languages, made from the code."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path

from mobile_api.problem import Problem, causes
from sync.reasons import REASONS

ROOT = Path(__file__).parent.parent
_ROOMS = ("mobile_api", "server", "scheduler")

_PARKED_FROM = "unknown_entity"
"""In `REASONS` the reasons of merging come first, then those of parking from this one on."""

_HEAD = """# Errors and reasons

Made by `python -m openapi.export` from the code; do not edit.

A **problem** refuses a request as a whole: `application/problem+json` (RFC 9457) with the members `type`, `title`,
`status`, `detail` (a sentence for a person, in the language that `Accept-Language` prefers), `code` (stable; retired,
never reused), `retryable` (the same request may succeed later, unchanged) and `details` (for a program). Branch on
`code`, not on `detail` or `title`; treat an unknown code by its status.

A **reason** says what became of one operation or field within an exchange that went well (sync-protocol.md, 7.1):
nothing is lost by it, and nothing has to be sent again.
"""


def problem_modules() -> list[str]:
    """Modules that declare problems: `problem.py` and `problems.py`, wherever they lie."""
    found = [
        path.relative_to(ROOT).with_suffix("")
        for room in _ROOMS
        for path in sorted((ROOT / room).rglob("problem*.py"))
        if path.stem in ("problem", "problems")
    ]
    return [".".join(path.parts) for path in found]


def problems() -> Mapping[str, type[Problem]]:
    """All problems by code, wherever they are declared."""
    for module in problem_modules():
        importlib.import_module(module)
    return {code: cause for code, cause in causes().items() if cause.__module__.split(".")[0] in _ROOMS}


def page() -> str:
    """The text of `errors.md`."""
    lines = [_HEAD, "## Problems\n", "| code | status | again? | en | zh |", "|---|---|---|---|---|"]
    for code, cause in problems().items():
        again = "yes" if cause.retryable else "no"
        lines.append(f"| `{code}` | {cause.status} | {again} | {_cell(cause.en)} | {_cell(cause.zh)} |")
    names = list(REASONS)
    parked = names.index(_PARKED_FROM)
    lines += ["", "## Reasons of merged operations and fields\n", *_reasons(names[:parked])]
    lines += ["", "## Reasons of parked, quarantined and repeated operations\n", *_reasons(names[parked:])]
    return "\n".join(lines) + "\n"


def _reasons(names: list[str]) -> list[str]:
    rows = [f"| `{name}` | {_cell(REASONS[name][0])} | {_cell(REASONS[name][1])} |" for name in names]
    return ["| reason | en | zh |", "|---|---|---|", *rows]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
