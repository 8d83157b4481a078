"""What every `PartRegister` must do. An adapter's test subclasses this and says how to make one."""

from __future__ import annotations

from abc import abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from media.part_register import BucketPartial, Part, PartRegister, TailObject
from media.refusal import PartialBusy


class PartRegisterContract:
    """Subclass as `TestMyRegister` and implement `make`."""

    @abstractmethod
    def make(self) -> PartRegister:
        """An empty register."""

    @pytest.fixture
    def register(self) -> PartRegister:
        return self.make()

    def test_a_new_partial_is_empty_and_adding_it_again_keeps_it(self, register: PartRegister) -> None:
        register.add("u1")
        assert register.get("u1") == BucketPartial(id="u1", revision=1)
        changed = register.replace(BucketPartial(id="u1", multipart="m", revision=1))
        register.add("u1")
        assert register.get("u1") == changed

    def test_a_kept_partial_comes_back_as_it_was(self, register: PartRegister) -> None:
        register.add("u1")
        full = BucketPartial(
            id="u1",
            multipart="m",
            parts=(Part('"etag"', 8 << 20), Part("e2", 1 << 40)),
            tail=(TailObject("partial/u1/0000000001-000000000000001", 1),),
            whole="partial/u1/whole",
            taken="ab" * 32,
            revision=1,
        )
        assert register.replace(full) == register.get("u1") == replace(full, revision=2)
        assert full.offset_bytes == (8 << 20) + (1 << 40) + 1

    def test_a_change_of_what_somebody_changed_is_refused(self, register: PartRegister) -> None:
        register.add("u1")
        changed = register.replace(BucketPartial(id="u1", revision=1))
        for stale in (BucketPartial(id="u1", revision=1), BucketPartial(id="u2", revision=1)):
            with pytest.raises(PartialBusy):
                register.replace(stale)
        assert register.get("u1") == changed

    def test_of_simultaneous_changes_one_wins(self, register: PartRegister) -> None:
        register.add("u1")

        def attempt(number: int) -> bool:
            try:
                register.replace(BucketPartial(id="u1", multipart=str(number), revision=1))
            except PartialBusy:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(attempt, range(32))) == 1

    def test_what_was_removed_is_gone(self, register: PartRegister) -> None:
        for partial_id in ("u2", "u1"):
            register.add(partial_id)
        assert list(register.ids()) == ["u1", "u2"]
        for _ in range(2):
            register.remove("u1")
        assert (register.get("u1"), list(register.ids())) == (None, ["u2"])
