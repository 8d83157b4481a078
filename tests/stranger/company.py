"""A fresh server with one desk, two technicians and one job, made as a black box over its command and its HTTP."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.parts.server_process import running_server
from tests.stranger.phone import Phone

DOORSTEP = str(Path(sys.executable).with_name("doorstep"))
SECRET = "a secret that only strangers know, long enough"
PASSWORD = "a desk password of a stranger"
ROLES = ["dispatcher", "intake", "supervisor", "admin"]
LIMIT_SECONDS = 60.0


@dataclass
class Company:
    """The desk's session, and what it has made."""

    client: httpx.Client
    csrf: str
    order: str = ""
    technicians: tuple[str, ...] = ()
    visits: tuple[str, ...] = ()

    @property
    def aggregate(self) -> str:
        """The job's aggregate."""
        return f"work_order/{self.order}"

    def desk(self, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
        """One command of the desk; a refusal fails the test with the problem."""
        answer = self.client.post(
            f"/v1/desk/{path}", json=body, headers={"X-CSRF-Token": self.csrf} | headers
        )
        assert answer.status_code < 300, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def make(self, kind: str, **fields: Any) -> str:
        """A new record; its id."""
        return _id(self.desk(kind, {"fields": fields}), "")

    def displayed(self) -> dict[str, str]:
        """The version of the job that a form would display."""
        answer = self.client.get(f"/v1/desk/work-orders/{self.order}")
        return {"If-Match": answer.headers["ETag"]}

    def hire(self, name: str) -> None:
        """Another technician, with a visit to the job."""
        technician = self.make("technicians", number=f"T-{name}", name={"en": name})
        self.desk(
            "accounts", {"login": name, "display_name": name, "roles": ["technician"], "id": technician}
        )
        visit = self.desk(f"work-orders/{self.order}/visits", {"technician": technician}, **self.displayed())
        self.technicians += (technician,)
        self.visits += (_id(visit, "visit/"),)

    def phone(self, technician: int, name: str) -> Phone:
        """A phone, enrolled with a one-time code."""
        code = self.desk("devices/codes", {"account": self.technicians[technician]})["code"]
        return Phone(self.client, code.lower().replace("-", " "), name)


@contextmanager
def company(folder: Path) -> Iterator[Company]:
    """A server of its own in `folder`, with one job that two technicians share; it ends with the test."""
    variables = {"DOORSTEP_SECRET": SECRET}
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | variables
    for words, typed in ((["migrate"], ""), (["user", "add", "boss", *_flags(ROLES)], PASSWORD + "\n")):
        subprocess.run(
            [DOORSTEP, *words],
            cwd=folder,
            env=environment,
            input=typed,
            text=True,
            check=True,
            capture_output=True,
            timeout=LIMIT_SECONDS,
        )
    with (
        running_server(folder, variables) as server,
        httpx.Client(base_url=server.base_url, trust_env=False, timeout=LIMIT_SECONDS) as client,
    ):
        me = client.post("/v1/desk/login", json={"login": "boss", "password": PASSWORD}).json()
        yield _furnished(Company(client, me["csrf"]))


def _furnished(made: Company) -> Company:
    customer = made.make("customers", number="C-1", name={"en": "A customer"})
    site = made.make(
        "sites", number="S-1", customer=customer, address={"line": {"en": "1 Road"}}, zone="Asia/Shanghai"
    )
    order = made.desk(
        "work-orders",
        {
            "channel": "phone",
            "kind": "fault",
            "read_back": True,
            "site": site,
            "symptom": "It does not cool.",
        },
    )
    made.order = _id(order, "work_order/")
    for name in ("one", "two"):
        made.hire(name)
    return made


def _id(said: dict[str, Any], kind: str) -> str:
    name: str = next(record for record in said["records"] if record.startswith(kind))
    return name.partition("/")[2]


def _flags(roles: list[str]) -> list[str]:
    return [word for role in roles for word in ("--role", role)]
