"""The demo company from outside: its address, who may sign in, and whose phone can be enrolled."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from doorstep_client import Refused
from doorstep_client.exchange import DEFAULT_LIMITS, Limits
from tests.story.people import Desk, Handset, Json
from tests.story.transcript import Say

READY_SECONDS = 60.0
_POLL_SECONDS = 0.2


class NoDemo(RuntimeError):
    """There is nothing to play against; `say` is one sentence with the remedy."""

    def __init__(self, say: Say) -> None:
        super().__init__(say[0])
        self.say = say


@dataclass
class Company:
    """What `var/demo.json` tells."""

    base_url: str
    language: str
    desks: list[Json]
    technicians: list[Json]
    codes_renewed: int = 0
    _has_phone: set[str] = field(default_factory=set)
    _signed_in: dict[str, Desk] = field(default_factory=dict)

    @classmethod
    def from_file(cls, file: Path, language: str) -> Company:
        """Read the file and wait until the server is ready; raises `NoDemo`."""
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            company = cls(told["base_url"], language, told["desk"], told["technicians"])
        except (OSError, ValueError, KeyError, TypeError):
            raise NoDemo(
                (
                    f"There is no demo to play against: {file} is not there or cannot be read."
                    " Start one with `make demo` (it keeps running), or give --own.",
                    f"没有可用的演示系统：{file} 不存在或无法读取。请先运行 `make demo`（保持运行），或使用 --own。",
                )
            ) from None
        company._wait(file)
        return company

    def desk(self, role: str, outlet: str | None = None) -> Desk:
        """Somebody of this role, signed in; of the outlet where there is one."""
        of_role = [one for one in self.desks if one["roles"] == [role]]
        near = [one for one in of_role if one.get("outlet") == outlet] or of_role
        if not near:
            raise NoDemo(
                (f"The demo has no account of the role {role}.", f"演示系统没有角色为 {role} 的账号。")
            )
        login = near[0]["login"]
        if login not in self._signed_in:
            name = near[0]["name" if self.language == "zh" else "name_en"]
            self._signed_in[login] = Desk(self.base_url, login, near[0]["password"], name, self.language)
        return self._signed_in[login]

    def people(self) -> list[Desk]:
        """Everyone who has signed in."""
        return list(self._signed_in.values())

    def free_technicians(self, count: int) -> list[Json]:
        """Technicians of one outlet, those with the fewest phones first, so that a story disturbs no other one."""
        phones = Counter(one["user"] for one in self.desk("supervisor").get("devices")["items"])
        self._has_phone = set(phones)
        by_outlet: dict[str, list[Json]] = {}
        for one in sorted(self.technicians, key=lambda one: phones[one["account"]]):
            by_outlet.setdefault(one["outlet"], []).append(one)

        def fresh(team: list[Json]) -> int:
            return -sum(phones[one["account"]] for one in team[:count])

        team = max(by_outlet.values(), key=lambda team: (len(team) >= count, fresh(team)))
        if len(team) < count:
            raise NoDemo(
                (
                    f"No outlet of the demo has {count} technicians.",
                    f"演示系统没有任何网点有 {count} 名技师。",
                )
            )
        return team[:count]

    def enrol(self, folder: Path, label: str, technician: Json, limits: Limits = DEFAULT_LIMITS) -> Handset:
        """A new phone for a technician, by the code in the file, or by a fresh one where that is used up."""
        handset = Handset(folder, label, self.base_url, limits)
        name = f"{technician['name']} · story {label}"
        # A wrong code counts against everybody at this address, so one that must be used up is not tried.
        if technician["account"] not in self._has_phone and self._enrolled(handset, technician["code"], name):
            return handset
        self.codes_renewed += 1
        fresh = self.desk("admin").write("POST", "devices/codes", {"account": technician["account"]})
        handset.phone.enrol(fresh["code"], name, "story")
        return handset

    def _enrolled(self, handset: Handset, code: str, name: str) -> bool:
        try:
            handset.phone.enrol(code, name, "story")
        except Refused as refused:
            if refused.code not in (
                "enrolment_code_used",
                "enrolment_code_unknown",
                "enrolment_code_expired",
            ):
                raise
            return False
        return True

    def close(self) -> None:
        """Everybody signs out."""
        for one in self._signed_in.values():
            one.close()

    def _wait(self, file: Path) -> None:
        deadline = time.monotonic() + READY_SECONDS
        problem: Any = ""
        while time.monotonic() < deadline:
            try:
                answer = httpx.get(f"{self.base_url}/v1/ready", timeout=5)
                if answer.status_code == 200:
                    return
                problem = answer.text[:300]
            except httpx.ConnectError:
                raise NoDemo(
                    (
                        f"No demo answers at {self.base_url} (from {file}). Start it with `make demo`, or give --own.",
                        f"{self.base_url} 没有响应（来自 {file}）。请用 `make demo` 启动，或使用 --own。",
                    )
                ) from None
            except httpx.TransportError as error:
                problem = type(error).__name__
            time.sleep(_POLL_SECONDS)
        raise NoDemo(
            (
                f"The demo at {self.base_url} is not ready after {READY_SECONDS:.0f} s ({problem}).",
                f"{self.base_url} 的演示系统在 {READY_SECONDS:.0f} 秒内未就绪（{problem}）。",
            )
        )
