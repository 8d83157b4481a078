"""Who can log in to the demo: accounts with passwords, phones with codes, printed and kept in a file for tools."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from server.bootstrap import Service
from server.db.accounts import Account
from server.demo.people import Person
from server.desk.password import is_password, password_hash


class DemoAccess:
    """Makes accounts and codes, and remembers their secrets until they are written down."""

    def __init__(self, service: Service, file: Path) -> None:
        self._service = service
        self._file = file
        self._before = _read(file)
        self._desk: list[dict[str, Any]] = []
        self._technicians: list[dict[str, Any]] = []

    def add(self, person: Person) -> None:
        """The person's account; repeating keeps a password that the file still tells."""
        known = self._service.accounts.get(person.login)
        account = Account(
            id=person.login,
            login=person.login,
            display_name=person.name,
            roles=person.roles,
            locale="zh-CN",
            password_hash=known.password_hash if known else "",
        )
        told = {
            "login": person.login,
            "name": person.name,
            "name_en": person.name_en,
            "outlet": person.outlet,
        }
        if person.roles == ("technician",):
            self._service.accounts.put(account)
            now = self._service.now()
            self._service.enrolments.withdraw(account.id, now)
            code, expires_at = self._service.enrolling.code_for(account.id)
            self._technicians.append({**told, "account": account.id, "code": code, "expires_at": expires_at})
            return
        password = self._before.get(person.login, "")
        if not is_password(password, account.password_hash or None):
            password = secrets.token_urlsafe(9)
            account = msgspec.structs.replace(account, password_hash=password_hash(password))
        self._service.accounts.put(account)
        self._desk.append({**told, "roles": list(person.roles), "password": password})

    def write(self, base_url: str) -> None:
        """Write the file, readable by its owner alone."""
        content = {"base_url": base_url, "desk": self._desk, "technicians": self._technicians}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.touch(mode=0o600)
        self._file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def lines(self) -> Iterator[str]:
        """For the terminal."""
        yield "demo: desks (login, password, role, name):"
        for one in self._desk:
            yield f"  {one['login']:<16} {one['password']:<14} {','.join(one['roles']):<12} {one['name']}"
        yield "demo: phones (one-time enrolment code, technician):"
        for one in self._technicians:
            yield f"  {one['code']:<12} {one['login']:<16} {one['name']}"


def _read(file: Path) -> dict[str, str]:
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
        return {one["login"]: one["password"] for one in known["desk"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
