"""All mutations, in the order of the invariants."""

from __future__ import annotations

from tests.mutants.faults import (
    invariant_01,
    invariant_02,
    invariant_03,
    invariant_04,
    invariant_05,
    invariant_06,
    invariant_07,
    invariant_08,
    invariant_09,
    invariant_10,
    invariant_11,
    invariant_12,
)
from tests.mutants.mutation import Mutation

_FILES = (
    invariant_01,
    invariant_02,
    invariant_03,
    invariant_04,
    invariant_05,
    invariant_06,
    invariant_07,
    invariant_08,
    invariant_09,
    invariant_10,
    invariant_11,
    invariant_12,
)

MUTATIONS: list[Mutation] = [fault for file in _FILES for fault in file.FAULTS]
