"""Writes openapi/evidence-vectors.json anew: `python -m tests.evidence.vectors_build`.

Signatures with P-256 are random, so each run writes other bytes; the verdicts stay.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from domain.evidence.case import Outside
from domain.evidence.words import told
from sync.log.note import read_key
from tests.evidence.forgeries import FORGERIES
from tests.evidence.office import judged
from tests.evidence.test_words import WORLDS

VECTORS = Path(__file__).parents[2] / "openapi" / "evidence-vectors.json"


def vectors() -> list[dict[str, Any]]:
    """Files that hold, then one for each check that does not."""
    found = [_vector(name, world.file()) for name, world in WORLDS.items()]
    seen: set[str] = set()
    for one in FORGERIES:
        if one.check not in seen:
            seen.add(one.check)
            found.append(_vector(one.name, one.file(), one.keys, one.held, one.files))
    return found


def _vector(
    name: str,
    file: bytes,
    keys: tuple[str, ...] = (),
    held: tuple[str, ...] = (),
    files: frozenset[str] | None = None,
) -> dict[str, Any]:
    verdict = judged(file, Outside(keys=tuple(read_key(one) for one in keys), held=held, files=files))
    return {
        "name": name,
        "file": file.decode(),
        "keys": keys,
        "held": held,
        "files": None if files is None else sorted(files),
        "holds": verdict.holds(),
        "words": list(told(verdict, "en")),
    }


if __name__ == "__main__":
    lines = ",\n ".join(json.dumps(one, ensure_ascii=False) for one in vectors())
    VECTORS.write_text(f"[\n {lines}\n]\n", encoding="utf-8")
