"""A backup holds one moment, all of it; it is restored whole, into an empty place alone, on either database."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from server.backup.archive import NoBackup
from server.backup.make import make_backup
from server.backup.verify import verify_backup
from server.db.backup import filling, reading
from server.db.backup.filling import NotEmpty
from server.db.backup.kept import MADE_ANEW, NOT_TRUE_LATER, kept_tables
from server.db.migrate import WrongSchema, declared, migrate
from server.db.open import open_store
from sync.store import Changes
from tests.backup.house import MADE_AT, back_up, contents, files, restore, working_world
from tests.conftest import ENGINES
from tests.faults.world import World, world
from tests.parts.server_process import SECRET
from tests.sync.contract.rows import a_device, a_receipt, write


@pytest.fixture(scope="session", params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A company whose phones have worked; its server has ended, and nobody changes anything."""
    folder = tmp_path_factory.mktemp("house")
    url = f"sqlite:///{folder / 'doorstep.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").fresh_database()
    with working_world(url, folder, phones=2) as world:
        return world


@pytest.fixture
def busy(database_url: str, tmp_path: Path) -> Iterator[World]:
    """A company whose phones are at work, by a server that runs."""
    (tmp_path / "busy").mkdir()
    with world(database_url, tmp_path / "busy", phones=2) as made:
        yield made


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small backup of an empty company, as a folder, to be damaged."""
    migrate(url := f"sqlite:///{tmp_path / 'small.db'}")
    open_store(url).close()
    blobs = tmp_path / "small-blobs" / "blobs" / "2c"
    blobs.mkdir(parents=True)
    (blobs / "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824").write_bytes(b"hello")
    place = tmp_path / "small"
    make_backup(url, blobs.parents[1], SECRET, place, lambda: MADE_AT, lambda line: None)
    return place


@pytest.mark.parametrize("to", ENGINES)
def test_what_was_backed_up_comes_back_on_either_database(
    house: World, tmp_path: Path, request: pytest.FixtureRequest, to: str
) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    if to == "postgresql":
        url = request.getfixturevalue("postgres").fresh_database()
    place = tmp_path / ("night.tar" if house.database_url.startswith(to) else "night")
    back_up(house, place)

    restored = restore(place, url, tmp_path / "new")

    before, after = contents(house.database_url), contents(url)
    assert [name for name in before if after[name] != before[name]] == []
    assert files(tmp_path / "new") == files(house.folder) != {}
    assert (restored.epoch != restored.manifest.epoch, restored.blobs) == (True, 2)


def test_backups_beside_writers_are_each_one_moment(busy: World, tmp_path: Path) -> None:
    for number in range(3):
        busy.load(0.2)
        acknowledged = busy.fleet.acknowledged()
        back_up(busy, tmp_path / f"backup-{number}")
        manifest, _ = verify_backup(tmp_path / f"backup-{number}")
        # What was acknowledged before the backup began is in it.
        assert manifest.rows["operation"] >= acknowledged
    with pytest.raises(NotEmpty, match="in use"):
        restore(tmp_path / "backup-0", busy.database_url, tmp_path / "other")


def test_rows_read_at_several_moments_are_caught(
    busy: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a reading without a snapshot does not pass for a backup."""
    rows = reading._SqliteMoment.rows, reading._PostgresMoment.rows

    def between(number: int):  # type: ignore[no-untyped-def]
        def torn(self, header):  # type: ignore[no-untyped-def]
            self._raw.execute("COMMIT")
            busy.load(0.1)
            self._raw.execute("BEGIN")
            return rows[number](self, header)

        return torn

    monkeypatch.setattr(reading._SqliteMoment, "rows", between(0))
    monkeypatch.setattr(reading._PostgresMoment, "rows", between(1))
    back_up(busy, tmp_path / "torn")
    with pytest.raises(NoBackup, match="do not belong together"):
        verify_backup(tmp_path / "torn")


@pytest.mark.parametrize(
    ("revoked", "last_seq", "sound"), [(True, 3, True), (False, 3, False), (True, 7, False)]
)
def test_the_ledger_of_a_withdrawn_phone_may_go_on_after_its_row(
    database_url: str, tmp_path: Path, *, revoked: bool, last_seq: int, sound: bool
) -> None:
    """What a supervisor took over stands in the ledger; a phone that takes part, or lost lines, are another thing."""
    migrate(database_url)
    store = open_store(database_url)
    receipts = [a_receipt(seq) for seq in (1, 2, 3, 5)]
    write(store, Changes(devices=[a_device(revoked=revoked, last_seq=last_seq)], receipts=receipts))
    store.close()
    make_backup(database_url, None, SECRET, tmp_path / "night", lambda: MADE_AT, lambda line: None)

    if sound:
        verify_backup(tmp_path / "night")
    else:
        with pytest.raises(NoBackup, match="the ledger ends at 5"):
            verify_backup(tmp_path / "night")


def test_a_file_that_a_row_names_and_the_folder_lacks_is_told(house: World, tmp_path: Path) -> None:
    shutil.copytree(house.folder / "blobs", tmp_path / "blobs")
    name, *_ = files(tmp_path)
    (tmp_path / "blobs" / name).unlink()
    url, place = house.database_url, tmp_path / "night"
    told = make_backup(url, tmp_path / "blobs", SECRET, place, lambda: MADE_AT, lambda line: None)
    assert told.blobs_missing == 1
    manifest, _ = verify_backup(tmp_path / "night")
    assert (manifest.blobs, manifest.blobs_missing) == (1, 1)


def test_without_blobs_only_rows_are_backed_up(house: World, tmp_path: Path) -> None:
    back_up(house, tmp_path / "rows", blobs=False)
    assert verify_backup(tmp_path / "rows")[0].blobs is None


def test_a_restore_into_what_is_not_empty_is_refused_and_changes_nothing(
    house: World, tmp_path: Path
) -> None:
    back_up(house, tmp_path / "night")
    before = contents(house.database_url)
    with pytest.raises(NotEmpty, match="not empty"):
        restore(tmp_path / "night", house.database_url, tmp_path / "other")
    assert contents(house.database_url) == before


def test_tables_without_rows_are_empty(house: World, tmp_path: Path) -> None:
    back_up(house, tmp_path / "night")
    migrate(url := f"sqlite:///{tmp_path / 'new.db'}")
    open_store(url).close()  # notes its first epoch
    restored = restore(tmp_path / "night", url, tmp_path / "new")
    store = open_store(url)
    with store.snapshot() as snapshot:
        assert snapshot.epoch() == restored.epoch
    store.close()


def test_a_restore_that_breaks_off_can_be_repeated(
    house: World, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(house, tmp_path / "night")
    url = f"sqlite:///{tmp_path / 'new.db'}"
    if house.database_url.startswith("postgresql"):
        url = request.getfixturevalue("postgres").fresh_database()
    with monkeypatch.context() as broken:
        broken.setattr(filling, "USED_SINCE", ("DELETE FROM nowhere",))
        with pytest.raises(Exception, match="nowhere"):
            restore(tmp_path / "night", url, tmp_path / "new")
    restore(tmp_path / "night", url, tmp_path / "new")
    assert contents(url) == contents(house.database_url)


@pytest.mark.parametrize("member", ["tables/meta.dump", "tables/device.dump", "manifest.json", "SHA256SUMS"])
def test_a_member_that_is_missing_or_strange_is_told(small: Path, member: str) -> None:
    if (small / member).exists():
        (small / member).unlink()
    else:
        (small / member).write_bytes(b"strange")
    with pytest.raises(NoBackup):
        verify_backup(small)


def test_every_flipped_byte_is_found(small: Path) -> None:
    for path in sorted(one for one in small.rglob("*") if one.is_file()):
        good = path.read_bytes()
        for place in {0, len(good) // 2, len(good) - 1}:
            path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
            with pytest.raises(NoBackup):
                verify_backup(small)
        path.write_bytes(good)
    verify_backup(small)


def test_a_tar_that_was_cut_anywhere_is_no_backup(small: Path, tmp_path: Path) -> None:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for path in sorted(one for one in small.rglob("*") if one.is_file()):
            tar.add(path, path.relative_to(small).as_posix())
    data, place = whole.getvalue(), tmp_path / "cut.tar"
    place.write_bytes(data)
    verify_backup(place)
    content = data.rstrip(b"\0")
    for length in range(0, len(content), max(1, len(content) // 60)):
        place.write_bytes(data[:length])
        with pytest.raises(NoBackup):
            verify_backup(place)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "blobs/../../x", "tables/x.dump/../../y"])
def test_no_name_in_a_backup_becomes_a_path(small: Path, tmp_path: Path, name: str) -> None:
    place = tmp_path / "hostile.tar"
    with tarfile.open(place, "w") as tar:
        for path in sorted(one for one in small.rglob("*") if one.is_file()):
            tar.add(path, path.relative_to(small).as_posix())
        member = tarfile.TarInfo(name)
        member.size = 1
        tar.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(NoBackup, match="no backup, or not ours"):
        restore(place, f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "new")
    assert not (tmp_path / "new.db").exists()


def test_a_backup_of_an_older_release_is_upgraded(tmp_path: Path) -> None:
    migrate(old := f"sqlite:///{tmp_path / 'old.db'}", "0001")
    with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as raw:
        raw.execute("INSERT INTO meta (one, epoch) VALUES (1, 'e-old')")
        raw.execute("INSERT INTO watcher (user_id, change) VALUES ('u-1', 7)")
    manifest = make_backup(old, None, SECRET, tmp_path / "old", lambda: MADE_AT, lambda line: None)
    assert (manifest.revision, manifest.epoch) == ("0001", "e-old")

    restore(tmp_path / "old", url := f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "new")

    assert contents(url)["watcher"] == [("u-1", 7)]
    open_store(url, create=False).close()  # is at this program's revision


def test_a_backup_of_a_newer_release_is_refused_with_a_sentence(small: Path, tmp_path: Path) -> None:
    manifest = json.loads((small / "manifest.json").read_text())
    other = tmp_path / "newer"
    shutil.copytree(small, other)
    text = json.dumps(manifest | {"revision": "9999"})
    _rewrite(other, "manifest.json", text.encode())
    with pytest.raises(WrongSchema, match="9999"):
        restore(other, f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "new")
    _rewrite(other, "manifest.json", json.dumps(manifest | {"format": 2}).encode())
    with pytest.raises(NoBackup, match="format 2"):
        verify_backup(other)


def test_a_backup_that_could_not_be_finished_leaves_nothing(house: World, tmp_path: Path) -> None:
    class Gone(Exception):
        pass

    def tell(line: str) -> None:
        raise Gone

    for name in ("folder", "file.tar"):
        with pytest.raises(Gone):
            make_backup(house.database_url, None, SECRET, tmp_path / "to" / name, lambda: MADE_AT, tell)
    assert list((tmp_path / "to").iterdir()) == []


def test_a_backup_is_never_written_over_another_and_is_its_owners_alone(small: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'small.db'}"
    with pytest.raises(FileExistsError):
        make_backup(url, None, SECRET, small, lambda: MADE_AT, lambda line: None)
    make_backup(url, None, SECRET, tmp_path / "small.tar", lambda: MADE_AT, lambda line: None)
    for path in (small, tmp_path / "small.tar", *small.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_every_table_is_kept_or_made_anew(database_url: str) -> None:
    """Whoever adds a table decides here what a restore does with it."""
    migrate(database_url)
    kept = {header.table for header in kept_tables(database_url)}
    assert kept | MADE_ANEW | NOT_TRUE_LATER == set(declared().tables)
    assert not kept & (MADE_ANEW | NOT_TRUE_LATER)


def _rewrite(place: Path, member: str, data: bytes) -> None:
    """Change a member, and the list of hashes with it."""
    import hashlib

    lines = (place / "SHA256SUMS").read_text().splitlines()
    (place / member).write_bytes(data)
    fresh = f"{hashlib.sha256(data).hexdigest()}  {member}"
    kept = [fresh if line.endswith(f"  {member}") else line for line in lines]
    (place / "SHA256SUMS").write_text("".join(f"{line}\n" for line in kept))
