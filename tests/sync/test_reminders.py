"""How a rule asks for a reminder, on every store."""

from __future__ import annotations

import pytest

from sync.engine import Draft
from sync.push import Refused
from sync.reminder import Overtaken, Settlement
from tests.sync.conftest import Bench
from tests.sync.reminding import CALL, remind_job
from tests.sync.toy import DESK, raw

TEN, TWELVE = (
    {"starts_at": f"2026-02-01T{hour}:00:00Z", "ends_at": f"2026-02-01T{hour}:30:00Z"}
    for hour in ("10", "12")
)


@pytest.fixture
def reminding(bench: Bench) -> Bench:
    """Rules that ask."""
    bench.rules.reminds = {"job": remind_job}
    return bench


def asked(bench: Bench) -> list[tuple[int, str, str]]:
    """(revision, due at, state)."""
    with bench.store.snapshot() as snapshot:
        return [(row.revision, row.due_at[11:16], row.state) for row in snapshot.reminders("job/j1")]


def test_the_revision_is_the_version_that_the_asking_change_makes(reminding: Bench) -> None:
    reminding.desk({"window": TEN})
    assert asked(reminding) == [(reminding.ver(), "09:00", "pending")]


def test_an_unrelated_change_leaves_the_reminder_alone(reminding: Bench) -> None:
    reminding.desk({"window": TEN})
    before = asked(reminding)
    reminding.desk({"phone": "139"})
    assert asked(reminding) == before


def test_another_time_is_another_reminder_and_a_cancellation_is_none(reminding: Bench) -> None:
    reminding.desk({"window": TEN})
    reminding.desk({"window": TWELVE})
    assert asked(reminding) == [(2, "09:00", "cancelled"), (3, "11:00", "pending")]
    reminding.desk({"state": {"event": "cancel"}})
    assert [state for _, _, state in asked(reminding)] == ["cancelled", "cancelled"]


def test_the_last_word_of_a_batch_counts(reminding: Bench) -> None:
    drafts = [
        Draft(id=f"b{place}", entity="job", record="j1", aggregate="job/j1", set={"window": window})
        for place, window in enumerate([TEN, TWELVE, TEN])
    ]
    reminding.engine.write(DESK, drafts)
    assert asked(reminding) == [(2, "09:00", "pending")]


def test_a_phones_change_and_a_replayed_push_ask_once(reminding: Bench) -> None:
    sent = raw("phone-a", 1, {"window": TEN}, base=1)
    for _ in range(2):
        reminding.engine.push("phone-a", [sent])
    assert asked(reminding) == [(2, "09:00", "pending")]


def test_what_is_refused_asks_for_nothing(reminding: Bench) -> None:
    with pytest.raises(Refused):
        reminding.desk({"window": TEN, "lines": "many"})
    assert asked(reminding) == []


def settle(bench: Bench, fence: int = 0, draft: str = "effect") -> None:
    """The effect of the reminder at revision 2: a word in the job's hint."""
    effect = Draft(id=draft, entity="job", record="j1", aggregate="job/j1", set={"hint": draft})
    settlement = Settlement(
        subject="job/j1", kind=CALL, revision=2, fence=fence, outcome="done", at="2026-02-01T09:00:01.000Z"
    )
    bench.engine.write(DESK, [effect], [settlement])


def test_an_effect_and_its_settling_are_one_transaction(reminding: Bench) -> None:
    reminding.desk({"window": TEN})
    settle(reminding)
    assert asked(reminding) == [(2, "09:00", "done")]
    with pytest.raises(Overtaken):
        settle(reminding, draft="second")
    assert reminding.job().fields["hint"] == "effect"


def test_an_effect_that_cannot_be_taken_leaves_the_reminder_pending(reminding: Bench) -> None:
    reminding.desk({"window": TEN})
    settlement = Settlement(
        subject="job/j1", kind=CALL, revision=2, fence=0, outcome="done", at="2026-02-01T09:00:01.000Z"
    )
    wrong = Draft(id="wrong", entity="job", record="j1", aggregate="job/j1", set={"nothing": 1})
    with pytest.raises(Refused):
        reminding.engine.write(DESK, [wrong], [settlement])
    assert asked(reminding) == [(2, "09:00", "pending")]


def test_an_effect_of_a_reminder_that_was_cancelled_meanwhile_is_not_written(reminding: Bench) -> None:
    reminding.desk({"window": TEN})
    reminding.desk({"state": {"event": "cancel"}})
    with pytest.raises(Overtaken):
        settle(reminding)
    assert reminding.job().fields.get("hint") is None
