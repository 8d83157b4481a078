"""Write the vectors (`python -m openapi.vectors_build`), or only say whether they are current (`--check`)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from openapi.vectors_build import (
    byte_cases,
    clock_cases,
    merge_matrix,
    merge_more,
    merge_roles,
    merge_sets,
    pull_cases,
    push_again,
    push_cases,
    push_decisions,
    push_edges,
    push_hard,
    push_parked,
    text_cases,
)
from openapi.vectors_build.world import SCHEMA, Json

FOLDER = Path(__file__).parent.parent / "vectors"


def files() -> dict[str, str]:
    """File name → text. One case a line, so that a change of one case is a change of one line."""
    merge = [
        *merge_matrix.cases(),
        *merge_more.forms(),
        *merge_more.equal_values(),
        *merge_more.creations(),
        *merge_more.deletions(),
        *merge_more.revivals(),
        *merge_sets.elements(),
        *merge_sets.entries(),
        *merge_sets.together(),
        *merge_sets.decided(),
        *merge_roles.roles(),
    ]
    push = [
        *push_cases.first(),
        *push_parked.cases(),
        *push_cases.last(),
        *push_decisions.cases(),
        *push_hard.cases(),
        *push_edges.first(),
        *push_again.cases(),
        *push_edges.last(),
    ]
    return {
        "merge.json": _text("One operation meets one record.", "merge", merge, SCHEMA),
        "text.json": _text("Three-way merge of prose.", "text", text_cases.cases()),
        "clock.json": _text("How an operation stands to a clock.", "clock", clock_cases.cases()),
        "canonical.json": _text(
            "Canonical JSON and content hashes.",
            "canonical",
            [*byte_cases.canonical_cases(), *byte_cases.operation_cases()],
        ),
        "record.json": _text("A record and its bytes.", "record", byte_cases.record_cases()),
        "digest.json": _text("Digests of aggregates and manifests.", "digest", byte_cases.digest_cases()),
        "audit.json": _text("The audit chain.", "audit", byte_cases.audit_cases()),
        "push.json": _text("Exchanges with a server, push side.", "push", push, SCHEMA),
        "pull.json": _text("Exchanges with a server, pull side.", "pull", pull_cases.cases()),
    }


def _text(about: str, kind: str, cases: list[Json], schema: Json | None = None) -> str:
    names = [case["name"] for case in cases]
    if len(set(names)) != len(names):
        raise ValueError(f"{kind}: names of cases repeat")
    head = {"protocol": 1, "kind": kind, "about": about}
    lines = [f" {_line(name)}: {_line(value)}" for name, value in head.items()]
    if schema is not None:
        lines.append(f' "schema": {_line(schema)}')
    body = ",\n".join(f"  {_line(case)}" for case in cases)
    return "{\n" + ",\n".join(lines) + ',\n "cases": [\n' + body + "\n ]\n}\n"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def main(arguments: list[str]) -> int:
    """Exit 1 when `--check` finds a file that is not what the cases say."""
    stale = []
    for name, text in files().items():
        path = FOLDER / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.write_text(text, "utf-8")
    if "--check" in arguments and stale:
        print(f"vectors are not current: {', '.join(stale)}; run: python -m openapi.vectors_build")
        return 1
    print(f"vectors: {', '.join(stale) or 'all current'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
