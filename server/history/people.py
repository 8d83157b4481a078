"""Who did something and by what, named in the reader's language: a technician, an account, a phone, the system."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from domain.declaration import SCHEMA
from mobile_api.problem import Phrase
from server.db.accounts import Account
from server.db.devices import KnownPhone
from server.db.reading import Reading
from server.desk.names import roles
from server.history.entry import Origin, Person
from server.history.told import Names
from sync.record import Record

_NOBODY = {
    "system": Phrase("the system", "系统"),
    "import": Phrase("an import", "批量导入"),
    "demo": Phrase("the demo's past", "演示数据"),
}
_VIA = {
    "phone": Phrase("phone", "手机"),
    "desk": Phrase("desk", "办公室"),
    "import": Phrase("import", "批量导入"),
    "system": Phrase("system", "系统"),
}
_NAMED_BY = ("name", "title", "code", "number", "serial")
"""Fields that people call a record by, the first that says something."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Looks names up; may block."""

    reading: Reading
    account: Callable[[str], Account | None]
    phones: Callable[[], list[KnownPhone]]

    def people(self, users: Iterable[str], spoken: str) -> dict[str, str]:
        """User → name."""
        wanted = sorted(set(users))
        technicians = self.reading.records([("technician", one) for one in wanted])
        return {one: self._person(one, technicians.get(("technician", one)), spoken) for one in wanted}

    def _person(self, user: str, technician: Record | None, spoken: str) -> str:
        if user in _NOBODY:
            return _NOBODY[user].said(spoken)
        if technician is not None and (name := called(technician, spoken)):
            return name
        account = self.account(user)
        return account.display_name if account is not None else user

    def records(self, keys: Iterable[tuple[str, str]], spoken: str) -> Names:
        """(entity, id) → what people call it, of all that exist and have a name."""
        found = self.reading.records(sorted(set(keys)))
        names = {key: called(record, spoken) for key, record in found.items()}
        return {key: name for key, name in names.items() if name}

    def devices(self) -> dict[str, str]:
        """Phone → what its user calls it."""
        return {one.id: one.name for one in self.phones()}


def person(user: str, role: str, names: dict[str, str], spoken: str) -> Person:
    """Who did it, in which role."""
    return Person(id=user, name=names.get(user, user), role=role, role_name=_role(role, spoken))


def origin(device: str, user: str, phones: dict[str, str], spoken: str) -> Origin:
    """By what it came; `device` may be that of a consequence, which begins with `~`."""
    device = device.removeprefix("~")
    kind = _kind(device, user, phones)
    return Origin(kind=kind, device=device, name=phones.get(device) or _VIA[kind].said(spoken))


def called(record: Record, spoken: str) -> str:
    """What people call a record; empty where it has no name of its own."""
    declared = SCHEMA.entities[record.entity].fields
    for name in _NAMED_BY:
        value = record.fields.get(name) if name in declared else None
        if isinstance(value, dict):
            value = value.get(spoken) or value.get("zh") or value.get("en")
        if isinstance(value, str) and value:
            return value
    return ""


def _kind(device: str, user: str, phones: dict[str, str]) -> str:
    if device in phones:
        return "phone"
    if device == "import":
        return "import"
    if device.startswith("desk-"):
        return "desk"
    return "system" if user in _NOBODY else "phone"


def _role(role: str, spoken: str) -> str:
    if role == "system":
        return _NOBODY["system"].said(spoken)
    if role == "customer":
        return Phrase("customer", "客户").said(spoken)
    return roles([role]).said(spoken)
