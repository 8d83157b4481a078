"""The mutations fit the code as it is; whether the tests catch them is for `make mutants`."""

from __future__ import annotations

import ast

import pytest

from tests.mutants.mutation import ROOT, Mutation, file_of
from tests.mutants.mutations import MUTATIONS

INVARIANTS = set(range(1, 13))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name.replace(" ", "_"))
def test_the_mutation_fits_and_its_test_exists(mutation: Mutation) -> None:
    broken = mutation.applied((ROOT / mutation.file).read_text(encoding="utf-8"))
    ast.parse(broken)
    tests = ast.parse((ROOT / file_of(mutation.invariant)).read_text(encoding="utf-8"))
    assert mutation.test in {one.name for one in tests.body if isinstance(one, ast.FunctionDef)}


def test_each_invariant_has_mutations_with_names_of_their_own() -> None:
    assert {one.invariant for one in MUTATIONS} == INVARIANTS
    assert len({one.name for one in MUTATIONS}) == len(MUTATIONS)
