"""`mobile_api.failed_attempts.FailedAttempts`."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mobile_api.attempt_limit import AttemptLimits, Counted, Window
from mobile_api.failed_attempts import FailedAttempts, Failures, Known

NOW = 1_000_000.0
LATER = NOW + 60


class FailedAttemptsContract:
    """Subclass it with `failed`, and with `another`: the port as another process has it."""

    @pytest.fixture
    def another(self, failed: FailedAttempts) -> FailedAttempts:
        """The same company's failures, in another process."""
        return failed

    def test_what_one_process_keeps_another_knows(
        self, failed: FailedAttempts, another: FailedAttempts
    ) -> None:
        _put(failed, "a", Failures((NOW - 1.5, NOW), LATER))

        assert another.of(["a", "b"]) == {"a": Failures((NOW - 1.5, NOW), LATER)}

    def test_work_sees_what_is_known_and_its_answer_is_told(self, failed: FailedAttempts) -> None:
        _put(failed, "a", Failures((NOW,), LATER))

        assert failed.change(["b", "a"], lambda known: sorted(known), NOW) == ["a"]

    def test_what_work_empties_is_forgotten(self, failed: FailedAttempts) -> None:
        _put(failed, "a", Failures((NOW,), LATER))
        _put(failed, "a", Failures((), LATER))

        assert failed.of(["a"]) == {}

    def test_what_no_longer_matters_is_swept_out(self, failed: FailedAttempts) -> None:
        for number in range(20):
            _put(failed, f"old {number}", Failures((NOW,), LATER))

        _put(failed, "new", Failures((LATER,), LATER + 60), now=LATER)

        assert list(failed.of(["new", *(f"old {number}" for number in range(20))])) == ["new"]

    def test_work_that_fails_keeps_nothing(self, failed: FailedAttempts) -> None:
        def work(known: Known) -> None:
            known["a"] = Failures((NOW,), LATER)
            raise LookupError

        with pytest.raises(LookupError):
            failed.change(["a"], work, NOW)
        assert failed.of(["a"]) == {}

    def test_a_hundred_at_once_in_two_processes_are_a_hundred(
        self, failed: FailedAttempts, another: FailedAttempts
    ) -> None:
        counts = [Counted(Window("one", 30, 60), "me"), Counted(Window("all", 1000, 60), "")]
        together = threading.Barrier(8)

        def guess(number: int) -> int:
            limits = AttemptLimits((failed, another)[number % 2], lambda: NOW)
            together.wait()
            return sum(limits.enter(counts) == 0 for _ in range(12))

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(guess, range(8))) == 30


def _put(failed: FailedAttempts, name: str, failures: Failures, now: float = NOW) -> None:
    failed.change([name], lambda known: known.update({name: failures}), now)
