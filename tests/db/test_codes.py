"""Codes that people use lead to records, many at once."""

from __future__ import annotations

from server.db.open import SqlStore
from server.db.queries.codes import ids_by_code
from sync.store import Changes
from tests.db.test_reading import company
from tests.sync.contract.rows import stored, write


def test_codes_that_people_know_lead_to_ids(store: SqlStore) -> None:
    write(store, Changes(records=stored(*company())), *{record.aggregate for record in company()})

    assert ids_by_code(store.database, "customer", ["K-100%", "none"]) == {"K-100%": ["c1"]}
    assert ids_by_code(store.database, "asset", ["sn77001"]) == {"sn77001": ["a1", "a2"]}
    assert ids_by_code(store.database, "work_order", ["P-7"]) == {}
