"""Who sends what the document lets be sent: nobody, a phone, a monitor, each role, and one who has all roles."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import httpx
import schemathesis
from schemathesis import Case

from tests.security.likely import Likely
from tests.security.parties import ROLES, Parties
from tests.server.live import METRICS_TOKEN

EVERYBODY = "everybody"
SENDERS = ("nobody", "phone", "monitor", *ROLES, EVERYBODY)
PROOFS = ("Authorization", "X-CSRF-Token")
_CHANGES = ("PATCH", "DELETE", "POST")


@dataclass
class Sender:
    """A client with its proofs of identity. It learns the ids that its answers tell."""

    client: httpx.Client
    likely: Likely
    dice: random.Random
    answered: Counter[tuple[str, int]] = field(default_factory=Counter)
    """How often an operation was answered with a status."""

    def send(self, case: Case, linked: Collection[str] = ()) -> schemathesis.Response:
        """The answer to the case; most ids are put in that exist, but for those `linked`, and most bases that hold."""
        self.likely.fill(case, self.dice, linked)
        headers = {name: value.strip() for name, value in (case.headers or {}).items() if name not in PROOFS}
        headers |= {name: self.client.headers[name] for name in PROOFS if name in self.client.headers}
        headers |= self.likely.upload_headers(case, self.dice)
        if case.method in _CHANGES and "If-Match" not in headers and (base := self.likely.base(case)):
            headers["If-Match"] = base
        answer = self._answer(case, headers)
        self.answered[case.operation.label, answer.status_code] += 1
        self.likely.learn(answer)
        return schemathesis.Response.from_any(answer)

    @property
    def fulfilled(self) -> set[str]:
        """Operations that were done at least once."""
        return {label for label, status in self.answered if status < 300}

    def _answer(self, case: Case, headers: dict[str, str]) -> httpx.Response:
        prepared = case.as_transport_kwargs(base_url=str(self.client.base_url), headers=headers)
        body: dict[str, Any] = {"params": prepared.get("params")}
        content = prepared.get("data")
        if isinstance(content, (str, bytes)):
            body["content"] = content
        elif content is not None:
            body["data"] = content
        elif "json" in prepared:
            body["json"] = prepared["json"]
        return self.client.request(prepared["method"], prepared["url"], headers=prepared["headers"], **body)


def senders(both: Parties) -> dict[str, Sender]:
    """All of them, each with dice of its own that always fall alike; made before anybody guesses at passwords."""
    both.live.account(EVERYBODY, *ROLES)
    clients = {
        "nobody": both.live.client(),
        "phone": both.ben.client,
        "monitor": both.live.client(Authorization=f"Bearer {METRICS_TOKEN}"),
        **both.desks,
        EVERYBODY: both.live.sign_in(EVERYBODY),
    }
    return {who: Sender(clients[who], Likely(both), random.Random(who)) for who in SENDERS}
