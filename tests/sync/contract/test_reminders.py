"""Reminders inside a transaction, on every adapter."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sync.reminder import Forgotten, Reminder, ReminderRow, Settlement
from sync.store import Ask, Changes, Store, WriteTransaction
from tests.sync.contract.rows import a_record, stored, write

W1 = "work_order/w1"
DUE, PAST = "2026-05-04T08:00:00.000Z", "2026-05-04T09:00:00.000Z"
BEFORE, AFTER = "2026-05-04T08:30:00.000Z", "2026-05-04T09:00:00.001Z"


def a_reminder(
    revision: int = 1, subject: str = "visit/v1", kind: str = "confirm", **changes: Any
) -> Reminder:
    """Due at eight; the visit begins at nine."""
    given = {"subject": subject, "kind": kind, "revision": revision, "due_at": DUE, "past_at": PAST}
    return Reminder(**given | changes)


def states(store: Store, subject: str = "visit/v1") -> list[tuple[str, int, str]]:
    """(kind, revision, state) of all that was asked for a subject."""
    with store.snapshot() as snapshot:
        return [(row.kind, row.revision, row.state) for row in snapshot.reminders(subject)]


def settle(store: Store, settlement: Settlement, changes: Changes | None = None) -> bool:
    """One transaction that settles and writes; nothing is written when it may not settle."""

    def work(transaction: WriteTransaction) -> bool:
        transaction.lock_aggregates([W1])
        if not transaction.settle(settlement):
            return False
        transaction.write(changes or Changes())
        return True

    return store.transact(work)


def a_settlement(**changes: Any) -> Settlement:
    """Of a reminder that nobody has claimed: fence 0."""
    given = {
        "subject": "visit/v1",
        "kind": "confirm",
        "revision": 1,
        "fence": 0,
        "outcome": "done",
        "at": BEFORE,
    }
    return Settlement(**given | changes)


def test_a_reminder_is_there_as_it_was_asked_for_and_nobody_has_tried_it(store: Store) -> None:
    write(store, Changes(reminders=[a_reminder()]), W1)
    with store.snapshot() as snapshot:
        found = snapshot.reminders("visit/v1")
        assert snapshot.reminders("visit/v2") == []
    expected = ReminderRow(
        subject="visit/v1", kind="confirm", revision=1, due_at=DUE, past_at=PAST, claimable_at=DUE
    )
    assert found == [expected]


def test_a_reminder_is_written_with_its_change_or_not_at_all(store: Store) -> None:
    def work(transaction: WriteTransaction) -> None:
        transaction.lock_aggregates([W1])
        transaction.write(Changes(records=stored(a_record("v1")), reminders=[a_reminder()]))
        raise LookupError

    with pytest.raises(LookupError):
        store.transact(work)
    assert states(store) == []


def test_asking_again_at_the_same_revision_changes_nothing(store: Store) -> None:
    write(store, Changes(reminders=[a_reminder()]), W1)
    later = msgspec.structs.replace(a_reminder(), due_at=BEFORE)
    write(store, Changes(reminders=[later]), W1)
    with store.snapshot() as snapshot:
        assert [row.due_at for row in snapshot.reminders("visit/v1")] == [DUE]


def test_a_later_revision_replaces_an_earlier_one_of_its_own_kind(store: Store) -> None:
    write(
        store, Changes(reminders=[a_reminder(1), a_reminder(1, kind="report"), a_reminder(1, "visit/v2")]), W1
    )
    write(store, Changes(reminders=[a_reminder(3)]), W1)
    assert states(store) == [("confirm", 1, "cancelled"), ("confirm", 3, "pending"), ("report", 1, "pending")]
    assert states(store, "visit/v2") == [("confirm", 1, "pending")]


def test_what_is_forgotten_is_cancelled_up_to_that_revision(store: Store) -> None:
    write(store, Changes(reminders=[a_reminder(2)]), W1)
    write(store, Changes(reminders=[Forgotten(subject="visit/v1", kind="confirm", revision=1)]), W1)
    assert states(store) == [("confirm", 2, "pending")]
    write(store, Changes(reminders=[Forgotten(subject="visit/v1", kind="confirm", revision=2)]), W1)
    assert states(store) == [("confirm", 2, "cancelled")]


def test_a_cancelled_reminder_is_not_revived_by_asking_again(store: Store) -> None:
    write(store, Changes(reminders=[a_reminder()]), W1)
    write(store, Changes(reminders=[Forgotten(subject="visit/v1", kind="confirm", revision=1)]), W1)
    write(store, Changes(reminders=[a_reminder()]), W1)
    assert states(store) == [("confirm", 1, "cancelled")]


def test_a_reminder_settles_once_and_takes_its_effect_with_it(store: Store) -> None:
    write(store, Changes(reminders=[a_reminder()]), W1)
    first, again = (Changes(records=stored(a_record(id))) for id in ("v1", "v2"))
    assert settle(store, a_settlement(), first)
    assert not settle(store, a_settlement(), again)
    assert states(store) == [("confirm", 1, "done")]
    loaded = store.transact(lambda tx: tx.load(Ask(records=[("visit", "v1"), ("visit", "v2")])))
    assert [id for _, id in loaded.records] == ["v1"]


def test_an_effect_that_fails_leaves_its_reminder_pending(store: Store) -> None:
    write(store, Changes(reminders=[a_reminder()]), W1)

    def work(transaction: WriteTransaction) -> None:
        transaction.lock_aggregates([W1])
        assert transaction.settle(a_settlement())
        transaction.write(Changes())
        raise LookupError

    with pytest.raises(LookupError):
        store.transact(work)
    assert states(store) == [("confirm", 1, "pending")]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"fence": 1}, id="another-fence"),
        pytest.param({"revision": 2}, id="another-revision"),
        pytest.param({"kind": "report"}, id="another-kind"),
        pytest.param({"at": PAST}, id="at-the-fact"),
        pytest.param({"at": AFTER, "outcome": "late"}, id="after-the-fact"),
    ],
)
def test_what_may_not_settle_does_not(store: Store, changes: dict[str, Any]) -> None:
    write(store, Changes(reminders=[a_reminder()]), W1)
    assert not settle(store, a_settlement(**changes))
    assert states(store) == [("confirm", 1, "pending")]


def test_after_the_fact_it_can_only_be_missed(store: Store) -> None:
    write(store, Changes(reminders=[a_reminder()]), W1)
    assert settle(store, a_settlement(at=AFTER, outcome="missed"))
    assert states(store) == [("confirm", 1, "missed")]


def test_what_was_cancelled_does_not_settle(store: Store) -> None:
    write(store, Changes(reminders=[a_reminder()]), W1)
    write(store, Changes(reminders=[Forgotten(subject="visit/v1", kind="confirm", revision=1)]), W1)
    assert not settle(store, a_settlement())
    assert states(store) == [("confirm", 1, "cancelled")]


def test_an_instant_without_milliseconds_is_refused_before_it_is_compared() -> None:
    with pytest.raises(ValueError, match="milliseconds"):
        a_reminder(due_at="2026-05-04T08:00:00Z")
