"""Every id of Anna's at every address of the desk: as nobody, as a phone, as each role that has no business with it.

The addresses come from the OpenAPI document, so that a new one is tried the day it is there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from openapi.lock import FOLDER
from tests.security.held import SECRET, changed, state
from tests.security.parties import Parties
from tests.security.replays import Watch

HIDDEN: Mapping[str, tuple[str, ...]] = {
    "nobody": ("customer", "site", "order", "self", "stock"),
    "phone": ("customer", "site", "order", "self", "stock"),
    "expert": ("customer", "order", "self", "stock"),
    "storekeeper": ("customer", "site", "order"),
    "intake": ("stock",),
}
"""Who → of which kinds they may read nothing. Anna's order has no expert case and no parts in it."""

_AGGREGATES = {
    "customer": "customer/anna-customer",
    "site": "site/anna-site",
    "self": "self/u-anna",
    "stock": "stock/anna-van",
}

NEVER_WRITES = ("nobody", "phone", "auditor")
STREAM = "/v1/desk/events"


@dataclass(frozen=True)
class Route:
    """One operation of the document."""

    method: str
    path: str
    id: str

    def addresses(self, ids: list[str]) -> Iterator[str]:
        """The path with each id in each of its places."""
        if "{" not in self.path:
            yield self.path
            return
        for id in ids:
            yield re.sub(r"\{seq\}", "5", re.sub(r"\{(?!seq)[^}]+\}", id, self.path))


def routes() -> list[Route]:
    """Everything under `/v1/desk` that is neither the way in nor the stream."""
    paths: dict[str, Any] = json.loads((FOLDER / "openapi.json").read_text("utf-8"))["paths"]
    return [
        Route(method.upper(), path, operation["operationId"])
        for path, methods in paths.items()
        for method, operation in methods.items()
        if path.startswith("/v1/desk/") and path not in ("/v1/desk/login", "/v1/desk/logout", STREAM)
    ]


def client_of(parties: Parties, who: str) -> httpx.Client:
    """Who asks."""
    if who == "nobody":
        return parties.live.client()
    return parties.ben.client if who == "phone" else parties.desks[who]


def read_as(parties: Parties, who: str) -> list[str]:
    """Everything that can be read, by every id of hers; what of the hidden kinds was told."""
    held = parties.held
    watch = Watch(held, set(), [], tuple(f"{SECRET}-{kind}" for kind in HIDDEN[who]), tells_ids=True)
    client = client_of(parties, who)
    ids = sorted({id for _, id in held.records} | {held.device})
    for route in routes():
        if route.method != "GET":
            continue
        for address in route.addresses(ids):
            answer = watch.saw("", client.get(address))
            if who in ("nobody", "phone") and answer.status_code != 401:
                watch.found.append(f"{who} GET {address}: {answer.status_code}")
    for query in _QUERIES:
        watch.saw("", client.get(f"/v1/desk/{query}"))
    return watch.found


_QUERIES = (
    "search?q=AC-1", "search?q=AS-1", "search?q=T1&entity=asset", "work-orders?technician=u-anna",
    "board?technician=u-anna", "conflicts?state=open", "conflicts?state=settled", "inbox?state=open",
    "inbox?role=dispatcher", "master-changes", "parked?reason=unknown_entity", "stock?location=anna-van",
    "quarantine", "expert-cases",
)  # fmt: skip


def write_as(parties: Parties, who: str) -> list[str]:
    """Every write, to every id of hers, with the right base; what of the hidden kinds has changed, and who got in."""
    held = parties.held
    hidden = hidden_aggregates(parties, who)
    client, found = client_of(parties, who), []
    before = state(parties.live, held)
    for route in routes():
        if route.method == "GET":
            continue
        for (entity, id), record in held.records.items():
            if record.aggregate not in hidden:
                continue
            ver = parties.live.service.reading.versions([record.aggregate])[record.aggregate]
            headers = {"If-Match": f'"{parties.anna.epoch}:{ver}"', "Content-Type": "application/json"}
            for address in route.addresses([id]):
                body = json.dumps(_body(route, entity))
                answer = client.request(route.method, address, content=body, headers=headers)
                found += _misjudged(who, answer)
    differs = changed(before, state(parties.live, held))
    return found + [one for one in differs if one.removeprefix("changed ") in hidden]


def _misjudged(who: str, answer: httpx.Response) -> list[str]:
    about = (
        f"{who} {answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:200]}"
    )
    if answer.status_code >= 500:
        return [about]
    refused = {"auditor": (403,)}.get(who, (401,))
    return [about] if who in NEVER_WRITES and answer.status_code not in refused else []


def hidden_aggregates(parties: Parties, who: str) -> list[str]:
    """Which of her aggregates they may not see."""
    order = next(one for one in parties.held.aggregates if one.startswith("work_order/"))
    named = {**_AGGREGATES, "order": order}
    return [named[kind] for kind in HIDDEN.get(who, tuple(named))]


_SETS: dict[str, dict[str, Any]] = {
    "customer": {"name": {"zh": "改"}},
    "site": {"access_notes": {"zh": "改"}},
    "contact": {"phone": "13911111111"},
    "asset": {"serial": "changed"},
    "technician": {"name": {"zh": "改"}},
    "stock_location": {"name": {"zh": "改"}},
    "work_order": {"symptom": "changed"},
    "visit": {"to_carry": {"add": ["P-1"]}},
}

_BODIES: dict[str, dict[str, Any]] = {
    "deskTriage": {"way": "remote", "plan": "changed"},
    "deskSettleItem": {"choose": "accept"},
    "deskDecide": {"choose": "losing", "standing": {"device": "x", "seq": 1}},
    "deskVerdict": {"cause": "changed"},
    "deskShowMe": {"text": "changed"},
    "deskMoveParts": {"kind": "receipt", "part": "part-1", "quantity": 1, "to_location": "anna-van"},
    "deskCountParts": {"location": "anna-van", "part": "part-1", "counted": 7, "observed": 0},
    "deskCancelVisit": {"reason": "changed"},
    "deskCancelOrder": {"reason": "changed"},
}


def _body(route: Route, entity: str) -> dict[str, Any]:
    """A body that the route takes from those who may, so that a missing check shows."""
    if route.id.startswith("deskCorrect"):
        return {"set": _SETS.get(entity, {"text": "changed"})}
    return _BODIES.get(route.id, {})
