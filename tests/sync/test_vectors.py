"""The engine says what the written contract says: every vector of `openapi/vectors/`, one test each."""

from __future__ import annotations

from typing import Any

import pytest

from tests.openapi.known_faults import KNOWN_FAULTS
from tests.openapi.server import VectorServer, fits, run_pull
from tests.openapi.vectors import PURE, Json, load


def _cases(*kinds: str) -> list[Any]:
    return [
        pytest.param(
            kind,
            case,
            id=f"{kind}: {case['name']}",
            marks=[pytest.mark.xfail(reason=KNOWN_FAULTS[case["name"]], strict=True)]
            if case["name"] in KNOWN_FAULTS
            else [],
        )
        for kind in kinds
        for case in load(kind)["cases"]
    ]


@pytest.mark.parametrize(("kind", "case"), _cases(*PURE))
def test_a_vector_holds(kind: str, case: Json) -> None:
    assert PURE[kind](case) == case["expect"]


@pytest.mark.parametrize(("kind", "case"), _cases("push"))
def test_an_exchange_goes_as_written(kind: str, case: Json) -> None:
    server = VectorServer()
    for place, step in enumerate(case["steps"]):
        said = server.take(step)
        assert fits(said, step.get("expect", {})), f"step {place}: {said}"


@pytest.mark.parametrize(("kind", "case"), _cases("pull"))
def test_a_pull_is_answered_as_written(kind: str, case: Json) -> None:
    assert run_pull(case) == case["expect"]
