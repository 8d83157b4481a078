"""Each check finds what only it can find, in both verifiers; one that is left out lets a forgery pass."""

from __future__ import annotations

import pytest

from domain.evidence import checks
from domain.evidence.case import Outside
from domain.evidence.package import encode_package
from domain.evidence.verdict import Verdict
from domain.evidence.words import told
from sync.log.note import read_key
from tests.evidence import standalone
from tests.evidence.forgeries import FORGERIES, Forgery
from tests.evidence.office import judged
from tests.evidence.world import KEY, ORIGIN, PICTURES, World, sha256

EACH = pytest.mark.parametrize("forgery", FORGERIES, ids=lambda one: one.name)


def _ours(forgery: Forgery) -> Verdict:
    keys = tuple(read_key(one) for one in forgery.keys)
    return judged(forgery.file(), Outside(keys=keys, held=forgery.held, files=forgery.files))


def _alone(forgery: Forgery, file: bytes) -> standalone.verdict.Verdict:
    keys = tuple(standalone.note.key_from(one) for one in forgery.keys)
    return standalone.verdict.judge(file, standalone.checks.Outside(keys, forgery.held, forgery.files))


@EACH
def test_a_forgery_is_found(forgery: Forgery) -> None:
    assert _ours(forgery).faults


@EACH
def test_the_standalone_verifier_finds_the_same(forgery: Forgery) -> None:
    file = forgery.file()
    keys = tuple(read_key(one) for one in forgery.keys)
    ours = judged(file, Outside(keys=keys, held=forgery.held, files=forgery.files))

    found = _alone(forgery, file)

    for language in ("en", "zh"):
        assert list(standalone.words.told(found, language)) == list(told(ours, language))


@EACH
def test_a_verifier_that_skips_the_check_is_caught(forgery: Forgery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(checks.CHECKS, forgery.check)
    monkeypatch.delitem(standalone.checks.CHECKS, forgery.check)

    assert not _ours(forgery).faults
    assert not _alone(forgery, forgery.file()).faults


def test_every_check_has_a_forgery_that_only_it_finds() -> None:
    assert {one.check for one in FORGERIES} == checks.CHECKS.keys() == standalone.checks.CHECKS.keys()


def test_what_nobody_touched_holds_with_everything_that_a_reader_can_bring() -> None:
    package = World().package()
    outside = Outside(
        keys=(KEY.named(ORIGIN),),
        held=(package.logs[0].checkpoint,),
        files=frozenset(sha256(one) for one in PICTURES.values()),
    )

    verdict = judged(encode_package(package), outside)

    assert verdict.holds()
    assert {line.code for one in verdict.sign_offs for line in one.not_proven} == {"clock", "who"}
    assert not verdict.not_proven
