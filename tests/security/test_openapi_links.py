"""One request follows from another's answer: what was made is read, changed on its base, and deleted. No 500."""

from __future__ import annotations

import pytest
from hypothesis import Phase, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis import Case
from schemathesis.core.transport import Response
from schemathesis.generation.stateful.state_machine import StepInput, StepOutput

from tests.security import declared
from tests.security.effort import looking
from tests.security.judged import faults
from tests.security.parties import ROLES
from tests.security.senders import EVERYBODY, Sender

DOCUMENT = declared.document()
STEPS = 25
SCENARIOS = {EVERYBODY: 12, "phone": 6}
"""Else 2 for each role."""
LEAST_FULFILLED = {EVERYBODY: 30, "phone": 4}
"""So many operations are done, and not only refused; a phone creates, looks at, goes on with and gives up an upload."""


@pytest.mark.parametrize("who", ["phone", *ROLES, EVERYBODY])
def test_what_follows_from_an_answer_is_answered_as_declared(everyone: dict[str, Sender], who: str) -> None:
    one, wrong = everyone[who], set[str]()
    read = declared.schema(DOCUMENT)
    asked = read.exclude(path_regex="^/v1/desk/") if who == "phone" else read

    class Scenario(asked.as_state_machine()):  # type: ignore[misc]
        """Requests of one sender, each by a link from an earlier answer."""

        def step(self, input: StepInput) -> StepOutput:
            self._linked = {name for _, name in input.applied_parameters if name}
            return super().step(input)

        def call(self, case: Case, **_: object) -> Response:
            return one.send(case, self._linked)

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
    assert len(one.fulfilled) >= LEAST_FULFILLED.get(who, 1)
