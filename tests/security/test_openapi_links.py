"""One request follows from another's answer: what was made is read, changed on its base, and deleted. No 500."""

from __future__ import annotations

import pytest
from hypothesis import Phase, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis import Case
from schemathesis.core.transport import Response

from tests.security import declared
from tests.security.effort import looking
from tests.security.judged import faults
from tests.security.parties import ROLES
from tests.security.senders import EVERYBODY, Sender

DOCUMENT = declared.document()
STEPS = 25
SCENARIOS = {EVERYBODY: 12}
"""Else 2 for each role."""


@pytest.mark.parametrize("who", [*ROLES, EVERYBODY])
def test_what_follows_from_an_answer_is_answered_as_declared(everyone: dict[str, Sender], who: str) -> None:
    one, wrong = everyone[who], set[str]()

    class Scenario(declared.schema(DOCUMENT).as_state_machine()):  # type: ignore[misc]
        """Requests of one sender, each by a link from an earlier answer."""

        def call(self, case: Case, **_: object) -> Response:
            return one.send(case)

        def validate_response(self, response: Response, case: Case, *_: object, **__: object) -> None:
            wrong.update(faults(DOCUMENT, case, response))

    for number in range(SCENARIOS.get(who, 2)):
        try:
            seed(number)(Scenario).run(
                settings=settings(looking(2), phases=[Phase.generate], stateful_step_count=STEPS)
            )
        except FlakyStrategyDefinition:
            continue  # the company is no longer as it was when the same scenario began before

    assert sorted(wrong) == []
    assert one.answered.total() > STEPS
    assert len(one.fulfilled) > (30 if who == EVERYBODY else 0)
