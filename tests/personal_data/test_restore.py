"""A backup that was made before an erasure does not bring anybody back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.backup.make import make_backup
from server.cli.command import main
from server.db.address import is_sqlite
from tests.backup.house import MADE_AT
from tests.parts.postgres import Postgres
from tests.personal_data import house
from tests.personal_data.house import found_in


@pytest.fixture
def another_database(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """Makes an empty database of the same kind."""
    if is_sqlite(database_url):
        yield lambda: f"sqlite:///{tmp_path / 'restored' / 'doorstep.db'}"
        return
    cluster: Postgres = request.getfixturevalue("postgres")
    url = cluster.fresh_database()
    yield lambda: url
    cluster.drop_database(url)


def test_a_restored_backup_is_erased_again_before_anybody_is_served(
    database_url: str,
    another_database: Callable[[], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = house.settings_of(database_url, tmp_path)
    with house.service(database_url, tmp_path) as service:
        house.fill(service)
        make_backup(
            database_url, tmp_path / "blobs", settings["DOORSTEP_SECRET"], tmp_path / "backup", lambda: MADE_AT,
            lambda line: None,
        )  # fmt: skip
        service.erasing.erase(house.CUSTOMER, reason="request", by="u-1")
    new = another_database()
    for name, value in {**settings, "DOORSTEP_DATABASE_URL": new}.items():
        monkeypatch.setenv(name, value)
    assert main(["restore", "--from", str(tmp_path / "backup")]) == 0
    assert found_in(new) == {}
    with house.service(new, tmp_path) as restored:
        assert restored.erasing.undone() == []
        assert restored.erasing._blobs.size(house.PHOTO_SHA256) is None


def test_a_database_that_lacks_an_erasure_is_not_ready(database_url: str, tmp_path: Path) -> None:
    with house.service(database_url, tmp_path) as service:
        house.fill(service)
        check = next(one for one in service.checks if one.name == "erasures")
        assert check.fault() is None
        service.erasing.erase(house.CUSTOMER, reason="request", by="u-1")
        assert check.fault() is None
        service.store.database.write(lambda c: c.run(house.FORGET_ERASURES))
        assert "doorstep personal repeat" in (check.fault() or "")
        service.erasing.repeat()
        assert check.fault() is None
