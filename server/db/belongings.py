"""What belongs to a customer, found in the records themselves: read models may lag, and hold no deleted records."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.personal import Belongings
from server.db.connection import Connection, Database
from server.db.statement import Statement
from sync.record import Record, decode_record

_CUSTOMER = Statement("SELECT body FROM record WHERE entity = 'customer' AND id = :id")
_NAMING = Statement(
    "SELECT body FROM record WHERE entity = :entity AND EXISTS (SELECT 1 FROM "
    "jsonb_array_elements_text(CAST(:texts AS jsonb)) AS one (text) "
    "WHERE position(convert_to(one.text, 'UTF8') IN record.body) > 0)",
    sqlite="SELECT body FROM record WHERE entity = :entity AND EXISTS (SELECT 1 FROM json_each(:texts) "
    "WHERE instr(record.body, CAST(value AS BLOB)) > 0)",
)
"""Reads all bodies of a kind: some seconds for a million of them, and it finds everything."""


def belongings_of(database: Database, customer: str) -> Belongings | None:
    """The customer with all sites and orders, deleted ones too; None where there is no such customer."""

    def work(connection: Connection) -> Belongings | None:
        found = connection.row(_CUSTOMER, id=customer)
        if found is None:
            return None
        sites = _naming(connection, "site", [("customer", customer)])
        names = [("customer", customer), *(("site", one.id) for one in sites)]
        return Belongings(
            customer=decode_record(bytes(found[0])),
            sites=tuple(sites),
            orders=tuple(_naming(connection, "work_order", names)),
        )

    return database.read(work)


def _naming(connection: Connection, entity: str, names: Sequence[tuple[str, str]]) -> list[Record]:
    """Records of which one of these fields has this value; bodies are canonical, so that it looks the same in all."""
    texts = [f'"{field}":{msgspec.json.encode(id).decode()}' for field, id in names]
    rows = connection.rows(_NAMING, entity=entity, texts=msgspec.json.encode(texts).decode())
    found = [decode_record(bytes(body)) for (body,) in rows]
    return sorted(
        (one for one in found if any(one.fields.get(field) == id for field, id in names)),
        key=lambda record: record.id,
    )
