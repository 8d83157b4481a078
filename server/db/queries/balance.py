"""How many of a part lay at a place by the books, as of a version that a form displayed."""

from __future__ import annotations

import msgspec

from domain.identity import stock_level_id
from domain.place import stock
from server.db.connection import Connection, Database
from server.db.statement import Statement
from sync.audit import Change
from sync.record import decode_record

_LEVEL = Statement("SELECT body FROM record WHERE entity = 'stock_level' AND id = :id")
_CHAIN = Statement(
    "SELECT n, payload FROM audit WHERE aggregate = :aggregate AND n < :before ORDER BY n DESC LIMIT :limit"
)
_AT_ONCE = 200
_PAST_THE_END = 2**53
_change = msgspec.json.Decoder(Change)


def balance_as_of(database: Database, location: str, part: str, ver: int) -> int | None:
    """The balance at that version of the place; 0 where the part had no level yet.

    None where an erasure has taken what would tell. The past does not change: reading without a lock is enough.
    """
    level = stock_level_id(location, part)

    def work(connection: Connection) -> int | None:
        # The level first: what changes it after this reading stands in the chain, with the value before.
        row = connection.row(_LEVEL, id=level)
        balance: int | None = int(decode_record(bytes(row[0])).fields["balance"]) if row else 0
        before = _PAST_THE_END
        while links := connection.rows(_CHAIN, aggregate=stock(location), before=before, limit=_AT_ONCE):
            for before, payload in links:  # noqa: B007  the last number is where the next page begins
                if payload is None:
                    return None
                change = _change.decode(bytes(payload))
                if change.ver <= ver:
                    return balance
                if change.record == level and "balance" in change.after:
                    balance = _replaced(change, balance)
        return balance

    return database.read(work)


def _replaced(change: Change, after: int | None) -> int | None:
    """The balance before a change. The change that made the level replaced nothing; one of nothing is not noted."""
    if "balance" in change.before:
        was = change.before["balance"]
        return was if isinstance(was, int) else None
    return 0 if "location" in change.after else after
