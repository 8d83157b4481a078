"""People and their passwords' hashes, on either database."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from server.db.connection import Connection, Database
from server.db.statement import Statement

LOGIN_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$"
LOCALES = ("zh-CN", "en")
NAME_CHARACTERS = 400

_COLUMNS = "id, login, display_name, roles, password_hash, locale, disabled"
_PUT = Statement(
    f"INSERT INTO account ({_COLUMNS}) "
    "VALUES (:id, :login, :display_name, :roles, :password_hash, :locale, :disabled) "
    "ON CONFLICT (id) DO UPDATE SET login = excluded.login, display_name = excluded.display_name, "
    "roles = excluded.roles, password_hash = excluded.password_hash, locale = excluded.locale, "
    "disabled = excluded.disabled"
)
_BY_ID = Statement(f"SELECT {_COLUMNS}, unlocked_at FROM account WHERE id = :id")
_BY_LOGIN = Statement(f"SELECT {_COLUMNS}, unlocked_at FROM account WHERE login = :login")
_ALL = Statement(f"SELECT {_COLUMNS}, unlocked_at FROM account ORDER BY login")
_UNLOCK = Statement("UPDATE account SET unlocked_at = :at WHERE id = :id")
_END_SESSIONS = Statement("DELETE FROM desk_session WHERE account = :id")
_TAKEN = Statement("SELECT id FROM account WHERE login = :login AND id <> :id")


class LoginTaken(Exception):
    """Another account has this login."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person. `id` is the user's id everywhere."""

    id: str
    login: str
    display_name: str
    roles: tuple[str, ...]
    password_hash: str = ""
    """Argon2; empty for who never signs in at a desk."""
    locale: str = ""
    disabled: bool = False
    unlocked_at: str = ""
    """An instant until which wrong passwords count no longer; `Accounts.unlock` alone writes it."""


def is_login(text: str) -> bool:
    """Whether a login may be given: 1 to 64 letters, digits and . _ @ -, the first a letter or a digit."""
    return re.fullmatch(LOGIN_PATTERN, text) is not None


class Accounts:
    """All accounts. Logins are compared in lower case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, account: Account) -> None:
        """Create or replace an account; its sessions end when it is disabled or its password changes.

        Raises LoginTaken.
        """
        values: dict[str, Any] = {name: getattr(account, name) for name in _COLUMNS.split(", ")} | {
            "login": account.login.lower(),
            "roles": " ".join(account.roles),
        }

        def work(connection: Connection) -> None:
            if connection.row(_TAKEN, login=values["login"], id=account.id):
                raise LoginTaken(account.login)
            before = connection.row(_BY_ID, id=account.id)
            connection.run(_PUT, **values)
            if before and (account.disabled or before[4] != account.password_hash):
                connection.run(_END_SESSIONS, id=account.id)

        self._database.write(work)

    def unlock(self, id: str, now: str) -> None:
        """Let wrong passwords up to `now` count no longer; every server process sees it at the next sign-in."""
        self._database.write(lambda c: c.run(_UNLOCK, id=id, at=now))

    def get(self, id: str) -> Account | None:
        """An account by the user's id."""
        found = self._database.read(lambda c: c.row(_BY_ID, id=id))
        return _account(found) if found else None

    def by_login(self, login: str) -> Account | None:
        """An account by its login."""
        found = self._database.read(lambda c: c.row(_BY_LOGIN, login=login.lower()))
        return _account(found) if found else None

    def all(self) -> list[Account]:
        """Every account, by login."""
        return [_account(row) for row in self._database.read(lambda c: c.rows(_ALL))]


def _account(row: tuple[Any, ...]) -> Account:
    return Account(
        id=row[0],
        login=row[1],
        display_name=row[2],
        roles=tuple(row[3].split()),
        password_hash=row[4],
        locale=row[5],
        disabled=bool(row[6]),
        unlocked_at=row[7] or "",
    )
