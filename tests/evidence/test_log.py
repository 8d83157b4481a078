"""What is to be logged is in the log exactly when it is in the database, once, in the order of commits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.evidence.leaf import EnrolmentLeaf, KeyLeaf, RestartLeaf, SignOffLeaf
from server.db.log_writer import present_log
from server.db.open import SqlStore, begin_epoch, open_store
from sync.log.checkpoint import read_checkpoint
from sync.log.tree import is_consistent
from tests.conftest import ENGINES
from tests.db.fresh import fresh_postgres, fresh_sqlite
from tests.evidence.books import VERIFIED, Books
from tests.evidence.office import judged


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """An empty store on either database."""
    if request.param == "sqlite":
        url = fresh_sqlite(tmp_path)
    else:
        url = fresh_postgres(request.getfixturevalue("postgres"))
    opened = open_store(url, create=False)
    yield opened
    opened.close()


@pytest.fixture
def books(store: SqlStore) -> Books:
    """A store that logs, and knows a phone."""
    made = Books(store)
    made.enrol()
    return made


def test_a_checked_sign_off_has_its_leaf_behind_the_key_and_the_phone(books: Books) -> None:
    books.sign_off("one")
    books.sign_off("two")

    key, phone, one, two = books.leaves()
    assert isinstance(key, KeyLeaf) and isinstance(phone, EnrolmentLeaf)
    assert isinstance(one, SignOffLeaf) and isinstance(two, SignOffLeaf)
    assert (one.sign_off, two.sign_off) == ("so-one", "so-two")
    assert phone.thumbprint() == one.key_sha256


def test_a_sign_off_that_is_not_checked_yet_has_none(books: Books) -> None:
    books.sign_off("one", verification={})

    assert books.kinds() == []


def test_the_same_finding_is_logged_once_and_another_one_again(books: Books) -> None:
    record = books.sign_off("one")

    books.again(record, {**VERIFIED, "at": "2026-03-03T00:00:00.000Z"})
    assert books.kinds() == ["Key", "Enrolment", "SignOff"]
    other = {**VERIFIED, "result": "not_verified", "reason": "device_withdrawn"}
    for _ in range(2):
        books.again(record, other)
        assert books.kinds() == ["Key", "Enrolment", "SignOff", "SignOff"]
    books.again(record, VERIFIED)
    assert books.kinds() == ["Key", "Enrolment", "SignOff", "SignOff", "SignOff"]


def test_a_transaction_that_fails_leaves_neither_sign_off_nor_leaf(books: Books, store: SqlStore) -> None:
    books.sign_off("one")
    before = books.evidence.proofs.checkpoint()

    def fail() -> None:
        raise ValueError("after everything was written")

    class Failing(Books):
        def write(self, changes, then=fail):  # type: ignore[no-untyped-def]
            super().write(changes, then)

    with pytest.raises(ValueError, match="after everything"):
        Failing(store).sign_off("two")

    assert books.evidence.proofs.checkpoint() == before
    assert books.kinds() == ["Key", "Enrolment", "SignOff"]


def test_many_writers_at_once_leave_one_log_without_gaps(books: Books) -> None:
    wrong: list[BaseException] = []

    def write(worker: int) -> None:
        try:
            for place in range(6):
                books.sign_off(f"{worker}-{place}")
        except BaseException as error:
            wrong.append(error)

    workers = [threading.Thread(target=write, args=(one,)) for one in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    assert wrong == []
    assert sorted(books.kinds()) == ["Enrolment", "Key", *["SignOff"] * 24]
    for worker in range(4):
        assert judged(books.evidence.export.of_order(f"work_order/order-{worker}-5")).holds()


def test_each_state_of_the_log_continues_those_before_it(books: Books) -> None:
    states = []
    for place in range(9):
        books.sign_off(str(place))
        states.append(read_checkpoint(books.evidence.proofs.checkpoint())[0])

    last = states[-1]
    for one in states:
        proof = books.evidence.proofs.consistency(one.size, last.size)
        assert proof is not None and proof.root == one.root.hex()
        path = [bytes.fromhex(step) for step in proof.proof]
        assert is_consistent(one.size, one.root, last.size, last.root, path)
    assert books.evidence.proofs.consistency(1, last.size + 1) is None
    assert books.evidence.proofs.consistency(0, last.size) is None


def test_a_sign_off_from_before_the_log_gets_its_leaf_with_its_first_file(store: SqlStore) -> None:
    old = Books(store, log_at_all=False)
    old.enrol()
    old.sign_off("old")
    books = Books(store)
    assert books.kinds() == []

    verdict = judged(books.evidence.export.of_order("work_order/order-old"))

    assert verdict.holds() and verdict.sign_offs[0].status == "proven"
    assert books.kinds() == ["Key", "Enrolment", "SignOff"]
    assert books.evidence.export.log_all("work_order/order-old") == 0


def test_another_secret_names_its_key_and_what_the_old_one_signed_still_holds(store: SqlStore) -> None:
    before = Books(store)
    before.enrol()
    before.sign_off("one")
    after = Books(store, secret="another secret of thirty-two characters")

    assert judged(after.evidence.export.of_order("work_order/order-one")).holds()
    after.sign_off("two")

    assert after.kinds() == ["Key", "Enrolment", "SignOff", "Key", "SignOff"]
    for name in ("one", "two"):
        assert judged(after.evidence.export.of_order(f"work_order/order-{name}")).holds()


def test_a_restored_database_begins_a_log_that_names_the_one_before(books: Books, store: SqlStore) -> None:
    books.sign_off("one")
    old = store.database.read(present_log)
    state = read_checkpoint(books.evidence.proofs.checkpoint())[0]

    begin_epoch(store.database)
    books.sign_off("two")

    assert books.kinds() == ["Key", "Restart", "Enrolment", "SignOff"]
    restart = books.leaves()[1]
    assert isinstance(restart, RestartLeaf)
    assert (restart.origin, restart.size, restart.root) == (state.origin, state.size, state.root.hex())
    assert books.kinds(old) == ["Key", "Enrolment", "SignOff"]
    for name in ("one", "two"):
        assert judged(books.evidence.export.of_order(f"work_order/order-{name}")).holds()


@pytest.mark.parametrize("epoch", ["0000000000000000", "ffffffffffffffff"])
def test_a_finding_that_was_replaced_after_a_restore_is_the_one_that_counts(
    books: Books, store: SqlStore, epoch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = books.sign_off("one")
    monkeypatch.setattr("server.db.open.secrets.token_hex", lambda _: epoch)
    begin_epoch(store.database)
    later = Books(store, at="2026-04-01T00:00:00.000Z")
    later.again(
        record, {**VERIFIED, "result": "not_verified", "reason": "device_withdrawn"}, of_its_chain=True
    )

    verdict = judged(later.evidence.export.of_order(record.aggregate))

    assert not verdict.faults and verdict.sign_offs[0].status == "not_proven"


def test_the_same_state_gives_the_same_bytes(books: Books) -> None:
    books.sign_off("one")
    export = books.evidence.export

    assert export.of_order("work_order/order-one") == export.of_order("work_order/order-one")
