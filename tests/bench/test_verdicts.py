"""Bars are judged by the medians of those who were measured, and never held by nobody's absence."""

from __future__ import annotations

from bench.figure import Bar, Figure, Kind, Side


def figure(more_is_better: bool, bar: Bar, **sides: tuple[Kind, list[float]]) -> Figure:
    measured = [Side(name, kind, values) for name, (kind, values) in sides.items()]
    return Figure("a figure", "things", more_is_better, [bar], measured)


def held(one: Figure) -> bool | None:
    (verdict,) = one.verdicts()
    return verdict.held


def test_a_rate_is_compared_with_the_best_peer_of_its_kind() -> None:
    sides: dict[str, tuple[Kind, list[float]]] = {
        "ours": ("ours", [90.0, 100.0, 110.0]),
        "slow": ("durable peer", [10.0]),
        "quick": ("durable peer", [40.0]),
        "in_memory": ("peer", [80.0]),
    }
    assert held(figure(True, Bar("durable peer", least=2.5), **sides)) is True
    assert held(figure(True, Bar("durable peer", least=2.6), **sides)) is False
    assert held(figure(True, Bar("peer", least=2), **sides)) is False


def test_a_time_is_compared_with_the_shortest() -> None:
    one = figure(False, Bar("peer", most=0.35), ours=("ours", [3.0]), a=("peer", [9.0]), b=("peer", [20.0]))
    assert held(one) is True
    one.sides[1].values = [8.0]
    assert held(one) is False


def test_a_bar_without_a_peer_is_not_judged() -> None:
    assert held(figure(True, Bar("durable peer", least=2), ours=("ours", [1.0]))) is None


def test_a_peer_that_refuses_is_no_comparison() -> None:
    one = figure(True, Bar("peer", least=2), ours=("ours", [10.0]), failing=("peer", [1.0]))
    one.sides[1].requests, one.sides[1].refused = 100, 2
    assert held(one) is None


def test_flat_means_within_a_fifth() -> None:
    bar = Bar("itself", most=1.2)
    assert held(figure(False, bar, small=("ours", [100.0]), large=("ours", [119.0]))) is True
    assert held(figure(False, bar, small=("ours", [100.0]), large=("ours", [121.0]))) is False
