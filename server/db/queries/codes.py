"""Which records people know by these codes: many codes in one reading, as imports need it."""

from __future__ import annotations

from collections.abc import Sequence

from server.db.connection import Connection, Database
from server.db.read_model import fold
from server.db.statement import Statement

_BY_CODE = {
    "customer": Statement("SELECT number, id FROM customer WHERE number = ANY(:codes) ORDER BY id"),
    "site": Statement("SELECT number, id FROM site WHERE number = ANY(:codes) ORDER BY id"),
    "technician": Statement("SELECT number, id FROM technician WHERE number = ANY(:codes) ORDER BY id"),
    "outlet": Statement("SELECT code, id FROM outlet WHERE code = ANY(:codes) ORDER BY id"),
    "asset": Statement("SELECT serial_folded, id FROM asset WHERE serial_folded = ANY(:codes) ORDER BY id"),
}
_ORDERS = Statement(
    "SELECT id FROM work_order WHERE number = :number OR provisional_number = :number ORDER BY id"
)

_HOLDING = {
    (entity, field): Statement(f"SELECT id FROM {entity} WHERE {field} = :value ORDER BY id")
    for entity, field in (
        ("customer", "number"),
        ("site", "number"),
        ("technician", "number"),
        ("stock_location", "code"),
        ("part", "code"),
    )
}


def ids_holding(connection: Connection, entity: str, field: str, value: str) -> list[str]:
    """Ids of the live records that people know by this number or code: inside the caller's transaction."""
    return [id for (id,) in connection.rows(_HOLDING[entity, field], value=value)]


def orders_by_number(database: Database, number: str) -> list[str]:
    """Ids of the live orders with this number, or with this one given on site. Raises StoreUnavailable."""
    return [id for (id,) in database.read(lambda connection: connection.rows(_ORDERS, number=number))]


def plain_serial(serial: str) -> str:
    """A serial number without case, spaces and dashes, so that two spellings meet."""
    return fold(serial).replace(" ", "").replace("-", "")


def ids_by_code(database: Database, entity: str, codes: Sequence[str]) -> dict[str, list[str]]:
    """Code → ids of the live records that have it; equipment by `plain_serial`. Raises StoreUnavailable.

    Entities whose records have no code of their own, such as imported orders, have none.
    """
    statement = _BY_CODE.get(entity)
    if statement is None:
        return {}
    found: dict[str, list[str]] = {}
    for code, id in database.read(lambda connection: connection.rows(statement, codes=codes)):
        found.setdefault(code, []).append(id)
    return found
