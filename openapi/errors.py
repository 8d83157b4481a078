"""`errors.md`: every problem and every reason that a client can meet, in both languages, made from the code."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from domain.refusals import REFUSALS
from mobile_api.problem import Problem, causes
from mobile_api.problems import JSON_FAULTS, KEY_FAULTS
from sync.fault import FAULTS
from sync.reasons import REASONS

ROOT = Path(__file__).parent.parent
_ROOMS = ("mobile_api", "server", "scheduler")

GROUPS: dict[str, tuple[str, ...]] = {
    "Status `merged`, outcome `merged`": (
        "owner_stands",
        "owner_overrides",
        "immutable",
        "entry_exists",
        "element_kept",
        "superseded",
        "first_stands",
        "greater_stands",
        "text_merged",
        "event_kept",
        "already_decided",
    ),
    "Status `merged`, outcome `superseded`": ("superseded",),
    "Status `merged`, outcome `refused`": ("not_allowed", "deleted_meanwhile"),
    "Status `conflict`, outcome `conflict`": (
        "requested",
        "later_stands",
        "both_kept",
        "text_overlaps",
        "event_conflicts",
        "replayed_late",
        "deleted_meanwhile",
        "edited_meanwhile",
        "value_changed",
    ),
    "Status `duplicate`": ("forked",),
    "Status `parked`, waits by itself": (
        "unknown_record",
        "unknown_reference",
        "unknown_schema",
        "unknown_entity",
        "unknown_field",
    ),
    "Status `parked`, waits for a person": (
        "invalid_value",
        "missing_field",
        "wrong_aggregate",
        "too_large",
        "poisoned",
        "not_entitled",
        "not_your_visit",
        "not_your_role",
        "not_ready_to_close",
    ),
    "Status `parked`, for good": ("dismissed", "erased"),
    "No status: deposited by a revoked or unknown device": ("quarantined",),
}
"""Status of the operation and outcome of the field → the reasons that go with them. A reason may go with several."""

_HEAD = """# Errors and reasons

Made by `python -m openapi.export` from the code; do not edit.

A **problem** refuses a request as a whole: `application/problem+json` (RFC 9457) with the members `type`, `title`,
`status`, `detail` (a sentence for a person, in the language that `Accept-Language` prefers), `code` (stable; retired,
never reused), `retryable` (the same request may succeed later, unchanged) and `details` (for a program). Branch on
`code`, not on `detail` or `title`; treat an unknown code by its status.

A **reason** says what became of one operation or field within an exchange that went well (sync-protocol.md, 7.1):
nothing is lost by it, and nothing has to be sent again.
"""


_ABOUT_REASONS = """\
By the operation's status and the field's outcome. The status is the worst of its fields': an operation in `conflict`
may list fields that are `merged`. The outcome `same`, as the status `applied`, has no reason. A problem of the same
name (`not_ready_to_close`) refuses a desk's request instead.
"""


_ABOUT_REFUSALS = """\
In `details.reason` of the problem `operation_refused`: what a desk may not command, and what the same operation of a
phone may well report. `details.field` names the field as the request does. In the sentences, `{field}` is that name and
`{fact}` what was found there.
"""


_ABOUT_FAULTS = """\
What is wrong with one value, as `details.fault` beside `details.field`, the field's name alone with the way to a member
(`window.starts_at`, `parts[2].code`). What a fault takes stands beside it under its own name: `limit` a number,
`allowed` a list, `name` and `entity` a text. `field_invalid` lists every wrong field in `details.fields`, each with a
`sentence`. `operation_refused` has the reason as `fault` where the reason says it all. The `detail` of a parked
operation is, for developers, the same on one line: `work_order.tier: not_one_of(vip, contract, standard)`.
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
    for code, cause in sorted(problems().items(), key=lambda one: (one[1].status, one[0])):
        again = "yes" if cause.retryable else "no"
        lines.append(f"| `{code}` | {cause.status} | {again} | {_cell(cause.en)} | {_cell(cause.zh)} |")
    lines += ["", "## Faults\n", _ABOUT_FAULTS, "| fault | takes | en | zh |", "|---|---|---|---|"]
    lines += [_fault(code) for code in FAULTS]
    lines += ["", "`json_invalid` has faults of its own:\n", "| fault | en | zh |", "|---|---|---|"]
    lines += [f"| `{code}` | {en} | {zh} |" for code, (en, zh) in JSON_FAULTS.items()]
    lines += ["", "So has `public_key_invalid`:\n", "| fault | en | zh |", "|---|---|---|"]
    lines += [f"| `{code}` | {en} | {zh} |" for code, (en, zh) in KEY_FAULTS.items()]
    lines += ["", "## Reasons\n", _ABOUT_REASONS]
    for title, names in GROUPS.items():
        lines += [f"### {title}\n", *_reasons(names, REASONS), ""]
    lines += ["## Reasons of a refused command\n", _ABOUT_REFUSALS, *_reasons(sorted(REFUSALS), REFUSALS)]
    return "\n".join(lines) + "\n"


def _fault(code: str) -> str:
    kind = FAULTS[code]
    takes = f"`{kind.takes}`" if kind.takes else ""
    en, zh = (_cell(text.replace("{{", "{").replace("}}", "}")) for text in (kind.en, kind.zh))
    return f"| `{code}` | {takes} | {en} | {zh} |"


def _reasons(names: Sequence[str], said: Mapping[str, tuple[str, str]]) -> list[str]:
    rows = [f"| `{name}` | {_cell(said[name][0])} | {_cell(said[name][1])} |" for name in names]
    return ["| reason | en | zh |", "|---|---|---|", *rows]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
