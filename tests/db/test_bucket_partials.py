"""Rows of partials in a bucket, on both databases."""

from __future__ import annotations

import pytest

from media.part_register import PartRegister
from server.db.bucket_partials import SqlPartRegister
from server.db.open import SqlStore
from tests.media.contract_part_register import PartRegisterContract


class TestSqlPartRegister(PartRegisterContract):
    @pytest.fixture(autouse=True)
    def _store(self, store: SqlStore) -> None:
        self.store = store

    def make(self) -> PartRegister:
        return SqlPartRegister(self.store.database)
