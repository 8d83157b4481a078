"""The committed vectors are judged as they say, by both verifiers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.evidence.case import Outside
from domain.evidence.words import told
from sync.log.note import read_key
from tests.evidence import standalone
from tests.evidence.office import judged
from tests.evidence.vectors_build import VECTORS

CASES = json.loads(VECTORS.read_text(encoding="utf-8"))


def _files(case: dict[str, Any]) -> frozenset[str] | None:
    return None if case["files"] is None else frozenset(case["files"])


@pytest.mark.parametrize("case", CASES, ids=lambda one: one["name"])
def test_a_vector_is_judged_as_it_says(case: dict[str, Any]) -> None:
    keys = tuple(read_key(one) for one in case["keys"])

    verdict = judged(case["file"].encode(), Outside(keys=keys, held=tuple(case["held"]), files=_files(case)))

    assert (verdict.holds(), list(told(verdict, "en"))) == (case["holds"], case["words"])


@pytest.mark.parametrize("case", CASES, ids=lambda one: one["name"])
def test_the_standalone_verifier_judges_a_vector_as_it_says(case: dict[str, Any]) -> None:
    keys = tuple(standalone.note.key_from(one) for one in case["keys"])
    outside = standalone.checks.Outside(keys, tuple(case["held"]), _files(case))

    verdict = standalone.verdict.judge(case["file"].encode(), outside)

    assert (verdict.holds(), list(standalone.words.told(verdict, "en"))) == (case["holds"], case["words"])
