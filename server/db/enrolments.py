"""One-time enrolment codes, on either database."""

from __future__ import annotations

import msgspec

from mobile_api.ports import CodeRefused, Enrolled, NewPhone
from server.db.connection import Connection, Database
from server.db.devices import CONTACT
from server.db.log_writer import LogWriter
from server.db.statement import Statement

_ISSUE = Statement(
    "INSERT INTO enrolment_code (hash, user_id, roles, made_at, expires_at) "
    "VALUES (:hash, :user, :roles, :made_at, :expires_at)"
)
_USE = Statement(
    "UPDATE enrolment_code SET used_at = :now, device = :device "
    "WHERE hash = :hash AND used_at IS NULL AND expires_at > :now RETURNING user_id, roles"
)
_FIND = Statement(
    "SELECT code.user_id, code.roles, code.expires_at, code.device, device.public_key "
    "FROM enrolment_code AS code LEFT JOIN device ON device.id = code.device WHERE code.hash = :hash"
)
_CREATE = Statement(
    "INSERT INTO device (id, user_id, roles, last_seq, revoked, public_key, forked_from) "
    "VALUES (:device, :user, :roles, 0, :no, :public_key, '')"
)
_OPEN = Statement(
    "SELECT user_id, roles, made_at, expires_at FROM enrolment_code "
    "WHERE used_at IS NULL AND expires_at > :now ORDER BY expires_at, user_id"
)
_WITHDRAW = Statement(
    "UPDATE enrolment_code SET expires_at = :now "
    "WHERE user_id = :user AND used_at IS NULL AND expires_at > :now"
)


class OpenCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code that can still be used; the code itself is not known here."""

    user: str
    roles: tuple[str, ...]
    made_at: str
    expires_at: str


class SqlEnrolments:
    """See `mobile_api.ports.Enrolments`, and the desk's side of it."""

    def __init__(self, database: Database, log: LogWriter | None = None) -> None:
        """With `log`, each enrolment is logged in its own transaction."""
        self._database = database
        self._log = log

    def issue(
        self, code_digest: str, user: str, roles: tuple[str, ...], *, now: str, expires_at: str
    ) -> None:
        """Make a code valid until `expires_at`."""
        self._database.write(
            lambda c: c.run(
                _ISSUE, hash=code_digest, user=user, roles=" ".join(roles), made_at=now, expires_at=expires_at
            )
        )

    def withdraw(self, user: str, now: str) -> int:
        """End the user's open codes; returns how many there were."""
        return self._database.write(lambda c: c.run(_WITHDRAW, user=user, now=now))

    def open(self, now: str) -> list[OpenCode]:
        """Codes that can still be used, the first to expire first."""
        return [
            OpenCode(user=row[0], roles=tuple(row[1].split()), made_at=row[2], expires_at=row[3])
            for row in self._database.read(lambda c: c.rows(_OPEN, now=now))
        ]

    def redeem(self, code_digest: str, phone: NewPhone, now: str) -> Enrolled:
        """See `mobile_api.ports.Enrolments.redeem`."""

        def work(connection: Connection) -> Enrolled:
            used = connection.row(_USE, hash=code_digest, now=now, device=phone.device)
            if used is None:
                return _again(connection, code_digest, phone, now)
            user, roles = used
            connection.run(
                _CREATE, device=phone.device, user=user, roles=roles, no=False, public_key=phone.public_key
            )
            connection.run(CONTACT, device=phone.device, name=phone.name, platform=phone.platform, at=now)
            if self._log is not None:
                self._log.note_enrolment(connection, phone.device)
            return Enrolled(device=phone.device, user=user, roles=tuple(roles.split()))

        return self._database.write(work)


def _again(connection: Connection, code_digest: str, phone: NewPhone, now: str) -> Enrolled:
    """The first answer once more, for the phone whose reply was lost; nobody else gets one."""
    found = connection.row(_FIND, hash=code_digest)
    if found is None:
        raise CodeRefused("unknown")
    user, roles, expires_at, device, public_key = found
    if device is None:
        raise CodeRefused("expired")
    if public_key is None or bytes(public_key) != phone.public_key or now >= expires_at:
        raise CodeRefused("used")
    return Enrolled(device=device, user=user, roles=tuple(roles.split()))
