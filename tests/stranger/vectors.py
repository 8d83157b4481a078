"""The published vectors, read as any integrator would read them."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "openapi" / "vectors"
PROTOCOL = 1


def load(kind: str) -> dict[str, Any]:
    """One vector file; raises ValueError for another protocol."""
    document: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    if document["protocol"] != PROTOCOL:
        raise ValueError(f"{kind} is of protocol {document['protocol']}")
    return document


def cases(kind: str, part: str = "cases") -> list[Any]:
    """The cases of one file, each to be shown under its name."""
    return [_Named(case) for case in load(kind)[part]]


class _Named(dict[str, Any]):
    """A case whose test is called by its name."""

    @property
    def __name__(self) -> str:
        return str(self["name"])
