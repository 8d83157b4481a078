"""The bytes that a sign-off signs are frozen: the published vectors, one by one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.sign_off import InvalidStatement, Statement, document_bytes, parse, signing_bytes
from domain.verification import REASONS, Bearer, verify
from mobile_api.device_key import checked_public_key
from mobile_api.device_signature import is_es256
from sync.clock import Clock
from sync.record import Record
from tests.domain import sign_off_vectors

FILE = Path(__file__).parents[2] / "openapi" / "vectors" / "sign-off.json"
PUBLISHED: dict[str, list[dict[str, Any]]] = json.loads(FILE.read_text(encoding="utf-8"))
CASES, SIGNATURES = PUBLISHED["cases"], PUBLISHED["signatures"]
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


@pytest.mark.parametrize("case", SIGNATURES, ids=lambda case: case["name"])
def test_signature(case: dict[str, Any]) -> None:
    told = case["record"]
    device, seq = told["created"]
    made = Clock(1, device, seq, "technician")

    def row(entity: str, id: str, fields: dict[str, Any]) -> Record:
        return Record(
            entity=entity, id=id, aggregate=told["aggregate"], ver=1, created=made, fields=fields, clocks={}
        )

    sign_off = row("sign_off", told["id"], told["fields"])
    rows = [row("media", id, {"sha256": sha256}) for id, sha256 in case["media"].items()]
    key = checked_public_key(case["public_key"]) if case["public_key"] else b""
    copied_from = tuple(case["copied_from"])
    bearer = Bearer(device=device, copied_from=copied_from, public_key=key, withdrawn=case["withdrawn"])

    found = verify(sign_off, rows, bearer, is_es256).as_field("2026-03-02T09:00:00Z")

    assert {name: found[name] for name in ("result", "reason", "signed_as") if name in found} == case[
        "expect"
    ]


def test_each_reason_has_a_vector_and_sentences_in_both_languages() -> None:
    assert {case["expect"].get("reason", "") for case in SIGNATURES} == {"", *REASONS}
    assert all(en.isascii() and not zh.isascii() for en, zh in REASONS.values())


def test_there_are_enough_vectors() -> None:
    assert len(CASES) >= 12
