"""Any single byte of a file that is not what it was is found, by both verifiers."""

from __future__ import annotations

import random

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from domain.evidence import checks
from mobile_api.device_key import checked_public_key, jwk_of
from server.evidence.key import ARITHMETIC, is_ed25519
from tests.evidence import standalone
from tests.evidence.office import judged
from tests.evidence.world import World

ALONE_IN_ALL = 150
"""So many flips are judged by the standalone verifier's own arithmetic; every flip, by the library's in its place."""


@pytest.fixture(scope="module")
def file() -> bytes:
    """A small file, with everything that a file can have."""
    made = World().file()
    assert judged(made).holds()
    assert standalone.verdict.judge(made).holds()
    return made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standalone verifier with a library's arithmetic, which is twenty times as fast."""

    def es256(x: bytes, y: bytes, signed: bytes, signature: bytes) -> bool:
        point = (int.from_bytes(x, "big"), int.from_bytes(y, "big"))
        try:
            key = ec.EllipticCurvePublicNumbers(*point, ec.SECP256R1()).public_key()
        except ValueError:
            return False
        return ARITHMETIC.is_es256(checked_public_key(dict(jwk_of(key))), signed, signature)

    monkeypatch.setattr(standalone.ed25519, "is_signed", is_ed25519)
    monkeypatch.setattr(standalone.es256, "is_signed", es256)


def _flipped(file: bytes, place: int, dice: random.Random) -> bytes:
    return file[:place] + bytes([file[place] ^ 1 << dice.randrange(8)]) + file[place + 1 :]


def test_every_single_flipped_byte_is_found(file: bytes) -> None:
    dice = random.Random(1)
    missed = [place for place in range(len(file)) if not judged(_flipped(file, place, dice)).faults]

    assert missed == []


def test_the_standalone_verifier_finds_every_single_flipped_byte(file: bytes, quick: None) -> None:
    dice = random.Random(2)
    judge = standalone.verdict.judge
    missed = [place for place in range(len(file)) if not judge(_flipped(file, place, dice)).faults]

    assert missed == []


def test_the_standalone_verifier_needs_no_library_for_it(file: bytes) -> None:
    dice = random.Random(3)
    places = sorted(dice.sample(range(len(file)), ALONE_IN_ALL))
    judge = standalone.verdict.judge
    missed = [place for place in places if not judge(_flipped(file, place, dice)).faults]

    assert missed == []


def test_a_file_that_was_cut_or_lengthened_is_found(file: bytes) -> None:
    for changed in (b"", file[:-1], file[1:], file + b"\n", file + file, b"\xef\xbb\xbf" + file):
        assert judged(changed).faults
        assert standalone.verdict.judge(changed).faults


def test_without_the_seal_only_what_means_nothing_slips_through(
    file: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: flips in the time of making and in the seal itself are the seal's alone to find."""
    monkeypatch.delitem(checks.CHECKS, "seal")
    dice = random.Random(4)
    missed = {place for place in range(len(file)) if not judged(_flipped(file, place, dice)).faults}

    made_at, seal = file.index(b'"made_at"'), file.index(b'"seal"')
    assert missed
    assert all(made_at < place < made_at + 40 or place > seal or _is_scope(file, place) for place in missed)


def _is_scope(file: bytes, place: int) -> bool:
    start = file.index(b'"scope"')
    return start < place < start + 24
