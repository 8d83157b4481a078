"""What every `Store` must do. An adapter's test subclasses this and says how to make one."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterable
from random import Random

import pytest

from media.bucket import ObjectMissing
from media.refusal import PartialBusy
from media.store import PartialMissing, Store

CONTENT = Random(23).randbytes(200_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class StoreContract:
    """Subclass as `TestMyStore` and implement `make`, which may be called more than once for the same bytes."""

    large_bytes = 200_000
    """A size at which this store does whatever it does with large files."""

    @abstractmethod
    def make(self) -> Store:
        """A store as another process would open it on the same bytes."""

    @abstractmethod
    def leftovers(self) -> Iterable[str]:
        """Names of everything in the store but blobs and quarantined files."""

    @abstractmethod
    def quarantined(self, upload_id: str) -> bytes:
        """What was put aside."""

    @pytest.fixture
    def store(self) -> Store:
        return self.make()

    def filled(self, store: Store, content: bytes = CONTENT, upload_id: str = "u1") -> Store:
        store.create(upload_id)
        with store.open(upload_id) as writer:
            writer.write(content)
            assert writer.commit() == len(content)
        return store

    def test_a_new_partial_is_empty_and_creating_it_again_keeps_it(self, store: Store) -> None:
        store.create("u1")
        assert store.offset("u1") == 0
        self.filled(store, b"hello")
        store.create("u1")
        assert (store.offset("u1"), list(store.ids())) == (5, ["u1"])

    def test_what_is_not_there_is_missing(self, store: Store) -> None:
        for act in (store.offset, store.sha256, lambda one: store.open(one).__enter__()):
            with pytest.raises(PartialMissing):
                act("u1")
        assert store.size(SHA256) is None
        with pytest.raises(FileNotFoundError):
            store.read(SHA256)

    def test_committed_bytes_are_there_for_another_process(self, store: Store) -> None:
        store.create("u1")
        for start in range(0, 1000, 100):
            with self.make().open("u1") as writer:
                assert writer.offset_bytes == start
                writer.write(CONTENT[start : start + 60])
                writer.write(CONTENT[start + 60 : start + 100])
                assert writer.offset_bytes == start
                assert writer.commit() == writer.offset_bytes == start + 100
        assert self.make().offset("u1") == 1000
        assert self.make().sha256("u1") == hashlib.sha256(CONTENT[:1000]).hexdigest()

    def test_what_was_not_committed_is_forgotten(self, store: Store) -> None:
        store.create("u1")
        with store.open("u1") as writer:
            writer.write(CONTENT[:100])
            writer.commit()
            writer.write(b"never acknowledged")
        assert store.offset("u1") == 100
        with store.open("u1") as writer:
            writer.write(b"nor this")
            writer.discard()
            writer.write(CONTENT[100:250])
            assert writer.commit() == 250
        assert store.sha256("u1") == hashlib.sha256(CONTENT[:250]).hexdigest()

    def test_a_commit_of_nothing_changes_nothing(self, store: Store) -> None:
        store.create("u1")
        with store.open("u1") as writer:
            assert (writer.commit(), writer.commit()) == (0, 0)

    def test_many_small_commits_add_up(self, store: Store) -> None:
        store.create("u1")
        size = 0
        with store.open("u1") as writer:
            for _ in range(40):
                writer.write(CONTENT[size : size + 97])
                size = writer.commit()
        assert (size, store.offset("u1")) == (40 * 97, 40 * 97)
        assert store.sha256("u1") == hashlib.sha256(CONTENT[:size]).hexdigest()

    def test_of_two_writers_only_one_is_acknowledged(self, store: Store) -> None:
        store.create("u1")
        acknowledged = []
        with store.open("u1") as first:
            first.write(b"first")
            try:
                with self.make().open("u1") as second:
                    second.write(b"second")
                    second.commit()
                    acknowledged.append(b"second")
            except PartialBusy:
                pass
            try:
                first.commit()
                acknowledged.append(b"first")
            except PartialBusy:
                pass
        assert len(acknowledged) == 1
        assert store.offset("u1") == len(acknowledged[0])
        assert store.sha256("u1") == hashlib.sha256(acknowledged[0]).hexdigest()

    def test_bytes_are_read_back_from_any_place(self, store: Store) -> None:
        self.filled(store)
        assert b"".join(store.blocks("u1")) == CONTENT
        assert b"".join(store.blocks("u1", 123_456)) == CONTENT[123_456:]
        assert b"".join(store.blocks("u1", len(CONTENT))) == b""

    def test_a_taken_partial_is_the_blob(self, store: Store) -> None:
        self.filled(store)
        assert store.sha256("u1") == SHA256
        assert not store.has_taken("u1", SHA256)
        store.take("u1", SHA256)
        assert self.make().has_taken("u1", SHA256)
        assert (store.size(SHA256), store.offset("u1")) == (len(CONTENT), len(CONTENT))
        with store.read(SHA256) as blob:
            assert blob.read() == CONTENT
            blob.seek(199_990)
            assert blob.read() == CONTENT[199_990:]
            blob.seek(7)
            assert blob.read(5) == CONTENT[7:12]

    def test_taking_again_is_safe_also_for_another_upload_of_the_same_bytes(self, store: Store) -> None:
        for upload_id in ("u1", "u2"):
            self.filled(store, upload_id=upload_id)
            assert store.sha256(upload_id) == SHA256
            for _ in range(2):
                self.make().take(upload_id, SHA256)
            store.release(upload_id)
        with store.read(SHA256) as blob:
            assert blob.read() == CONTENT

    def test_an_empty_file_is_a_blob_too(self, store: Store) -> None:
        nothing = hashlib.sha256(b"").hexdigest()
        store.create("u1")
        assert store.sha256("u1") == nothing
        store.take("u1", nothing)
        store.release("u1")
        assert store.size(nothing) == 0
        with store.read(nothing) as blob:
            assert blob.read() == b""

    def test_release_frees_everything_and_repeats(self, store: Store) -> None:
        self.filled(store)
        for _ in range(2):
            store.release("u1")
        assert list(store.ids()) == list(self.leftovers()) == []
        with pytest.raises(PartialMissing):
            store.offset("u1")

    def test_nothing_is_left_of_a_stored_upload_but_its_blob(self, store: Store) -> None:
        self.filled(store)
        store.sha256("u1")
        store.take("u1", SHA256)
        store.release("u1")
        assert list(store.ids()) == list(self.leftovers()) == []
        assert store.size(SHA256) == len(CONTENT)

    def test_quarantine_keeps_the_bytes_where_no_reader_finds_them(self, store: Store) -> None:
        self.filled(store)
        for _ in range(2):
            store.quarantine("u1")
        assert self.quarantined("u1") == CONTENT
        assert store.size(SHA256) is None
        assert list(store.ids()) == list(self.leftovers()) == []

    def test_an_erased_blob_is_gone_and_erasing_repeats(self, store: Store) -> None:
        self.filled(store)
        store.sha256("u1")
        store.take("u1", SHA256)
        store.release("u1")
        for _ in range(2):
            store.erase(SHA256)
        assert store.size(SHA256) is None
        with pytest.raises(FileNotFoundError):
            store.read(SHA256)

    def test_what_was_put_aside_can_be_deleted(self, store: Store) -> None:
        self.filled(store)
        store.quarantine("u1")
        for _ in range(2):
            store.forget_quarantined("u1")
        with pytest.raises((OSError, ObjectMissing)):
            self.quarantined("u1")

    def test_a_large_file_in_uneven_pieces_is_whole(self, store: Store) -> None:
        content, random = Random(5).randbytes(self.large_bytes), Random(6)
        store.create("u1")
        position = 0
        while position < len(content):
            with self.make().open("u1") as writer:
                assert writer.offset_bytes == position
                for _ in range(3):
                    piece = content[writer.offset_bytes :][: random.randint(1, self.large_bytes // 4)]
                    writer.write(piece[: len(piece) // 2])
                    writer.write(piece[len(piece) // 2 :])
                    writer.commit()
                writer.write(b"bytes that a checksum refuses" * 9999)
                writer.discard()
                position = writer.offset_bytes
        sha256 = hashlib.sha256(content).hexdigest()
        assert store.sha256("u1") == sha256
        store.take("u1", sha256)
        store.release("u1")
        with store.read(sha256) as blob:
            assert hashlib.sha256(blob.read()).hexdigest() == sha256
        assert list(self.leftovers()) == []

    @pytest.mark.parametrize("upload_id", ["", "../x", "a/b", "a.part", "x" * 200, "-x"])
    def test_no_id_leads_elsewhere(self, store: Store, upload_id: str) -> None:
        for act in (store.create, store.offset, store.release, store.quarantine, store.forget_quarantined):
            with pytest.raises(ValueError, match="not an upload id"):
                act(upload_id)

    @pytest.mark.parametrize("sha256", ["", "../" * 10, "AB" * 32, "ab" * 31])
    def test_no_hash_leads_elsewhere(self, store: Store, sha256: str) -> None:
        for act in (store.size, store.read, store.erase):
            with pytest.raises(ValueError, match="not a SHA-256"):
                act(sha256)
