"""Who can log in to the demo: accounts with passwords, phones with codes, printed and kept in a file for tools."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_api.device_key import checked_public_key, jwk_of
from mobile_api.enrolment_code import code_digest, new_code
from mobile_api.ports import Heard, NewPhone
from server.db.accounts import Account
from server.demo.people import Person
from server.demo.phones import DemoPhone
from server.desk.password import is_password, password_hash
from server.private_files import private_file, private_folder
from server.service import Service


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

    def phone(self, phone: DemoPhone) -> None:
        """A phone that was enrolled and heard in the past; repeating changes nothing, whatever it said since.

        Nobody holds its key: the private half is forgotten here, so nothing can ever speak in its name.
        """
        known = {one.id: one for one in self._service.devices.list()}.get(phone.device)
        if known is None:
            self._enrol(phone)
        if known is None or known.heard_at is None:
            self._service.devices.heard(phone.device, Heard(at=phone.heard_at, outbox=phone.outbox))

    def _enrol(self, phone: DemoPhone) -> None:
        key = ec.generate_private_key(ec.SECP256R1()).public_key()
        asks = NewPhone(
            device=phone.device,
            public_key=checked_public_key(dict(jwk_of(key))),
            name=phone.name,
            platform=phone.platform,
        )
        digest = code_digest(new_code(os.urandom), self._service.settings.secret)
        enrolments = self._service.enrolments
        enrolments.issue(
            digest, phone.technician, ("technician",), now=phone.enrolled_at, expires_at=phone.heard_at
        )
        enrolments.redeem(digest, asks, phone.enrolled_at)

    def write(self, base_url: str) -> None:
        """Write the file, readable by its owner alone."""
        content = {"base_url": base_url, "desk": self._desk, "technicians": self._technicians}
        private_folder(self._file.parent)
        private_file(self._file)
        self._file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def lines(self) -> Iterator[str]:
        """For the terminal."""
        yield "demo: desks 办公室账号 (login, password, role, name):"
        for one in self._desk:
            yield f"  {one['login']:<16} {one['password']:<14} {','.join(one['roles']):<12} {one['name']}"
        yield f"demo: phones 手机 (one-time enrolment code 一次性登记码, good until {self._codes_until()}; technician):"
        for one in self._technicians:
            yield f"  {one['code']:<12} {one['login']:<16} {one['name']}"

    def _codes_until(self) -> str:
        return min((one["expires_at"][:10] for one in self._technicians), default="")


def _read(file: Path) -> dict[str, str]:
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
        return {one["login"]: one["password"] for one in known["desk"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
