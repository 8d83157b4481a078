"""The bytes that a sign-off signs are frozen: the published vectors, one by one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.sign_off import InvalidStatement, Statement, document_bytes, parse, signing_bytes
from tests.domain import sign_off_vectors

FILE = Path(__file__).parents[2] / "openapi" / "vectors" / "sign-off.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
FROZEN = "5c3fd7a91442f0c119a1e0f25b250556b6e9046bb1a032842df194b470d9389c"
"""SHA-256 of all expected bytes: a change of version 1 needs a version 2."""


def made(given: dict[str, Any]) -> bytes:
    if "document" in given:
        return document_bytes(given)
    try:
        return signing_bytes(msgspec.convert(given, Statement, strict=True))
    except msgspec.ValidationError as problem:
        raise InvalidStatement([str(problem)]) from problem


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_vector(case: dict[str, Any]) -> None:
    if case["bytes_utf8"] is None:
        with pytest.raises(InvalidStatement):
            made(case["input"])
        return
    signed = made(case["input"])
    assert signed.decode() == case["bytes_utf8"]
    assert hashlib.sha256(signed).hexdigest() == case["sha256"]


@pytest.mark.parametrize(
    "case",
    [one for one in CASES if one["bytes_utf8"] and "statement" in one["input"]],
    ids=lambda one: one["name"],
)
def test_signed_bytes_are_read_back_as_the_same_statement(case: dict[str, Any]) -> None:
    signed = case["bytes_utf8"].encode()
    assert signing_bytes(parse(signed)) == signed


def test_published_file_is_the_generated_one() -> None:
    assert FILE.read_text(encoding="utf-8") == sign_off_vectors.file()


def test_version_1_is_frozen() -> None:
    together = "\n".join(f"{one['name']} {one['sha256']}" for one in CASES)
    assert hashlib.sha256(together.encode()).hexdigest() == FROZEN


def test_the_same_statement_with_spaces_is_not_what_was_signed() -> None:
    signed = CASES[0]["bytes_utf8"].replace(",", ", ").encode()
    with pytest.raises(InvalidStatement):
        parse(signed)


def test_there_are_enough_vectors() -> None:
    assert len(CASES) >= 12
