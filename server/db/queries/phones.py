"""How each user's phone was last heard."""

from __future__ import annotations

from collections.abc import Iterable

from server.db.connection import Connection
from server.db.statement import Statement

_PHONES = Statement(
    "SELECT device.user_id, device_contact.heard_at, device_contact.pending, device_contact.uploads FROM device "
    "JOIN device_contact ON device_contact.device = device.id "
    "WHERE device.user_id = ANY(:users) AND NOT device.revoked ORDER BY device_contact.heard_at"
)

Contact = tuple[str | None, int | None, int | None]
"""(heard at, actions that it then still held, uploads that it then still held)."""
NEVER: Contact = (None, None, None)


def last_contacts(connection: Connection, users: Iterable[str | None]) -> dict[str | None, Contact]:
    """The last contact of each of these users who was ever heard; of several phones, the one heard last."""
    wanted = sorted({user for user in users if user is not None})
    # The one that was heard last comes last and stays.
    return (
        {row[0]: (row[1], row[2], row[3]) for row in connection.rows(_PHONES, users=wanted)} if wanted else {}
    )
