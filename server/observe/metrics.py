"""Numbers for Prometheus, counted where things happen and read where they are kept."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from sync.outcome import Result

disable_created_metrics()

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_GROUPS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

Gauge = Callable[[], float]


class Metrics:
    """One process's numbers. Routes are labelled by their template, never by a path with an id."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._of_requests: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.requests = Counter(
            "doorstep_requests", "Requests answered.", ["method", "route", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "doorstep_request_seconds",
            "How long answering took, until the last byte.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.operations = Counter(
            "doorstep_operations", "Operations taken in, by what became of them.", ["door", "status"],
            registry=self._registry,
        )  # fmt: skip

    def note_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer. Methods, routes and statuses are few, so that their counters are looked up once."""
        known = self._of_requests.get((method, route, status))
        if known is None:
            known = (self.requests.labels(method, route, str(status)), self.seconds.labels(route))
            self._of_requests[method, route, status] = known
        known[0].inc()
        known[1].observe(seconds)

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
