"""What a store says when it cannot take something, on both databases."""

from __future__ import annotations

import pytest

from server.db.open import SqlStore
from sync.store import Ask, Changes, StoreRejected, StoreUnavailable
from tests.sync.contract.rows import a_receipt, write


def test_a_value_that_cannot_be_stored_is_rejected_and_changes_nothing(store: SqlStore) -> None:
    with pytest.raises(StoreRejected):
        write(store, Changes(receipts=[a_receipt(1), a_receipt(2, base_ver=2**63)]))
    assert store.transact(lambda transaction: transaction.load(Ask(receipts=("d1", 0, 9)))).receipts == []
    write(store, Changes(receipts=[a_receipt(1)]))


def test_the_same_line_twice_in_the_ledger_is_rejected(store: SqlStore) -> None:
    write(store, Changes(receipts=[a_receipt(1)]))
    with pytest.raises(StoreRejected):
        write(store, Changes(receipts=[a_receipt(1, id="other")]))


def test_a_closed_store_is_unavailable(store: SqlStore) -> None:
    store.close()
    with pytest.raises(StoreUnavailable):
        store.transact(lambda transaction: None)
    with pytest.raises(StoreUnavailable), store.snapshot():
        pass
    with pytest.raises(StoreUnavailable):
        store.poll("d1")
    store.close()
