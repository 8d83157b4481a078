"""The way between phones and the server, under all weather. Nothing rests on the end of a request."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

import msgspec

from doorstep_client import Unreachable
from doorstep_client.transport import Answer
from sim.clock import Time
from sim.fault import Weather

TIMEOUT_MS = 30_000


class Request(msgspec.Struct, frozen=True):
    """One request as a phone sent it."""

    name: str
    """Whose phone."""
    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool = False
    """The connection broke, and this is what came."""


class Network:
    """Carries requests to `serve`, or does not."""

    def __init__(
        self, time: Time, weather: Weather, serve: Callable[[Request], Answer | None], dice: random.Random
    ) -> None:
        self.dice = dice
        """The dice of the present step."""
        self.cut_off: set[str] = set()
        """Phones behind a partition."""
        self._time = time
        self._weather = weather
        self._serve = serve
        self._held: list[tuple[str, Request]] = []
        """(fault, request) on its way for long: it will come, and nobody waits for its answer."""

    def send(self, request: Request) -> Answer:
        """One request, from the phone's side."""
        self._time.ms += self.dice.randint(20, 900)
        happens = self._happens
        if request.name in self.cut_off and not self._weather.calm:
            self._weather.happened["partition"] += 1
            raise Unreachable("behind a partition")
        if happens("drop", 0.08):
            raise Unreachable("the request was lost")
        if happens("half_open", 0.05):
            self._time.ms += TIMEOUT_MS
            raise Unreachable("the connection stood, and nothing came")
        for fault in ("delay", "reorder"):
            if happens(fault, 0.05):
                self._held.append((fault, request))
                self._time.ms += TIMEOUT_MS
                raise Unreachable("no answer in time")
        self._deliver("delay", request.name)
        if request.method == "PATCH" and happens("cut", 0.3):
            self._serve(
                msgspec.structs.replace(
                    request, body=request.body[: self.dice.randrange(len(request.body))], is_cut=True
                )
            )
            raise Unreachable("the connection broke")
        answer = self._serve(request)
        if happens("duplicate", 0.08):
            again = self._serve(request)
            answer = again if self.dice.random() < 0.5 else answer
        self._deliver("reorder", request.name)
        if answer is None:
            raise Unreachable("the server died")
        if happens("lost_acknowledgement", 0.12):
            raise Unreachable("the answer was lost")
        if answer.body and happens("truncate", 0.05):
            cut = answer.body[: self.dice.randrange(len(answer.body))]
            if self.dice.random() < 0.5:
                raise Unreachable("the answer broke off")
            return Answer(answer.status, answer.headers, cut)
        return answer

    def _happens(self, kind: str, likely: float) -> bool:
        return self._weather.happens(kind, self.dice, likely)

    def _deliver(self, fault: str, name: str) -> None:
        """What was held of this phone arrives: delayed ones before the next request, overtaken ones after it."""
        for one in [held for held in self._held if held[0] == fault and held[1].name == name]:
            self._held.remove(one)
            self._serve(one[1])

    def deliver_all(self) -> None:
        """Everything arrives that is still on its way."""
        while self._held:
            self._serve(self._held.pop(0)[1])


class Line:
    """See `doorstep_client.transport.Transport`: one phone's end of the network."""

    def __init__(self, network: Network, name: str) -> None:
        self._network = network
        self._name = name

    def send(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One request."""
        return self._network.send(Request(self._name, method, address, dict(headers), body))
