"""What every `UploadRegister` must do. An adapter's test subclasses this and says how to make one."""

from __future__ import annotations

from abc import abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from media.register import UploadChanged, UploadRegister
from media.upload import MediaKind, Upload, UploadState

NOW = datetime(2026, 5, 4, 8, 30, 15, 123456, tzinfo=UTC)


def an_upload(upload_id: str = "u1", **fields: object) -> Upload:
    """A partial upload of 100 bytes."""
    upload = Upload(
        id=upload_id,
        media_id="m1",
        sha256="ab" * 32,
        kind=MediaKind.PROXY,
        device_id="d1",
        user_id="p1",
        length_bytes=100,
        metadata=(("media", "m1"), ("filename", "电梯.mp4"), ("urgent", None)),
        created_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    return replace(upload, **fields)  # type: ignore[arg-type]


class RegisterContract:
    """Subclass as `TestMyRegister` and implement `make`."""

    @abstractmethod
    def make(self) -> UploadRegister:
        """An empty register."""

    @pytest.fixture
    def register(self) -> UploadRegister:
        return self.make()

    def test_a_kept_upload_comes_back_as_it_was(self, register: UploadRegister) -> None:
        upload = an_upload(length_bytes=None, offset_bytes=1 << 40)
        assert register.add(upload) == replace(upload, revision=1)
        assert register.get("u1") == replace(upload, revision=1)

    def test_an_unknown_upload_is_none(self, register: UploadRegister) -> None:
        assert register.get("u1") is None
        assert register.find("m1", "ab" * 32) is None

    def test_the_same_media_and_hash_is_kept_once(self, register: UploadRegister) -> None:
        first = register.add(an_upload("u1"))
        assert register.add(an_upload("u2")) == first
        assert register.get("u2") is None
        assert register.find("m1", "ab" * 32) == first

    def test_another_media_or_another_hash_is_another_upload(self, register: UploadRegister) -> None:
        register.add(an_upload("u1"))
        assert register.add(an_upload("u2", media_id="m2")).id == "u2"
        assert register.add(an_upload("u3", sha256="cd" * 32)).id == "u3"

    def test_a_stored_upload_is_still_the_one(self, register: UploadRegister) -> None:
        stored = register.replace(register.add(an_upload()).at_offset(100).stored())
        assert register.add(an_upload("u2")) == stored

    @pytest.mark.parametrize("state", [UploadState.QUARANTINED, UploadState.TERMINATED, UploadState.EXPIRED])
    def test_an_ended_upload_makes_room_for_a_new_one(
        self, register: UploadRegister, state: UploadState
    ) -> None:
        register.replace(replace(register.add(an_upload()), state=state))
        assert register.find("m1", "ab" * 32) is None
        assert register.add(an_upload("u2")).id == "u2"

    def test_simultaneous_additions_agree_on_one(self, register: UploadRegister) -> None:
        with ThreadPoolExecutor(8) as pool:
            kept = set(pool.map(lambda n: register.add(an_upload(f"u{n}")).id, range(32)))
        assert len(kept) == 1

    def test_each_change_counts_one_revision(self, register: UploadRegister) -> None:
        added = register.add(an_upload())
        changed = register.replace(
            replace(
                added.at_offset(7).quarantined("sha256_mismatch"),
                device_id="d2",
                user_id="p2",
                expires_at=NOW,
            )
        )
        assert changed.revision == added.revision + 1
        assert register.get("u1") == changed

    def test_a_change_of_what_somebody_changed_is_refused(self, register: UploadRegister) -> None:
        added = register.add(an_upload())
        changed = register.replace(added.at_offset(10))
        with pytest.raises(UploadChanged):
            register.replace(added.at_offset(5))
        assert register.get("u1") == changed

    def test_a_change_of_nothing_is_refused(self, register: UploadRegister) -> None:
        with pytest.raises(UploadChanged):
            register.replace(an_upload(revision=1))

    def test_of_simultaneous_changes_one_wins(self, register: UploadRegister) -> None:
        added = register.add(an_upload())

        def attempt(offset: int) -> bool:
            try:
                register.replace(added.at_offset(offset))
            except UploadChanged:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(attempt, range(1, 33))) == 1

    def test_only_partial_uploads_past_their_time_are_expired(self, register: UploadRegister) -> None:
        for number, days in enumerate((3, 1, 2, 9)):
            register.add(
                an_upload(f"u{number}", media_id=f"m{number}", expires_at=NOW + timedelta(days=days))
            )
        register.replace(register.add(an_upload("u9", media_id="m9", expires_at=NOW)).at_offset(100).stored())
        assert [row.id for row in register.expired(NOW + timedelta(days=3), 10)] == ["u1", "u2", "u0"]
        assert [row.id for row in register.expired(NOW + timedelta(days=3), 2)] == ["u1", "u2"]

    def test_a_state_is_paged_by_id(self, register: UploadRegister) -> None:
        for number in (3, 1, 2):
            register.add(an_upload(f"u{number}", media_id=f"m{number}"))
        register.replace(register.add(an_upload("u0", media_id="m0")).terminated())
        first = register.in_state(UploadState.PARTIAL, "", 2)
        assert [row.id for row in first] == ["u1", "u2"]
        assert [row.id for row in register.in_state(UploadState.PARTIAL, "u2", 2)] == ["u3"]
