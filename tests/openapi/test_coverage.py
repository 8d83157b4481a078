"""The vectors are many, and leave no cell of the protocol's tables out."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from openapi.vectors_build.__main__ import main
from sync.clock import Relation
from sync.policy import Policy
from sync.reasons import REASONS
from tests.openapi.known_faults import KNOWN_FAULTS
from tests.openapi.vectors import load

KINDS = ("merge", "text", "clock", "canonical", "record", "digest", "audit", "push", "pull")


def test_there_are_at_least_150_vectors() -> None:
    assert sum(len(load(kind)["cases"]) for kind in KINDS) >= 150


def test_the_vectors_are_what_their_cases_make() -> None:
    assert main(["--check"]) == 0


def test_each_policy_meets_each_relation() -> None:
    policies = {policy.__struct_config__.tag for policy in typing.get_args(Policy)}
    wanted = set(product(policies, [relation.value for relation in Relation]))
    covered = {(one["policy"], one["relation"]) for one in _covers()}
    assert wanted - covered == set()


def test_each_policy_meets_each_circumstance() -> None:
    policies = {policy.__struct_config__.tag for policy in typing.get_args(Policy)}
    circumstances = {one["circumstance"] for one in _covers()}
    assert len(circumstances) == 12
    covered = {(one["policy"], one["circumstance"]) for one in _covers()}
    assert set(product(policies, circumstances)) - covered == set()


@pytest.mark.parametrize("author", ["owner", "other", "everyone"])
def test_the_owner_policy_is_tried_by_owners_others_and_where_nobody_owns(author: str) -> None:
    met = {one["circumstance"] for one in _covers() if one["policy"] == "owner" and one["author"] == author}
    assert len(met) == 12


def test_each_reason_occurs_in_a_vector() -> None:
    said = {text for kind in KINDS for case in load(kind)["cases"] for text in _texts(case)}
    silent = {
        "not_your_visit",
        "not_ready_to_close",
        "dismissed",
        "erased",
        "quarantined",
    }  # the business's, and the revoked phone's own words
    assert set(REASONS) - said == silent


def test_each_known_fault_names_a_vector() -> None:
    names = {case["name"] for kind in KINDS for case in load(kind)["cases"]}
    assert set(KNOWN_FAULTS) <= names


def _texts(value: Any) -> Iterator[str]:
    """All texts in a JSON value, member names apart."""
    if isinstance(value, str):
        yield value
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(member)


def _covers() -> list[dict[str, str]]:
    return [case["covers"] for case in load("merge")["cases"] if "covers" in case]
