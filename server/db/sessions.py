"""Desk sessions, on either database. Tokens are known here only by their hash."""

from __future__ import annotations

import msgspec

from server.db.connection import Connection, Database
from server.db.statement import Statement

_OPEN = Statement(
    "INSERT INTO desk_session (hash, account, csrf, made_at, expires_at) "
    "VALUES (:hash, :account, :csrf, :made_at, :expires_at)"
)
_FIND = Statement(
    "SELECT desk_session.account, desk_session.csrf, desk_session.expires_at, account.display_name, account.roles, "
    "account.locale FROM desk_session JOIN account ON account.id = desk_session.account "
    "WHERE desk_session.hash = :hash AND desk_session.expires_at > :now AND NOT account.disabled"
)
_EXTEND = Statement("UPDATE desk_session SET expires_at = :expires_at WHERE hash = :hash")
_END = Statement("DELETE FROM desk_session WHERE hash = :hash")
_SWEEP = Statement("DELETE FROM desk_session WHERE expires_at <= :now")


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits at the desk."""

    account: str
    csrf: str
    expires_at: str
    display_name: str
    roles: tuple[str, ...]
    locale: str


class Sessions:
    """All sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, token_hash: str, account: str, csrf: str, *, now: str, expires_at: str) -> None:
        """Begin a session; those that have expired are swept out."""

        def work(connection: Connection) -> None:
            connection.run(_SWEEP, now=now)
            connection.run(
                _OPEN, hash=token_hash, account=account, csrf=csrf, made_at=now, expires_at=expires_at
            )

        self._database.write(work)

    def find(self, token_hash: str, now: str) -> Session | None:
        """The session, unless it has expired, was ended, or its account is disabled."""
        row = self._database.read(lambda c: c.row(_FIND, hash=token_hash, now=now))
        if row is None:
            return None
        return Session(
            account=row[0],
            csrf=row[1],
            expires_at=row[2],
            display_name=row[3],
            roles=tuple(row[4].split()),
            locale=row[5],
        )

    def extend(self, token_hash: str, expires_at: str) -> None:
        """Let the session last longer; an ended one stays ended."""
        self._database.write(lambda c: c.run(_EXTEND, hash=token_hash, expires_at=expires_at))

    def end(self, token_hash: str) -> None:
        """Sign out; repeating is safe."""
        self._database.write(lambda c: c.run(_END, hash=token_hash))
