"""The registers that need no database keep the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from media.memory_register import MemoryRegister
from media.part_register import MemoryPartRegister, PartRegister
from media.register import UploadRegister
from tests.media.contract_part_register import PartRegisterContract
from tests.media.contract_register import RegisterContract, an_upload
from tests.media.file_register import FileRegister


class TestMemoryRegister(RegisterContract):
    def make(self) -> UploadRegister:
        return MemoryRegister()


class TestFileRegister(RegisterContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def make(self) -> UploadRegister:
        return FileRegister(self.folder)

    def test_rows_outlive_the_process(self) -> None:
        kept = self.make().add(an_upload())
        assert self.make().get(kept.id) == kept


class TestMemoryPartRegister(PartRegisterContract):
    def make(self) -> PartRegister:
        return MemoryPartRegister()
