"""Numbers for Prometheus, counted where things happen and read where they are kept."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate

from prometheus_client import (
    CollectorRegistry,
    Counter,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from sync.outcome import Result

disable_created_metrics()

CONTENT_TYPE = "text/plain; version=0.0.4"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_GROUPS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

Gauge = Callable[[], float]


class Metrics:
    """One process's numbers. Routes are labelled by their template, never by a path with an id."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers = _Answers()
        self._registry.register(self._answers)
        self.operations = Counter(
            "doorstep_operations", "Operations taken in, by what became of them.", ["door", "status"],
            registry=self._registry,
        )  # fmt: skip

    def note_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer. Called by the event loop's thread alone, so that it needs no lock."""
        self._answers.note(method, route, status, seconds)

    def count_results(self, door: str, results: Iterable[Result]) -> None:
        """Count what became of operations; `door` is `phone` or `desk`."""
        for status, number in Tally(result.status for result in results).items():
            self.operations.labels(door, status).inc(number)

    def watch(self, name: str, meaning: str, read: Gauge) -> None:
        """Read a number whenever somebody asks for the metrics. `read` must be quick."""
        self._registry.register(_Reading(name, meaning, read))

    def watch_count(self, name: str, meaning: str, read: Gauge) -> None:
        """The same for a number that only grows."""
        self._registry.register(_Reading(name, meaning, read, grows=True))

    def watch_groups(self, name: str, meaning: str, read: Callable[[], Mapping[int, int]]) -> None:
        """Read a mapping of size → how often, as a histogram."""
        self._registry.register(_Groups(name, meaning, read))

    def text(self) -> bytes:
        """Everything, in Prometheus's text form. May block for as long as the readings do."""
        return generate_latest(self._registry)


class _Answers:
    """Requests and their times. The library's own counters lock for each number, which a poll would feel."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str, int], int] = {}
        self._seconds: dict[str, list[float]] = {}
        """By route: how many lie in each bucket, the one above the last included, and then their sum."""

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        key = (method, route, status)
        self._requests[key] = self._requests.get(key, 0) + 1
        known = self._seconds.get(route)
        if known is None:
            known = self._seconds[route] = [0.0] * (len(_SECONDS) + 2)
        known[bisect_left(_SECONDS, seconds)] += 1
        known[-1] += seconds

    def collect(self) -> Iterable[Metric]:
        requests = CounterMetricFamily(
            "doorstep_requests", "Requests answered.", labels=["method", "route", "status"]
        )
        for (method, route, status), number in dict(self._requests).items():
            requests.add_metric([method, route, str(status)], number)
        yield requests
        times = HistogramMetricFamily(
            "doorstep_request_seconds", "How long answering took, until the last byte.", labels=["route"]
        )
        for route, known in dict(self._seconds).items():
            *numbers, total = list(known)
            bounds = [*(str(float(most)) for most in _SECONDS), "+Inf"]
            times.add_metric([route], list(zip(bounds, accumulate(numbers), strict=True)), total)
        yield times


class _Reading:
    def __init__(self, name: str, meaning: str, read: Gauge, grows: bool = False) -> None:
        self._name, self._meaning, self._read = name, meaning, read
        self._family = CounterMetricFamily if grows else GaugeMetricFamily

    def collect(self) -> Iterable[Metric]:
        yield self._family(self._name, self._meaning, value=self._read())


class _Groups:
    def __init__(self, name: str, meaning: str, read: Callable[[], Mapping[int, int]]) -> None:
        self._name, self._meaning, self._read = name, meaning, read

    def collect(self) -> Iterable[Metric]:
        sizes = dict(self._read())
        buckets = [
            (str(float(most)), float(sum(times for size, times in sizes.items() if size <= most)))
            for most in _GROUPS
        ]
        buckets.append(("+Inf", float(sum(sizes.values()))))
        total = float(sum(size * times for size, times in sizes.items()))
        yield HistogramMetricFamily(self._name, self._meaning, buckets=buckets, sum_value=total)
