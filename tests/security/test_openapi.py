"""Whatever the document lets be sent, by whomever: no 500, and no answer that it does not declare."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation

from tests.security import declared
from tests.security.declared import Json
from tests.security.effort import looking
from tests.security.judged import faults
from tests.security.parties import ROLES
from tests.security.senders import SENDERS, Sender

DOCUMENT = declared.document()
OPERATIONS = declared.operations(declared.schema(DOCUMENT))
SHARES = dict.fromkeys(ROLES, 4)
"""A role sends every fourth operation: the roles overlap, and whoever has all of them reaches each handler."""
EXAMPLES = {"everybody": 3}
"""Of each operation, once as declared and once not; else 1. Hypothesis's first example is always its simplest."""


@pytest.mark.parametrize("who", SENDERS)
def test_every_answer_is_one_that_the_document_declares(everyone: dict[str, Sender], who: str) -> None:
    one, wrong = everyone[who], set[str]()
    share = SHARES.get(who, 1)

    for operation in OPERATIONS[SENDERS.index(who) % share :: share]:
        for mode in modes(operation):
            wrong |= told_wrongly(one, operation, mode, EXAMPLES.get(who, 1))

    assert sorted(wrong) == []
    assert one.answered.total() >= len(OPERATIONS) // share


def modes(operation: APIOperation) -> list[GenerationMode]:
    """As declared; and otherwise, where there is something that can be wrong."""
    if operation.body or operation.query:
        return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    return [GenerationMode.POSITIVE]


def told_wrongly(
    one: Sender, operation: APIOperation, mode: GenerationMode, examples: int, described: Json = DOCUMENT
) -> set[str]:
    """What the document does not foresee about the answers to some requests of a kind."""
    found: set[str] = set()

    @settings(looking(examples + 1), phases=[Phase.generate])
    @given(operation.as_strategy(generation_mode=mode))
    def send(case: Case) -> None:
        found.update(faults(described, case, one.send(case)))

    send()
    return found
