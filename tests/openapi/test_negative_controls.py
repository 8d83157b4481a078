"""The vectors can fail: an engine that is broken in a known way turns some of them red."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from sync import merge, pull
from sync.clock import Base, Clock, Relation, relation
from sync.policy import Counter, Owner
from sync.settling import plain, settle
from sync.settling.meeting import Meeting, Settled
from tests.openapi.known_faults import KNOWN_FAULTS
from tests.openapi.server import VectorServer, fits, run_pull
from tests.openapi.vectors import load, run_merge, run_text

Break = Callable[[pytest.MonkeyPatch], None]


def _broken(kind: str) -> int:
    """How many vectors of a kind, that hold otherwise, do not hold now."""
    run = {"merge": run_merge, "text": run_text, "pull": run_pull}[kind]
    cases = [case for case in load(kind)["cases"] if case["name"] not in KNOWN_FAULTS]
    return sum(run(case) != case["expect"] for case in cases)


def _order_by_wall_time(patch: pytest.MonkeyPatch) -> None:
    """The phone's clock says 08:00, and the value that stands was written at 09:00: the phone never wins."""

    def by_wall_time(standing: Clock | None, *_: Any) -> Relation:
        return Relation.SEQUENTIAL if standing is None else Relation.SUPERSEDED

    patch.setattr(merge, "relation", by_wall_time)


def _last_write_wins(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(merge, "relation", lambda *_: Relation.SEQUENTIAL)


def _believe_any_epoch(patch: pytest.MonkeyPatch) -> None:
    def same_epoch(
        standing: Clock | None, base: Base, device: str, seq: int, epoch: str, current_ver: int
    ) -> Relation:
        return relation(standing, Base(epoch, base.ver), device, seq, epoch, current_ver)

    patch.setattr(merge, "relation", same_epoch)


def _believe_any_base(patch: pytest.MonkeyPatch) -> None:
    def never_ahead(
        standing: Clock | None, base: Base, device: str, seq: int, epoch: str, current_ver: int
    ) -> Relation:
        return relation(standing, base, device, seq, epoch, 2**60)

    patch.setattr(merge, "relation", never_ahead)


def _replays_overwrite(patch: pytest.MonkeyPatch) -> None:
    real = plain._undisputed
    patch.setattr(plain, "_undisputed", lambda m: real(msgspec.structs.replace(m, replayed=False)))


def _owners_count_for_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(settle._POLICIES, Owner, plain.lww_with_inbox)


def _counters_are_plain(patch: pytest.MonkeyPatch) -> None:
    def last(m: Meeting) -> Settled:
        settled = count(m)
        return msgspec.structs.replace(settled, value=m.incoming.get("inc", m.incoming.get("recount")))

    count = settle._POLICIES[Counter]
    patch.setitem(settle._POLICIES, Counter, last)


@pytest.mark.parametrize(
    "break_it",
    [
        _order_by_wall_time,
        _last_write_wins,
        _believe_any_epoch,
        _believe_any_base,
        _replays_overwrite,
        _owners_count_for_nothing,
        _counters_are_plain,
    ],
)
def test_a_broken_merge_turns_vectors_red(break_it: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _broken("merge") == 0
    break_it(monkeypatch)
    assert _broken("merge") > 0


def test_texts_that_touch_but_are_joined_turn_vectors_red(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _broken("text") == 0
    monkeypatch.setitem(globals(), "run_text", lambda case: {"joined": case["standing"] + case["incoming"]})
    assert _broken("text") > 0


def test_a_pull_that_forgets_the_tombstone_floor_turns_vectors_red(monkeypatch: pytest.MonkeyPatch) -> None:
    source = inspect.getsource(pull._wants).replace("or have < row.tomb_floor", "")
    room: dict[str, Any] = dict(vars(pull))
    exec(source, room)  # the same function with one line less
    assert _broken("pull") == 0
    monkeypatch.setattr(pull, "_wants", room["_wants"])
    assert _broken("pull") > 0


def test_a_server_that_forgets_what_it_took_turns_vectors_red(monkeypatch: pytest.MonkeyPatch) -> None:
    (case,) = [one for one in load("push")["cases"] if one["name"].startswith("a retry gives the stored")]
    server = VectorServer()
    assert all(fits(server.take(step), step.get("expect", {})) for step in case["steps"])
    forgetful = VectorServer()
    monkeypatch.setattr("sync.push.seen_before", lambda *_: ([], None))
    assert not all(fits(forgetful.take(step), step.get("expect", {})) for step in case["steps"])
