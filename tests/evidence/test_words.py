"""Both verifiers say the same, in both languages."""

from __future__ import annotations

import re

import pytest

from domain.evidence import sentences
from domain.evidence.words import told
from domain.verification import REASONS
from tests.evidence import standalone
from tests.evidence.office import judged
from tests.evidence.world import World, statement

TABLES = ("LINES", "FAULTS", "STATUS", "OUTCOMES")
SINGLE = ("HOLDS", "SIGNATURE_OPEN", "FAULTY", "PROVEN", "NOT_PROVEN", "SIGN_OFF", "WHOLE_FILE")
_FACT = re.compile(r"{(\w+)}")


@pytest.mark.parametrize("name", [*TABLES, *SINGLE])
def test_the_standalone_verifier_says_the_same_word_for_word(name: str) -> None:
    assert getattr(standalone.sentences, name) == getattr(sentences, name)


def test_the_reasons_are_the_protocols() -> None:
    assert standalone.sentences.REASONS == REASONS


@pytest.mark.parametrize("table", TABLES)
def test_both_languages_name_the_same_facts(table: str) -> None:
    for english, chinese in getattr(sentences, table).values():
        assert sorted(_FACT.findall(english)) == sorted(_FACT.findall(chinese))
        assert re.search(r"[\u4e00-\u9fff]", chinese) and not re.search(r"[\u4e00-\u9fff]", english)


WORLDS = {
    "signed": World(),
    "no state of the log named": World(said=statement()),
    "erased": World(said=statement(), erased=frozenset({4})),
    "erased altogether": World(said=statement(), erased=frozenset({1, 2, 3, 4})),
    "not verified": World(
        said=statement(),
        sign_off={"result": "not_verified", "reason": "signature_missing", "key_sha256": None},
    ),
    "enrolment unknown": World(said=statement(), sign_off={"received_at": ""}),
}


@pytest.mark.parametrize("name", WORLDS)
def test_the_two_verdicts_are_the_same(name: str) -> None:
    file = WORLDS[name].file()

    for language in ("en", "zh"):
        ours = list(told(judged(file), language))
        alone = list(standalone.words.told(standalone.verdict.judge(file), language))
        assert ours == alone


def test_what_was_erased_is_said_and_the_rest_is_proven() -> None:
    verdict = judged(WORLDS["erased"].file())

    (one,) = verdict.sign_offs
    assert verdict.holds() and one.status == "erased"
    assert {line.code for line in one.proven} == {"enrolled", "received", "logged", "history"}
    assert {line.code for line in one.not_proven} == {"erased", "who"}


def test_a_sign_off_that_the_server_could_not_verify_is_not_proven() -> None:
    verdict = judged(WORLDS["not verified"].file())

    (one,) = verdict.sign_offs
    assert not verdict.faults and not verdict.holds() and one.status == "not_proven"
    assert "no signature by a phone" in "\n".join(told(verdict, "en"))


def test_a_phone_that_names_a_state_of_the_log_proves_after_which_entry_it_signed() -> None:
    (one,) = judged(WORLDS["signed"].file()).sign_offs

    assert [line.facts["size"] for line in one.proven if line.code == "after"] == [2]
