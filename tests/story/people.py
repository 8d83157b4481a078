"""Who takes part: people at desks with a session, and technicians with a phone in the hand."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from domain.commands.draft import Drafted
from doorstep_client import Phone
from doorstep_client.clock import Reading, SystemClock, instant
from doorstep_client.exchange import DEFAULT_LIMITS, Limits
from doorstep_client.identifier import uuid7
from doorstep_client.key import DeviceKey
from doorstep_client.reply import Taken
from doorstep_client.view import Seen
from tests.story.signal import Signal

Json = dict[str, Any]
_CALM_SECONDS = 60.0


class DeskRefused(RuntimeError):
    """A desk's request was refused; `code` is the problem's stable code."""

    def __init__(self, path: str, answer: httpx.Response) -> None:
        told = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        self.status = answer.status_code
        self.code = str(told.get("code", ""))
        self.told: Json = told
        super().__init__(
            f"{path}: {answer.status_code} {self.code}: {told.get('detail') or answer.text[:300]}"
        )


@dataclass(frozen=True)
class Form:
    """What a desk's screen shows of one aggregate, and the base that a change of it carries."""

    base: str
    ver: int
    records: dict[str, list[Json]]

    def all(self, entity: str) -> list[Json]:
        """Fields of all records of a kind, each with its `id`."""
        return [
            {**one["fields"], "id": one["id"], "deleted": one["deleted"]}
            for one in self.records.get(entity, [])
        ]

    def one(self, entity: str, id: str) -> Json:
        """Fields of one record."""
        for one in self.all(entity):
            if one["id"] == id:
                return one
        raise LookupError(f"the desk does not see {entity} {id}")

    def where(self, entity: str, **wanted: Any) -> list[Json]:
        """Records of a kind whose fields have these values."""
        return [
            one for one in self.all(entity) if all(one.get(name) == value for name, value in wanted.items())
        ]


class Desk:
    """Somebody who is signed in: cookie and CSRF token, as a browser would send them."""

    def __init__(self, base_url: str, login: str, password: str, name: str, language: str) -> None:
        self.name = name
        self.requests = 0
        self._keyed: tuple[str, str, Json | None, dict[str, str]] | None = None
        self._http = httpx.Client(
            base_url=base_url, timeout=_CALM_SECONDS, headers={"Accept-Language": language}
        )
        answer = self._http.post("/v1/desk/login", json={"login": login, "password": password})
        if answer.status_code != 200:
            raise DeskRefused("/v1/desk/login", answer)
        self._http.headers["X-CSRF-Token"] = answer.json()["csrf"]

    def get(self, path: str, **query: Any) -> Any:
        """Read; raises `DeskRefused`."""
        self.requests += 1
        return self._answered(path, self._http.get(f"/v1/desk/{path}", params=query))

    def form(self, path: str) -> Form:
        """Read an aggregate as a form shows it."""
        shown = self.get(path)
        return Form(shown["base"], shown["ver"], shown["records"])

    def order(self, order: str) -> Form:
        """An order with everything under it."""
        return self.form(f"work-orders/{order}")

    def write(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        base: str | None = None,
        key: str | None = None,
    ) -> Any:
        """Change something, from a form with this base; raises `DeskRefused`. `key` makes a double click harmless."""
        self.requests += 1
        headers = {"If-Match": base} if base is not None else {}
        if key is not None:
            headers["Idempotency-Key"] = key
            self._keyed = method, path, body, headers
        return self._answered(
            path, self._http.request(method, f"/v1/desk/{path}", json=body, headers=headers)
        )

    def last_again(self) -> Any:
        """The last write with a key, sent once more as it was: a double click."""
        if self._keyed is None:
            raise RuntimeError("nothing was written with a key yet")
        method, path, body, headers = self._keyed
        self.requests += 1
        return self._answered(
            path, self._http.request(method, f"/v1/desk/{path}", json=body, headers=headers)
        )

    def base(self, path: str) -> str:
        """The base that a form of a single record carries: its entity tag."""
        self.requests += 1
        answer = self._http.get(f"/v1/desk/{path}")
        self._answered(path, answer)
        return str(answer.headers["ETag"])

    def close(self) -> None:
        """Sign out."""
        self._http.post("/v1/desk/logout")
        self._http.close()

    def _answered(self, path: str, answer: httpx.Response) -> Any:
        if answer.status_code >= 400:
            raise DeskRefused(path, answer)
        return answer.json() if answer.content else None


def written(answer: Json, entity: str) -> str:
    """The id of the record of this kind that a desk's write made."""
    return next(one.partition("/")[2] for one in reversed(answer["records"]) if one.startswith(f"{entity}/"))


@dataclass
class PhoneClock:
    """The phone's clocks; anybody can set the wall clock, nobody the monotonic one."""

    wrong_by_ms: int = 0
    _system: SystemClock = field(default_factory=SystemClock)

    def read(self) -> Reading:
        """See `doorstep_client.clock.Clock`."""
        now = self._system.read()
        return Reading(now.wall_ms + self.wrong_by_ms, now.mono_ms, now.boot)


class Handset:
    """A technician's phone: the real client, over a signal that comes and goes."""

    def __init__(self, folder: Path, label: str, base_url: str, limits: Limits = DEFAULT_LIMITS) -> None:
        self.label = label
        self.signal = Signal(base_url)
        self.clock = PhoneClock()
        path = folder / f"phone-{label}.db"
        self.key = DeviceKey.in_file(path.with_name(path.name + ".key"))
        self.phone = Phone(path, self.signal, key=self.key, clock=self.clock, limits=limits)
        self.authored = 0

    @property
    def user(self) -> str:
        """Whose phone it is."""
        return self.phone.identity.user

    def now(self) -> str:
        """The time that the phone shows."""
        return instant(self.clock.read().wall_ms)

    def new_id(self) -> str:
        """A fresh id, made without signal."""
        return uuid7(self.clock.read().wall_ms, os.urandom)

    def do(self, drafts: Iterable[Drafted]) -> list[str]:
        """Author what a screen ordered, all or none; returns the ids of the operations."""
        wanted = [
            {
                "entity": one.entity,
                "record": one.record,
                "aggregate": one.aggregate,
                "set": one.set,
                "action": one.action,
                "moved_from": one.moved_from,
            }
            for one in drafts
        ]
        made = self.phone.author_all(wanted)
        self.authored += len(made)
        return [entry.operation.id for entry in made]

    def sees(self, entity: str, id: str) -> Any:
        """A record on the screen, own unsent work included; raises LookupError."""
        found: Seen | None = self.phone.get(entity, id)
        if found is None:
            raise LookupError(f"phone {self.label} does not show {entity} {id}")
        # Commands ask for entity, id, aggregate and fields alone; both kinds of record have them.
        return found

    def fields(self, entity: str, id: str) -> Json:
        """The fields of a record on the screen."""
        return dict(self.sees(entity, id).fields)

    def holds(self, aggregate: str) -> bool:
        """Whether anything of this aggregate is on the phone."""
        return aggregate in self.phone.aggregates()

    def exchange(self) -> Taken:
        """One exchange with the server, as the phone makes it whenever there is signal."""
        return self.phone.sync()

    def results(self, operations: Iterable[str]) -> list[Any]:
        """Receipts of these operations, in order."""
        wanted = set(operations)
        return [one for one in self.phone.receipts() if one.id in wanted]

    def close(self) -> None:
        """Switch it off."""
        self.phone.close()
        self.signal.close()
